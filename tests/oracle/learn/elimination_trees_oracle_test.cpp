// SPDX-License-Identifier: Apache-2.0
// Recursive feature elimination by trees on the Wisconsin breast cancer data against XGBoost 1.7.4 and scikit-learn's
// RFE in Python: elimination_trees.csv, by scripts/oracles/elimination_trees.py.
#include <gtest/gtest.h>

#include "numbers_csv.hpp"
#include "radfuse/learn/tree_importance.hpp"
#include "radfuse/select/chain.hpp"
#include "reference_data.hpp"

namespace radfuse {
namespace {

struct Expected {
  EliminationParams params;
  std::vector<double> share;
  std::vector<int> round;  // 0: kept
};

std::vector<Expected> expectations() {
  const auto rows =
      test::csv_cells(std::filesystem::path(RADFUSE_SOURCE_DIR) / "tests/oracle/learn/elimination_trees.csv");
  std::vector<Expected> all;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& cells = rows[i];
    if (cells[5] == "0")
      all.push_back({.params = {.learner = EliminationLearner::xgboost,
                                .features = std::stoi(cells[4]),
                                .drop = test::number(cells[3]),
                                .xgboost = {.rounds = std::stoi(cells[1]),
                                            .depth = std::stoi(cells[2]),
                                            .importance = find(kTreeGains, cells[0], "importance")}},
                     .share = {},
                     .round = {}});
    all.back().share.push_back(test::number(cells[6]));
    all.back().round.push_back(std::stoi(cells[7]));
  }
  return all;
}

Dataset read_wdbc(const std::filesystem::path& file) {
  const Eigen::MatrixXd all = test::csv_numbers(file, 1);
  Dataset data;
  std::vector<std::string> columns;
  for (int j = 0; j < 30; ++j) columns.push_back("rad.f" + std::to_string(100 + j).substr(1));
  std::vector<RowKey> keys;
  for (Eigen::Index i = 0; i < all.rows(); ++i) {
    keys.push_back({"P" + std::to_string(1000 + i), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.outcome.push_back(static_cast<int>(all(i, 30)));
  }
  data.table = FeatureTable(columns, keys, all.leftCols(30));
  data.site.assign(keys.size(), "one");
  data.split.assign(keys.size(), Split::train);
  return data;
}

TEST(EliminationTrees, TheSameSharesAndTheSameRounds) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(folder);
  const Dataset data = read_wdbc(folder / "oracles" / "wdbc.csv");
  const auto all = expectations();
  ASSERT_EQ(all.size(), 4U);
  for (const Expected& expected : all) {
    const EliminationTrees& trees = expected.params.xgboost;
    ASSERT_EQ(expected.share.size(), 30U);
    const Eigen::VectorXd share = tree_importance(data.table.values(), data.outcome, trees, 1);
    for (std::size_t j = 0; j < 30; ++j)
      EXPECT_NEAR(share[static_cast<Eigen::Index>(j)], expected.share[j], 1e-12) << trees.rounds << " trees, " << j;
    const FittedChain chain = fit_chain({{expected.params}}, training_split(data), std::vector<std::string>{"rad"}, 1,
                                        {.trees = tree_importance});
    for (std::size_t j = 0; j < 30; ++j) {
      const SelectionRow& row = chain.selection()[j];
      EXPECT_EQ(row.kept, expected.round[j] == 0) << trees.rounds << " trees, " << j;
      if (expected.round[j] == 0) continue;
      const std::string round = "eliminated in round " + std::to_string(expected.round[j]) + ", ";
      EXPECT_EQ(row.reason.substr(0, round.size()), round) << trees.rounds << " trees, " << j;
    }
  }
}

}  // namespace
}  // namespace radfuse
