// SPDX-License-Identifier: Apache-2.0
// Agreement against NumPy: golden tables of scripts/oracles/harmonisation.py.
#include "radfuse/stats/agreement.hpp"

#include <gtest/gtest.h>

#include "numbers_csv.hpp"

namespace radfuse::stats {
namespace {

TEST(AgreementOracle, TwoAndThreeRaters) {
  const std::filesystem::path folder = std::filesystem::path(RADFUSE_SOURCE_DIR) / "tests" / "oracle" / "select";
  const Eigen::MatrixXd expected = test::csv_numbers(folder / "harmonise_agreement.csv", 1);
  const Eigen::MatrixXd x = test::csv_numbers(folder / "harmonise_input.csv", 1, 2);
  for (Eigen::Index raters = 2; raters <= 3; ++raters) {
    Eigen::MatrixXd ratings = 0.2 * x.block(20, 0, 20, raters);
    ratings.colwise() += (10 + x.col(0).head(20).array()).matrix();
    const Agreement found = agreement_of(ratings);
    const Eigen::Index row = raters - 2;
    EXPECT_NEAR(found.cosine, expected(row, 0), 1e-13);
    EXPECT_NEAR(found.cosine_centred, expected(row, 1), 1e-13);
    EXPECT_NEAR(found.concordance, expected(row, 2), 1e-13);
    EXPECT_NEAR(found.within_sd, expected(row, 3), 1e-13);
    EXPECT_NEAR(found.within_cv, expected(row, 4), 1e-13);
    EXPECT_EQ(found.reason, "");
  }
}

}  // namespace
}  // namespace radfuse::stats
