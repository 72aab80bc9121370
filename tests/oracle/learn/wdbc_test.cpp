// SPDX-License-Identifier: Apache-2.0
// scikit-learn 1.2.1 and XGBoost 1.7.4 (Python) on the Wisconsin breast cancer data (wdbc.csv, 569 rows, 30 features,
// y = 1 benign). XGBoost learns from the first 400 rows and is judged on the rest. Generator:
// scripts/oracles/learners.py
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "booster.hpp"
#include "learner_state.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"
#include "reference_data.hpp"
#include "scores.hpp"

namespace radfuse {
namespace {

constexpr Eigen::Index kTrain = 400;

struct Wdbc {
  Eigen::MatrixXd x;
  std::vector<int> y;
  Eigen::MatrixXd train() const { return x.topRows(kTrain); }
  Eigen::MatrixXd test() const { return x.bottomRows(x.rows() - kTrain); }
  std::vector<int> train_y() const { return {y.begin(), y.begin() + kTrain}; }
  std::vector<int> test_y() const { return {y.begin() + kTrain, y.end()}; }
};

Wdbc read_wdbc(const std::filesystem::path& folder) {
  const CsvTable csv = read_csv(folder / "oracles" / "wdbc.csv");
  Wdbc data{Eigen::MatrixXd(static_cast<Eigen::Index>(csv.rows.size()), 30), {}};
  for (std::size_t i = 0; i < csv.rows.size(); ++i) {
    for (std::size_t j = 0; j < 30; ++j)
      data.x(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = text::to_double(csv.rows[i][j]).value();
    data.y.push_back(csv.rows[i][30] == "1" ? 1 : 0);
  }
  return data;
}

Booster boosted(const Wdbc& data, int rounds, int depth) {
  return Booster::train(data.train(), data.train_y(), std::vector<double>(kTrain, 1.0),
                        {.rounds = rounds, .depth = depth});
}

struct Ridge {
  ClassWeight weight;
  std::array<double, 5> coefficients;  // the first five
  double intercept, auc;
};

TEST(Wdbc, LogisticIsScikitLearns) {
  // LogisticRegression(C=1, solver="newton-cholesky", tol=1e-10) of all 569 rows, columns brought to mean 0 and SD 1
  // (over n). The default solver, lbfgs, stops 1e-4 short of the optimum whatever its tolerance.
  RADFUSE_REFERENCE_DATA_OR_SKIP(folder);
  const Wdbc data = read_wdbc(folder);
  for (const Ridge& expected : {Ridge{ClassWeight::none,
                                      {-0.3630925319064733, -0.3876754424085952, -0.3510621186677115,
                                       -0.43560980327511156, -0.16183110280313281},
                                      0.21450271739736942,
                                      0.9974499233655726},
                                Ridge{ClassWeight::balanced,
                                      {-0.30144035554600207, -0.33530558742586697, -0.29461023427346233,
                                       -0.39050638812137894, -0.16849479654329624},
                                      -0.22771240642432358,
                                      0.9977009671793245}}) {
    TrainParams params;
    params.class_weight = expected.weight;
    const auto fit = fit_learner(Learner::logistic, params, {{"c", 1}}, data.x, data.y, 0);
    const LinearModel& model = fit.state().linear;
    for (std::size_t j = 0; j < expected.coefficients.size(); ++j)
      EXPECT_NEAR(model.coefficient[static_cast<Eigen::Index>(j)], expected.coefficients[j], 1e-8);
    EXPECT_NEAR(model.intercept, expected.intercept, 1e-8);
    EXPECT_NEAR(area_under_roc(data.y, fit.predict(data.x)), expected.auc, 1e-12);
  }
}

TEST(Wdbc, XgboostIsPythonsXgboost) {
  // xgboost.train with tree_method exact, max_depth 3, 10 rounds, nthread 1, base_score 0.5.
  RADFUSE_REFERENCE_DATA_OR_SKIP(folder);
  const Wdbc data = read_wdbc(folder);
  const Booster booster = boosted(data, 10, 3);
  const Eigen::VectorXd margin = booster.margin(data.test());
  const std::array<double, 3> expected{-3.5881135, 3.5336099, 3.433142};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_FLOAT_EQ(static_cast<float>(margin[static_cast<Eigen::Index>(i)]), static_cast<float>(expected[i]));
  EXPECT_NEAR(area_under_roc(data.test_y(), booster.probability(data.test())), .995857988165681, 1e-12);
}

TEST(Wdbc, StumpIsPythonsXgboost) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(folder);
  const auto model = nlohmann::json::parse(boosted(read_wdbc(folder), 1, 1).to_json());
  const auto& tree = model.at("learner").at("gradient_booster").at("model").at("trees").at(0);
  EXPECT_EQ(tree.at("split_indices").at(0).get<int>(), 22);
  EXPECT_FLOAT_EQ(tree.at("split_conditions").at(0).get<float>(), 105.150002F);
  EXPECT_FLOAT_EQ(tree.at("split_conditions").at(1).get<float>(), .516157269F);
  EXPECT_FLOAT_EQ(tree.at("split_conditions").at(2).get<float>(), -.479329616F);
  EXPECT_FLOAT_EQ(tree.at("loss_changes").at(0).get<float>(), 276.494019F);
}

TEST(Wdbc, ContributionsArePythonsXgboost) {
  // pred_contribs of the 10-round booster on the test rows: bias, and mean |phi| of the five largest.
  RADFUSE_REFERENCE_DATA_OR_SKIP(folder);
  const Wdbc data = read_wdbc(folder);
  const Eigen::MatrixXd parts = boosted(data, 10, 3).contributions(data.test());
  EXPECT_FLOAT_EQ(static_cast<float>(parts(0, 30)), .41323727F);
  const Eigen::VectorXd mean = parts.leftCols(30).cwiseAbs().colwise().mean();
  EXPECT_NEAR(mean[22], 1.1809292254010602, 1e-6);  // worst perimeter
  EXPECT_NEAR(mean[7], 0.5063482199371214, 1e-6);   // mean concave points
  EXPECT_NEAR(mean[1], 0.299744886891729, 1e-6);    // mean texture
  EXPECT_NEAR(mean[27], 0.2923929697707207, 1e-6);  // worst concave points
  EXPECT_NEAR(mean[21], 0.2807125300940501, 1e-6);  // worst texture
}

}  // namespace
}  // namespace radfuse
