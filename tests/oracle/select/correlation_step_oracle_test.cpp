// SPDX-License-Identifier: Apache-2.0
// The correlation filter on the Wisconsin breast cancer table: caret's findCorrelation (R package caret 6.0-93, exact =
// TRUE; scripts/oracles/caret_filters.R), and first come, first kept after sorting by F.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "numbers_csv.hpp"
#include "radfuse/select/chain.hpp"
#include "radfuse/stats/hypothesis.hpp"
#include "reference_data.hpp"

namespace radfuse {
namespace {

using ::testing::ElementsAreArray;

// Positions of the columns of `x` that stay.
std::vector<int> kept(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const CorrelationParams& params) {
  Dataset data;
  std::vector<std::string> columns;
  for (int j = 0; j < x.cols(); ++j) columns.push_back("rad.f" + std::to_string(10 + j));
  std::vector<RowKey> keys;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    keys.push_back({"P" + std::to_string(1000 + i), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.outcome.push_back(static_cast<int>(y[i]));
  }
  data.table = FeatureTable(columns, keys, x);
  data.site.assign(keys.size(), "one");
  data.split.assign(keys.size(), Split::train);
  const std::vector<std::string> rad{"rad"};
  std::vector<int> found;
  const FittedChain chain = fit_chain({{params}}, training_split(data), rad, 1);
  for (const std::string& column : chain.columns()) found.push_back(std::stoi(column.substr(5)) - 10);
  return found;
}

TEST(CorrelationStepOracle, LargestMeanKeepsWhatCaretKeeps) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Eigen::MatrixXd all = test::csv_numbers(data / "oracles" / "wdbc.csv", 1);
  struct Expected {
    CorrelationMethod method;
    double cutoff;
    std::vector<int> kept;
  };
  const Expected rows[] = {
      {CorrelationMethod::pearson, 0.9, {3, 4, 5, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 21, 24, 25, 26, 27, 28, 29}},
      {CorrelationMethod::pearson, 0.75, {3, 8, 10, 11, 14, 16, 18, 19, 21, 24, 28, 29}},
      {CorrelationMethod::pearson, 0.5, {1, 3, 11, 14, 18, 19, 24, 28}},
      {CorrelationMethod::spearman, 0.9, {3, 4, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 21, 24, 25, 28, 29}},
      {CorrelationMethod::spearman, 0.75, {3, 8, 9, 10, 11, 14, 18, 19, 21, 24, 28}},
      {CorrelationMethod::spearman, 0.5, {1, 3, 8, 9, 11, 14, 18, 24}},
  };
  for (const Expected& e : rows)
    EXPECT_THAT(kept(all.leftCols(30), all.col(30),
                     {.method = e.method, .threshold = e.cutoff, .keep = CorrelationKeep::largest_mean}),
                ElementsAreArray(e.kept))
        << name_of(kCorrelationMethods, e.method) << " " << e.cutoff;
}

// The order decides: after sorting by F, other features stay (statistics by SciPy, greedy filter).
TEST(CorrelationStepOracle, FirstAfterSortingByF) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Eigen::MatrixXd all = test::csv_numbers(data / "oracles" / "wdbc.csv", 1);
  std::vector<int> group;
  for (const double label : all.col(30)) group.push_back(static_cast<int>(label));
  std::vector<int> order(30);
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> f;
  for (Eigen::Index j = 0; j < 30; ++j) f.push_back(stats::anova(all.col(j), group).statistic);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return f[static_cast<std::size_t>(a)] > f[static_cast<std::size_t>(b)]; });
  const Eigen::MatrixXd sorted = all(Eigen::all, order);
  std::vector<int> found;
  for (const int at : kept(sorted, all.col(30),
                           {.method = CorrelationMethod::spearman, .threshold = 0.9, .keep = CorrelationKeep::first}))
    found.push_back(order[static_cast<std::size_t>(at)]);
  std::sort(found.begin(), found.end());
  EXPECT_THAT(found, ElementsAreArray({4, 5, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 28, 29}));
}

}  // namespace
}  // namespace radfuse
