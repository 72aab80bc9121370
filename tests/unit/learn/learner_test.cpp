// SPDX-License-Identifier: Apache-2.0
// The learners, on problems small enough to check by hand.
#include "radfuse/learn/learner.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "learner_state.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"
#include "scores.hpp"

namespace radfuse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Eigen::MatrixXd column(const std::vector<double>& values) {
  return Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}
FittedLearner logistic_fit(const Eigen::MatrixXd& x, const std::vector<int>& y, double c, TrainParams params = {}) {
  return fit_learner(Learner::logistic, params, {{"c", c}}, x, y, 1);
}
FittedLearner xgboost_fit(const Eigen::MatrixXd& x, const std::vector<int>& y, const TrainParams& params = {}) {
  return fit_learner(Learner::xgboost, params, candidates(Learner::xgboost, params).front(), x, y, 1);
}

TEST(Learner, CandidatesAreEveryCombination) {
  TrainParams params;
  EXPECT_EQ(candidates(Learner::logistic, params).size(), params.logistic.c.size());
  params.xgboost.depth = {2, 3};
  params.xgboost.learning_rate = {0.1, 0.3};
  const auto all = candidates(Learner::xgboost, params);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(to_text(all[1]), "depth=2 learning_rate=0.3");
  for (const auto& row : kLearners) EXPECT_FALSE(candidates(row.value, TrainParams{}).empty()) << row.name;
}

TEST(Learner, LogisticMeetsItsOptimalityConditions) {
  // At the minimum of w^2 / 2 + c sum(log loss) of the standardised column: w = c sum((y - p) z), sum(y - p) = 0.
  const Eigen::MatrixXd x = column({1, 2, 3, 4, 5, 6});
  const std::vector<int> y{0, 0, 1, 0, 1, 1};
  const auto fit = logistic_fit(x, y, 0.7);
  const LinearModel& model = fit.state().linear;
  EXPECT_DOUBLE_EQ(model.mean[0], 3.5);
  EXPECT_DOUBLE_EQ(model.scale[0], std::sqrt(35.0 / 12));
  const Eigen::VectorXd p = fit.predict(x);
  double gradient = model.coefficient[0], balance = 0;
  for (Eigen::Index i = 0; i < 6; ++i) {
    gradient -= 0.7 * (y[static_cast<std::size_t>(i)] - p[i]) * (x(i, 0) - 3.5) / model.scale[0];
    balance += y[static_cast<std::size_t>(i)] - p[i];
  }
  EXPECT_NEAR(gradient, 0, 1e-9);
  EXPECT_NEAR(balance, 0, 1e-9);
  EXPECT_GT(model.coefficient[0], 0);
}

TEST(Learner, StandardisedLogisticDoesNotCareForUnits) {
  const Eigen::MatrixXd x = column({1, 2, 3, 4, 5, 6});
  const std::vector<int> y{0, 0, 1, 0, 1, 1};
  const Eigen::MatrixXd other = (x.array() * 1e6 - 4e7).matrix();
  EXPECT_TRUE(logistic_fit(x, y, 1).predict(x).isApprox(logistic_fit(other, y, 1).predict(other), 1e-9));
}

TEST(Learner, MissingCountsAsTheTrainingMean) {
  const Eigen::MatrixXd x = column({1, 2, kNaN, 4, 5});
  const auto fit = logistic_fit(x, {0, 0, 1, 1, 1}, 1);
  EXPECT_DOUBLE_EQ(fit.state().linear.mean[0], 3.0);
  EXPECT_EQ(fit.predict(column({kNaN}))[0], fit.predict(column({3.0}))[0]);
}

TEST(Learner, ConstantAndEmptyColumnsSayNothing) {
  Eigen::MatrixXd x(4, 2);
  x << 0.1, kNaN, 0.1, kNaN, 0.1, kNaN, 0.1, kNaN;
  const std::vector<int> y{1, 0, 0, 0};
  EXPECT_NEAR(logistic_fit(x, y, 1).predict(x)[0], 0.25, 1e-12);
  EXPECT_NEAR(logistic_fit(Eigen::MatrixXd(4, 0), y, 1).predict(Eigen::MatrixXd(2, 0))[1], 0.25, 1e-12);
  EXPECT_NEAR(xgboost_fit(Eigen::MatrixXd(4, 0), y).predict(Eigen::MatrixXd(2, 0))[1], 0.25, 1e-12);
}

