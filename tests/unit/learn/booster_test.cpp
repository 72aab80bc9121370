// SPDX-License-Identifier: Apache-2.0
// The XGBoost wrapper.
#include "booster.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse {
namespace {

struct Problem {
  Eigen::MatrixXd x;
  std::vector<int> y;
  std::vector<double> weight;
};

Problem problem(int rows, std::uint64_t seed) {
  Rng rng(seed, "booster test");
  Problem p{Eigen::MatrixXd(rows, 3), {}, std::vector<double>(static_cast<std::size_t>(rows), 1.0)};
  for (Eigen::Index i = 0; i < rows; ++i) {
    for (Eigen::Index j = 0; j < 3; ++j) p.x(i, j) = rng.normal();
    p.y.push_back(p.x(i, 0) + 0.5 * rng.normal() > 0 ? 1 : 0);
  }
  return p;
}

TEST(Booster, OneStumpIsTheClosedForm) {
  // Two groups of 4, outcome 1 1 1 0 | 0 0 0 1. From p = 0.5: gradient sums -1 and 1, hessian sums 4 * 0.25 = 1, so
  // the leaves are -G / (H + lambda) * eta = +-(1 / 2) * 0.3.
  Eigen::MatrixXd x(8, 1);
  x << 1, 1, 1, 1, 0, 0, 0, 0;
  const std::vector<int> y{1, 1, 1, 0, 0, 0, 0, 1};
  const auto booster = Booster::train(x, y, std::vector<double>(8, 1.0), {.rounds = 1, .depth = 1});
  const Eigen::VectorXd margin = booster.margin(x);
  EXPECT_NEAR(margin[0], 0.15, 1e-7);
  EXPECT_NEAR(margin[7], -0.15, 1e-7);
  EXPECT_NEAR(booster.probability(x)[0], 1 / (1 + std::exp(-0.15)), 1e-7);
}

TEST(Booster, WeightsCountLikeCopies) {
  // The group of x = 1 with each of its rows twice: G = -2, H = 2, leaf 2 / 3 * 0.3.
  Eigen::MatrixXd x(8, 1);
  x << 1, 1, 1, 1, 0, 0, 0, 0;
  const std::vector<int> y{1, 1, 1, 0, 0, 0, 0, 1};
  const auto booster = Booster::train(x, y, {2, 2, 2, 2, 1, 1, 1, 1}, {.rounds = 1, .depth = 1});
  EXPECT_NEAR(booster.margin(x)[0], 0.2, 1e-7);
}

TEST(Booster, ReadsBackToTheSameBytesAndNumbers) {
  const Problem p = problem(80, 1);
  for (const TreeMethod method : {TreeMethod::exact, TreeMethod::hist}) {
    const auto booster = Booster::train(p.x, p.y, p.weight, {.rounds = 20, .depth = 3, .tree_method = method});
    const std::string json = booster.to_json();
    const auto again = Booster::from_json(json);
    EXPECT_EQ(again.to_json(), json);
    EXPECT_EQ(again.probability(p.x), booster.probability(p.x));
    EXPECT_EQ(again.column_count(), 3);
  }
}

TEST(Booster, SameModelOnAnyThreadWithSampling) {
  const Problem p = problem(80, 2);
  const BoosterSettings settings{.rounds = 20, .depth = 3, .subsample = 0.6, .columns = 0.7, .seed = 11};
  const std::string here = Booster::train(p.x, p.y, p.weight, settings).to_json();
  Booster::train(p.x, p.y, p.weight, {.subsample = 0.5, .seed = 3});  // draws from this thread's stream
  std::string there;
  std::thread([&] { there = Booster::train(p.x, p.y, p.weight, settings).to_json(); }).join();
  EXPECT_EQ(there, here);
  EXPECT_EQ(Booster::train(p.x, p.y, p.weight, settings).to_json(), here);
  BoosterSettings other = settings;
  other.seed = 12;
  EXPECT_NE(Booster::train(p.x, p.y, p.weight, other).to_json(), here);
}

TEST(Booster, MissingAndHugeValuesAreValues) {
  Problem p = problem(60, 3);
  p.x(0, 0) = std::numeric_limits<double>::quiet_NaN();
  p.x(1, 0) = 1e300;
  p.x(2, 0) = -1e300;
  const auto booster = Booster::train(p.x, p.y, p.weight, {.rounds = 5, .depth = 2});
  const Eigen::VectorXd probability = booster.probability(p.x);
  EXPECT_TRUE((probability.array() > 0 && probability.array() < 1).all());
  EXPECT_GT(probability[1], probability[2]);
}

TEST(Booster, ContributionsSumToTheMargin) {
  const Problem p = problem(60, 4);
  const auto booster = Booster::train(p.x, p.y, p.weight, {.rounds = 10, .depth = 3});
  const Eigen::MatrixXd parts = booster.contributions(p.x);
  ASSERT_EQ(parts.cols(), 4);
  EXPECT_LT((parts.rowwise().sum() - booster.margin(p.x)).cwiseAbs().maxCoeff(), 2e-6);  // single precision
}

TEST(Booster, GainsAreTheClosedForm) {
  // Eight cases, the second column parts the outcomes, the first says nothing. From p = 0.5 a half has gradient sum
  // 4 * 0.5 = 2 and hessian sum 4 * 0.25 = 1, so the split gains G^2 / (H + lambda) twice: 4 with lambda 1, 8 with 0.
  Eigen::MatrixXd x(8, 3);
  x << 0, 1, 5, 1, 1, 5, 0, 1, 5, 1, 1, 5, 0, 0, 5, 1, 0, 5, 0, 0, 5, 1, 0, 5;
  const std::vector<int> y{1, 1, 1, 1, 0, 0, 0, 0};
  const std::vector<double> weight(8, 1.0);
  for (const TreeGain kind : {TreeGain::total_gain, TreeGain::gain}) {
    const Eigen::VectorXd one = Booster::train(x, y, weight, {.rounds = 1, .depth = 1}).gains(kind);
    EXPECT_EQ(one, (Eigen::Vector3d{0, 4, 0}));
    EXPECT_EQ(Booster::train(x, y, weight, {.rounds = 1, .depth = 1, .lambda = 0}).gains(kind)[1], 8);
  }
  // The second tree starts from log-odds of +-0.3 * 2 / (1 + 1): it gains less, and the mean lies between.
  const double p = 1 / (1 + std::exp(-0.3)), g = 4 * (1 - p), h = 4 * p * (1 - p), second = 2 * g * g / (h + 1);
  const auto two = Booster::train(x, y, weight, {.rounds = 2, .depth = 1, .min_child_weight = 0});
  EXPECT_NEAR(two.gains(TreeGain::total_gain)[1], 4 + second, 1e-6);
  EXPECT_NEAR(two.gains(TreeGain::gain)[1], (4 + second) / 2, 1e-6);
}

TEST(Booster, GainsOfMoreThanTenColumnsStandInTheirPlaces) {
  const Problem p = problem(80, 7);
  Eigen::MatrixXd x = Eigen::MatrixXd::Zero(80, 25);
  x.col(2) = p.x.col(1);
  x.col(21) = p.x.col(0);
  const auto booster = Booster::train(x, p.y, p.weight, {.rounds = 5, .depth = 2});
  const Eigen::VectorXd gains = Booster::from_json(booster.to_json()).gains(TreeGain::total_gain);
  ASSERT_EQ(gains.size(), 25);
  EXPECT_EQ(gains, booster.gains(TreeGain::total_gain));
  EXPECT_GT(gains[21], gains[2]);
  EXPECT_GT(gains[2], 0);
  EXPECT_EQ((gains.array() != 0).count(), 2);
}

TEST(Booster, NoRowsNoPredictions) {
  const Problem p = problem(20, 5);
  const auto booster = Booster::train(p.x, p.y, p.weight, {.rounds = 2, .depth = 1});
  EXPECT_EQ(booster.probability(Eigen::MatrixXd(0, 3)).size(), 0);
}

TEST(Booster, SaysNothingAndThrowsWhatXgboostSays) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_THROW(Booster::from_json("{\"learner\": {}}"), InputError);
  EXPECT_THROW(Booster::from_json("not json"), InputError);
  const Problem p = problem(20, 6);
  try {
    Booster::train(p.x, p.y, p.weight, {.rounds = 1, .learning_rate = -1});
    ADD_FAILURE() << "a negative learning rate was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("XGBoost: "), std::string::npos);
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace radfuse
