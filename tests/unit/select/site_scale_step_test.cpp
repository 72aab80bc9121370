// SPDX-License-Identifier: Apache-2.0
// site_scale by hand, and what becomes of sites that it does not know.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/select/chain.hpp"

namespace radfuse {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const std::vector<std::string> kRad = {"rad"};

// Sites A and B with four training rows each, C with one, and three test rows of D.
Dataset four_sites() {
  const std::vector<double> values = {1, 2, 3, 4, 10, 20, 30, 40, 5, 100, 102, 104};
  Dataset data;
  std::vector<RowKey> keys;
  Eigen::MatrixXd x(static_cast<Eigen::Index>(values.size()), 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    x(static_cast<Eigen::Index>(i), 0) = values[i];
    keys.push_back({"P" + std::to_string(100 + i), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.outcome.push_back(static_cast<int>(i % 2));
    data.site.push_back(i < 4 ? "A" : i < 8 ? "B" : i < 9 ? "C" : "D");
    data.split.push_back(i < 9 ? Split::train : Split::test);
  }
  data.table = FeatureTable({"rad.f"}, keys, x);
  data.readings = data.table;
  return data;
}

Eigen::VectorXd harmonised(const Dataset& data, const SiteScaleParams& params, std::vector<std::string>* remarks) {
  const FittedChain chain = fit_chain({{params}}, training_split(data), kRad, 1);
  if (remarks) *remarks = chain.remarks();
  return apply(chain, data.table, data.site, remarks).values().col(0);
}

TEST(SiteScaleStep, zscore_by_hand) {
  std::vector<std::string> remarks;
  const Eigen::VectorXd out =
      harmonised(four_sites(), {.unseen = UnseenSite::adapt_unlabelled, .min_samples = 3}, &remarks);
  const double sd = std::sqrt(5.0 / 3);  // of 1, 2, 3, 4
  EXPECT_NEAR(out[0], -1.5 / sd, 1e-14);
  EXPECT_NEAR(out[4], -1.5 / sd, 1e-14);
  EXPECT_EQ(out[8], 5);  // one row: left as it is
  EXPECT_NEAR(out[9], -1, 1e-14);
  EXPECT_NEAR(out[11], 1, 1e-14);
  EXPECT_THAT(remarks, Contains(HasSubstr("site 'C' (1 row) gave fewer training rows than min_samples: left as they "
                                          "are (adapt_unlabelled needs 3 rows)")));
  EXPECT_THAT(remarks, Contains(HasSubstr("site 'D' (3 rows) gave fewer training rows than min_samples: its shift and "
                                          "scale were estimated from these rows themselves")));
}

// Two quantiles: the ends 1 and 4, 10 and 40 become their means 5.5 and 22.
TEST(SiteScaleStep, quantiles_by_hand) {
  const Eigen::VectorXd out = harmonised(
      four_sites(), {.method = SiteScaleMethod::quantile, .quantiles = 2, .unseen = UnseenSite::skip, .min_samples = 2},
      nullptr);
  EXPECT_NEAR(out[0], 5.5, 1e-14);
  EXPECT_NEAR(out[1], 11, 1e-14);
  EXPECT_NEAR(out[3], 22, 1e-14);
  EXPECT_NEAR(out[4], 5.5, 1e-14);
  EXPECT_NEAR(out[7], 22, 1e-14);
  EXPECT_EQ(out[8], 5);
  EXPECT_EQ(out[9], 100);
}

TEST(SiteScaleStep, unknown_sites_stop_by_default) {
  try {
    harmonised(four_sites(), {.min_samples = 2}, nullptr);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("site_scale: site 'C' (1 row) gave fewer training rows than min_samples"));
  }
  EXPECT_THROW(harmonised(four_sites(), {.unseen = UnseenSite::skip, .min_samples = 5}, nullptr), InputError);
}

}  // namespace
}  // namespace radfuse
