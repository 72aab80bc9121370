// SPDX-License-Identifier: Apache-2.0
// impute by nearest rows against scikit-learn's KNNImputer: golden tables of scripts/oracles/harmonisation.py.
#include <gtest/gtest.h>

#include <cmath>

#include "harmonise_tables.hpp"
#include "reference_data.hpp"

namespace radfuse {
namespace {

TEST(ImputeStepsOracle, NearestRowsFillLikeKnnImputer) {
  const Eigen::MatrixXd gaps = test::gappy_numbers(test::harmonise_table("gaps"));
  const Eigen::MatrixXd expected = test::gappy_numbers(test::harmonise_table("filled"));
  ASSERT_GT(gaps.array().isNaN().count(), 40);
  const test::HarmoniseTables made = test::harmonise_tables(gaps);
  const std::vector<std::string> rad{"rad"};
  const std::vector<StepParams> steps = {{ImputeParams{.method = ImputeMethod::nearest, .neighbours = 4}}};
  const FittedChain chain = fit_chain(steps, training_split(made.data), rad, 1);
  EXPECT_EQ(chain.columns().size(), 8u);
  const FittedChain again = chain_from_json(to_json(chain));
  EXPECT_EQ(to_json(again), to_json(chain));
  std::vector<std::string> remarks;
  const Eigen::MatrixXd found = apply(again, made.data.table, made.data.site, &remarks).values();
  EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), 1e-12);
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_NE(remarks[0].find("missing values were replaced by those of the training rows: rad.f0 ("), std::string::npos);
}

// caret's nearZeroVar on the Wisconsin breast cancer table, each column over its maximum in quarters (R package caret
// 6.0-93; scripts/oracles/caret_filters.R).
TEST(ImputeStepsOracle, HardlyVaryingFeaturesAsInCaret) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Eigen::MatrixXd all = test::csv_numbers(data / "oracles" / "wdbc.csv", 1);
  Dataset made;
  std::vector<std::string> columns;
  for (int j = 0; j < 30; ++j) columns.push_back("rad.f" + std::to_string(10 + j));
  std::vector<RowKey> keys;
  for (Eigen::Index i = 0; i < all.rows(); ++i) {
    keys.push_back({"P" + std::to_string(1000 + i), "", ""});
    made.patient.push_back(keys.back().case_id);
    made.outcome.push_back(static_cast<int>(all(i, 30)));
  }
  Eigen::MatrixXd x = all.leftCols(30);
  for (Eigen::Index j = 0; j < 30; ++j) {
    const double most = x.col(j).maxCoeff();
    for (double& v : x.col(j)) v = std::nearbyint(v / most * 4);
  }
  made.table = FeatureTable(columns, keys, x);
  made.site.assign(keys.size(), "one");
  made.split.assign(keys.size(), Split::train);
  const auto dropped = [&](double ratio, double distinct) {
    const std::vector<std::string> rad{"rad"};
    const std::vector<StepParams> steps = {{VarianceParams{.frequency_ratio = ratio, .distinct_percent = distinct}}};
    std::vector<int> found;
    const FittedChain chain = fit_chain(steps, training_split(made), rad, 1);
    for (const SelectionRow& row : chain.selection())
      if (!row.kept) found.push_back(std::stoi(row.feature.substr(5)) - 10);
    return found;
  };
  EXPECT_EQ(dropped(19, 10), std::vector<int>{});
  EXPECT_EQ(dropped(5, 10), (std::vector<int>{1, 11, 13, 14, 16, 18}));
  EXPECT_EQ(dropped(5, 0.75), (std::vector<int>{1, 13}));
}

}  // namespace
}  // namespace radfuse