TEST(Learner, SeparatedClassesStayFinite) {
  const Eigen::MatrixXd x = column({1, 2, 3, 4, 5, 6});
  const std::vector<int> y{0, 0, 0, 1, 1, 1};
  for (const double c : {1e-6, 1.0, 1e6}) {
    const auto fit = logistic_fit(x, y, c);
    EXPECT_TRUE(std::isfinite(fit.state().linear.coefficient[0])) << c;
    EXPECT_EQ(area_under_roc(y, fit.predict(x)), 1) << c;
  }
  const Eigen::VectorXd p = xgboost_fit(x, y).predict(x);
  EXPECT_TRUE((p.array() > 0 && p.array() < 1).all());
}

TEST(Learner, BalancedClassesCountTheSame) {
  TrainParams params;
  params.class_weight = ClassWeight::balanced;
  const std::vector<int> y{1, 0, 0, 0};
  EXPECT_NEAR(logistic_fit(Eigen::MatrixXd(4, 0), y, 1, params).predict(Eigen::MatrixXd(1, 0))[0], 0.5, 1e-12);
  // Weights 2 and 2/3 are those of a study that has the positive case three times, up to the penalty: c times 2/3.
  const Eigen::MatrixXd x = column({4, 1, 3, 2}), copies = column({4, 4, 4, 1, 3, 2});
  params.logistic.standardise = false;
  TrainParams plain;
  plain.logistic.standardise = false;
  EXPECT_NEAR(logistic_fit(x, y, 3, params).state().linear.coefficient[0],
              logistic_fit(copies, {1, 1, 1, 0, 0, 0}, 2, plain).state().linear.coefficient[0], 1e-9);
}

TEST(Learner, ReadsBackToTheSameBytesAndProbabilities) {
  Rng rng(3, "learner test");
  Eigen::MatrixXd x(50, 3);
  std::vector<int> y;
  for (Eigen::Index i = 0; i < 50; ++i) {
    for (Eigen::Index j = 0; j < 3; ++j) x(i, j) = rng.normal() * std::pow(10, 3 * j);
    y.push_back(x(i, 0) + rng.normal() > 0);
  }
  for (const auto& row : kLearners) {
    if (row.value == Learner::as_is) continue;  // one column only
    const TrainParams params;
    const auto fit = fit_learner(row.value, params, candidates(row.value, params).front(), x, y, 5);
    const std::string json = to_json(fit, {"a", "b", "c"});
    const auto again = learner_from_json(json);
    EXPECT_EQ(to_json(again, {"a", "b", "c"}), json) << row.name;
    EXPECT_EQ(again.predict(x), fit.predict(x)) << row.name;
    EXPECT_EQ(again.kind(), row.value);
    for (Eigen::Index i = 0; i < 50; ++i)  // one case alone, as among others
      ASSERT_EQ(fit.predict(x.row(i))[0], fit.predict(x)[i]) << row.name;
  }
}

TEST(Learner, AsIsGivesTheColumnAndTakesNothingElse) {
  const TrainParams params;
  ASSERT_EQ(candidates(Learner::as_is, params).size(), 1U);
  const Eigen::MatrixXd score = column({0.25, 0.5, 1, 0});
  const auto fit = fit_learner(Learner::as_is, params, {}, score, {0, 1, 1, 0}, 1);
  EXPECT_EQ(fit.kind(), Learner::as_is);
  EXPECT_EQ(fit.predict(score), score.col(0));
  const std::string json = to_json(fit, {"deep.cnn.us.score"});
  EXPECT_EQ(to_json(learner_from_json(json), {"deep.cnn.us.score"}), json);
  EXPECT_EQ(learner_from_json(json).predict(score), score.col(0));

  try {
    fit_learner(Learner::as_is, params, {}, Eigen::MatrixXd::Constant(4, 2, 0.5), {0, 1, 1, 0}, 1);
    ADD_FAILURE() << "two columns passed as one probability";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("takes one column"), std::string::npos) << error.what();
  }
  EXPECT_THROW(fit_learner(Learner::as_is, params, {}, column({0.2, 1.5, 0, 1}), {0, 1, 1, 0}, 1), InputError);
  EXPECT_THROW(fit.predict(column({-0.1})), InputError);
}

TEST(Learner, RefusesWhatIsNoProblemAndNoModel) {
  EXPECT_THROW(logistic_fit(column({1, 2}), {1, 1}, 1), InputError);
  EXPECT_THROW(logistic_fit(column({1, 2}), {1, -1}, 1), Error);
  EXPECT_THROW(logistic_fit(column({1, 2, 3}), {1, 0, 1}, 1).predict(Eigen::MatrixXd(1, 2)), Error);
  EXPECT_THROW(learner_from_json("{\"learner\": \"logistic\"}"), InputError);
  EXPECT_THROW(learner_from_json("{\"learner\": \"oracle\", \"linear\": {}}"), Error);
  EXPECT_THROW(learner_from_json("[1, 2"), InputError);
}

}  // namespace
}  // namespace radfuse
