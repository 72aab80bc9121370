// SPDX-License-Identifier: Apache-2.0
// Six intraclass correlations of two published tables against psych 2.2.9: icc_psych.csv of
// scripts/oracles/icc_psych.R.
#include "radfuse/stats/reliability.hpp"

#include <gtest/gtest.h>

#include <map>

#include "numbers_csv.hpp"

namespace radfuse::stats {
namespace {

// Six targets, four judges (Shrout and Fleiss 1979).
Eigen::MatrixXd shrout_fleiss() {
  Eigen::MatrixXd x(6, 4);
  x << 9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7;
  return x;
}

// Eight wines, four judges: the example of pingouin's documentation.
Eigen::MatrixXd wine() {
  Eigen::MatrixXd x(4, 8);
  x << 1, 1, 3, 6, 6, 7, 8, 9, 2, 3, 8, 4, 5, 5, 7, 9, 0, 3, 1, 3, 5, 6, 7, 9, 1, 2, 4, 3, 6, 2, 9, 8;
  return x.transpose();
}

TEST(ReliabilityOracle, SixFormsOfTwoTables) {
  const std::map<std::string, Icc> tables = {{"shrout_fleiss", intraclass_correlation(shrout_fleiss())},
                                             {"pingouin_wine", intraclass_correlation(wine())}};
  const std::map<std::string, IccValue Icc::*> forms = {
      {"ICC1", &Icc::one_way},          {"ICC2", &Icc::agreement},          {"ICC3", &Icc::consistency},
      {"ICC1k", &Icc::one_way_average}, {"ICC2k", &Icc::agreement_average}, {"ICC3k", &Icc::consistency_average}};
  int checked = 0;
  for (const auto& cells :
       test::csv_cells(std::filesystem::path(RADFUSE_SOURCE_DIR) / "tests" / "oracle" / "stats" / "icc_psych.csv")) {
    if (cells[0] == "table") continue;
    const IccValue found = tables.at(cells[0]).*forms.at(cells[1]);
    const std::string what = cells[0] + " " + cells[1];
    EXPECT_NEAR(found.icc, test::number(cells[2]), 1e-13) << what;
    EXPECT_NEAR(found.lower, test::number(cells[3]), 1e-11) << what;
    EXPECT_NEAR(found.upper, test::number(cells[4]), 1e-11) << what;
    EXPECT_NEAR(found.f, test::number(cells[5]), 1e-11) << what;
    EXPECT_NEAR(found.p, test::number(cells[6]), 1e-12) << what;
    ++checked;
  }
  EXPECT_EQ(checked, 12);
}

}  // namespace
}  // namespace radfuse::stats
