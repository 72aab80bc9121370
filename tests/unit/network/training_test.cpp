// SPDX-License-Identifier: Apache-2.0
// The training loop on a problem of three weights, where every property can be seen: same bytes whatever happens in
// between, AdamW's arithmetic, early stopping, the budget, bfloat16.
#include "training.hpp"

#include <ATen/Context.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>

#include "optimiser.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/network/prepare.hpp"

namespace radfuse::network {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSamples = 21;  // a last batch of one

// y = 1 x0 - 2 x1 + 0.5 x2, with a little noise.
struct Line {
  torch::Tensor x = torch::empty({kSamples, 3}), y = torch::empty({kSamples, 1});
  Line() {
    for (std::size_t i = 0; i < kSamples; ++i) {
      Rng rng(1, "line", i);
      const auto at = static_cast<std::int64_t>(i);
      const double a = rng.normal(), b = rng.normal(), c = rng.normal();
      x[at] = torch::tensor({static_cast<float>(a), static_cast<float>(b), static_cast<float>(c)});
      y[at] = static_cast<float>(a - 2 * b + 0.5 * c + 0.01 * rng.normal());
    }
  }
  LossSum loss() const {
    return [this](const Parameters& p, int, std::span<const std::size_t> which) {
      torch::Tensor sum = torch::zeros({});
      for (const std::size_t i : which) {
        const auto at = static_cast<std::int64_t>(i);
        const torch::Tensor said = at::linear(x.slice(0, at, at + 1), get(p, "weight"), get(p, "bias"));
        sum = sum + (said.to(torch::kFloat32) - y[at]).square().sum();
      }
      return sum;
    };
  }
};

TrainingPlan plan_of(int epochs) {
  TrainingPlan plan;
  plan.stream = "test";
  plan.seed = 3;
  plan.samples = kSamples;
  plan.data = "line";
  plan.settings.epochs = epochs;
  plan.settings.batch = 4;
  plan.settings.learning_rate = 0.05;
  plan.settings.checkpoint_minutes = 0;
  return plan;
}
Parameters start() {
  Parameters p;
  p["weight"] = torch::full({1, 3}, 0.1F);
  p["bias"] = torch::zeros({1});
  return p;
}
std::vector<float> all_of(const Parameters& p) {
  std::vector<float> all = to_vector(get(p, "weight"));
  all.push_back(get(p, "bias").item<float>());
  return all;
}
fs::path checkpoint() {
  return fs::path(testing::TempDir()) / "radfuse_line.checkpoint";
}
// Error on the held-out sample (made up): the distance of the first weight from a target.
ValidationError distance_from(double target) {
  return [target](const Parameters& p) {
    const torch::NoGradGuard without;
    return std::abs(get(p, "weight")[0][0].item<double>() - target);
  };
}

struct Result {
  std::vector<float> weights;
  std::string curve;
  bool operator==(const Result&) const = default;
};
Result result_of(const TrainingPlan& plan, const Harness& harness, const ValidationError& validation = {}) {
  const Line line;
  Parameters p = start();
  const LearningCurve curve = train(p, plan, line.loss(), validation, harness);
  return {all_of(p), to_csv(curve)};
}

TEST(Training, FindsTheLine) {
  prepare_process();
  const auto found = result_of(plan_of(60), {}).weights;
  EXPECT_NEAR(found[0], 1, 0.02);
  EXPECT_NEAR(found[1], -2, 0.02);
  EXPECT_NEAR(found[2], 0.5, 0.02);
}

TEST(Training, GivesTheSameForAnyNumberOfThreads) {
  const Result one = result_of(plan_of(3), {.threads = 1});
  EXPECT_EQ(result_of(plan_of(3), {.threads = 2}), one);
  EXPECT_EQ(result_of(plan_of(3), {.threads = 5}), one);
  TrainingPlan other = plan_of(3);
  other.seed = 4;
  EXPECT_NE(result_of(other, {}), one);
}

// Broken after each of the steps in turn, in the middle of epochs too.
TEST(Training, GoesOnFromAnyStepToTheSameBytes) {
  const Line line;
  TrainingPlan plan = plan_of(3);
  plan.settings.checkpoint_minutes = 1e-12;  // after every step
  plan.held_out = 1;
  const ValidationError validation = distance_from(0.3);
  const Result unbroken = result_of(plan, {}, validation);
  struct Break {};
  // Micro-batches: 2 steps of 2 for the estimate, then in each epoch 5 steps of 2 and one of 1.
  for (int done = 4; done < 4 + 3 * 11; done += 3) {
    Parameters p = start();
    std::atomic<int> calls{0};
    const LossSum counted = [&](const Parameters& now, int epoch, std::span<const std::size_t> which) {
      if (++calls > done) throw Break();
      return line.loss()(now, epoch, which);
    };
    EXPECT_THROW(train(p, plan, counted, validation, {.checkpoint = checkpoint()}), Break) << done;
    EXPECT_EQ(fs::exists(checkpoint()), done >= 6) << done;
    EXPECT_EQ(result_of(plan, {.checkpoint = checkpoint()}, validation), unbroken) << done;
    EXPECT_FALSE(fs::exists(checkpoint()));
  }
}

TEST(Training, WritesACheckpointWhenAskedToStop) {
  TrainingPlan plan = plan_of(4);
  plan.settings.checkpoint_minutes = 1000;
  const Result unbroken = result_of(plan, {});
  const Harness stopped{.checkpoint = checkpoint(), .on_epoch = [](const EpochReport& e) {
                          if (e.epoch == 2) throw TryAgain("stopped in order");
                        }};
  EXPECT_THROW(result_of(plan, stopped), TryAgain);
  std::vector<int> epochs;
  const Harness again{.checkpoint = checkpoint(), .on_epoch = [&](const EpochReport& e) { epochs.push_back(e.epoch); }};
  EXPECT_EQ(result_of(plan, again), unbroken);
  EXPECT_THAT(epochs, testing::ElementsAre(3, 4));
}

TEST(Training, IgnoresCheckpointsOfOtherTrainingsAndDamagedOnes) {
  struct Break {};
  const Harness broken{.checkpoint = checkpoint(), .on_epoch = [](const EpochReport&) { throw Break(); }};
  TrainingPlan other = plan_of(4);
  other.settings.learning_rate = 0.06;
  const Result right = result_of(other, {});
  EXPECT_THROW(result_of(plan_of(4), broken), Break);
  EXPECT_EQ(result_of(other, {.checkpoint = checkpoint()}), right);
  EXPECT_THROW(result_of(plan_of(4), broken), Break);
  other.data = "another line";
  EXPECT_EQ(result_of(other, {.checkpoint = checkpoint()}).weights, right.weights);

  EXPECT_THROW(result_of(plan_of(4), broken), Break);
  const std::string bytes = read_file(checkpoint());
  for (const std::size_t length : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
    write_file(checkpoint(), std::string_view(bytes).substr(0, length));
    EXPECT_EQ(result_of(plan_of(4), {.checkpoint = checkpoint()}), result_of(plan_of(4), {})) << length;
  }
}

TEST(Training, RefusesWhatTakesLongerThanItsBudget) {
  TrainingPlan plan = plan_of(10000);
  plan.settings.budget_minutes = 1e-7;
  std::optional<Estimate> told;
  try {
    result_of(plan, {.on_estimate = [&](const Estimate& e) { told = e; }});
    FAIL() << "it trained";
  } catch (const StudyError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("budget_minutes"));
    EXPECT_THAT(error.what(), testing::HasSubstr("lower train.epochs"));
    EXPECT_THAT(error.what(), testing::HasSubstr("minutes (10000 epochs of 21 samples"));
  }
  ASSERT_TRUE(told.has_value());
  EXPECT_GT(told->seconds, 0);
  EXPECT_GT(told->bytes, 1e7);
  EXPECT_EQ(told->precision_error, 0);
}

