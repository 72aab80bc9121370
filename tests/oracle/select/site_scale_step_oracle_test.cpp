// SPDX-License-Identifier: Apache-2.0
// site_scale against NumPy: golden tables of scripts/oracles/harmonisation.py.
#include <gtest/gtest.h>

#include "harmonise_tables.hpp"

namespace radfuse {
namespace {

Eigen::MatrixXd harmonised(SiteScaleParams params) {
  const test::HarmoniseTables made = test::harmonise_tables();
  const std::vector<std::string> rad{"rad"};
  const FittedChain chain = fit_chain({{params}}, training_split(made.data), rad, 1);
  const FittedChain again = chain_from_json(to_json(chain));
  EXPECT_EQ(to_json(again), to_json(chain));
  return apply(again, made.data.table, made.data.site).values();
}

TEST(SiteScaleStepOracle, ZscoreOfEachSite) {
  const Eigen::MatrixXd expected = test::gappy_numbers(test::harmonise_table("zscore"));
  const Eigen::MatrixXd found = harmonised({.unseen = UnseenSite::global});
  ASSERT_EQ(found.rows(), expected.rows());
  EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(SiteScaleStepOracle, QuantilesOfEachSite) {
  const Eigen::MatrixXd expected = test::gappy_numbers(test::harmonise_table("quantile"));
  const Eigen::MatrixXd found =
      harmonised({.method = SiteScaleMethod::quantile, .quantiles = 11, .unseen = UnseenSite::global});
  ASSERT_EQ(found.rows(), expected.rows());
  EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), 1e-12);
}

}  // namespace
}  // namespace radfuse