TEST(Training, StopsEarlyAndKeepsTheBestWeights) {
  // The first weight goes from 0.1 to 1: it passes 0.3 and moves on.
  TrainingPlan plan = plan_of(60);
  plan.held_out = 1;
  plan.settings.patience = 3;
  const Line line;
  Parameters p = start();
  const LearningCurve curve = train(p, plan, line.loss(), distance_from(0.3), {});
  EXPECT_EQ(curve.epochs.size(), static_cast<std::size_t>(curve.kept_epoch) + 3);
  const double kept = *curve.epochs[static_cast<std::size_t>(curve.kept_epoch) - 1].validation;
  EXPECT_NEAR(std::abs(get(p, "weight")[0][0].item<double>() - 0.3), kept, 1e-7);
  for (const EpochReport& e : curve.epochs) EXPECT_GE(*e.validation, kept);
  const std::string csv = to_csv(curve);
  EXPECT_THAT(csv, testing::StartsWith("epoch,training_loss,validation_error,kept\n1,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), static_cast<std::ptrdiff_t>(curve.epochs.size()) + 1);
}

TEST(Training, TellsDivergence) {
  TrainingPlan plan = plan_of(50);
  Parameters p = start();
  const LossSum bad = [](const Parameters& q, int, std::span<const std::size_t>) {
    return get(q, "weight").sum() * std::numeric_limits<float>::infinity();
  };
  EXPECT_THROW(train(p, plan, bad, {}, {}), StudyError);
}

TEST(Training, LeavesFrozenTensorsAlone) {
  TrainingPlan plan = plan_of(3);
  plan.frozen = {"bias"};
  const auto found = result_of(plan, {}).weights;
  EXPECT_EQ(found[3], 0.0F);
  EXPECT_NE(found[0], 0.1F);
}

TEST(Training, TellsTheErrorOfBfloat16) {
  TrainingPlan plan = plan_of(40);
  plan.settings.precision = Precision::bfloat16;
  std::optional<Estimate> told;
  const auto found = result_of(plan, {.on_estimate = [&](const Estimate& e) { told = e; }}).weights;
  ASSERT_TRUE(told.has_value());
  EXPECT_GT(told->precision_error, 0);
  EXPECT_LT(told->precision_error, 0.02);  // 8 bits: 0.4 % for each rounding
  EXPECT_NEAR(found[1], -2, 0.05);
}

TEST(Training, RefusesADeviceThatIsNotThere) {
  if (at::globalContext().hasCUDA())
    GTEST_SKIP() << "this LibTorch finds an NVIDIA GPU; set CUDA_VISIBLE_DEVICES to nothing to see the refusal";
  TrainingPlan plan = plan_of(1);
  plan.settings.device = Device::cuda;
  EXPECT_THROW(result_of(plan, {}), StudyError);
}

// The first step of Adam is the rate itself, whatever the gradient: rate / 20 on the first of the rising steps. Decay
// takes rate / 20 * 0.5 of a matrix before it, and nothing of a bias.
TEST(Optimiser, TakesTheFirstStepOfAdamW) {
  const torch::NoGradGuard without;
  torch::Tensor matrix = torch::full({1, 1}, 2.0F), bias = torch::full({1}, 2.0F);
  Optimiser optimiser({matrix, bias}, {.largest = 0.2, .weight_decay = 0.5, .all_steps = 100});
  optimiser.step({torch::full({1, 1}, 3.0F), torch::full({1}, -0.001F)});
  EXPECT_NEAR(matrix.item<double>(), 2 * (1 - 0.01 * 0.5) - 0.01, 1e-6);
  EXPECT_NEAR(bias.item<double>(), 2 + 0.01, 1e-6);
  EXPECT_EQ(optimiser.steps, 1);
}

}  // namespace
}  // namespace radfuse::network
