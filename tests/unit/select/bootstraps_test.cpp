// SPDX-License-Identifier: Apache-2.0
// Chains on bootstrap samples: what is drawn, what is counted, what is told.
#include "radfuse/select/bootstraps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::vector<std::string> kRad{"rad"};

// Features rad.f0.. of noise, the first `telling` shifted in positive cases; every third patient has two cases, every
// seventh case is a test case.
Dataset dataset(int cases, int features, int telling, double effect = 1.5) {
  Dataset data;
  Rng rng(23, "test.bootstraps");
  std::vector<std::string> columns;
  for (int j = 0; j < features; ++j) columns.push_back("rad.f" + std::to_string(j));
  std::vector<RowKey> keys;
  Eigen::MatrixXd x(cases, features);
  for (int i = 0; i < cases; ++i) {
    keys.push_back({"C" + std::to_string(1000 + i), "", ""});
    const int patient = i % 6 == 2 ? i - 2 : i;
    data.patient.push_back("P" + std::to_string(patient));
    data.outcome.push_back(i % 2);
    data.site.push_back("one");
    data.split.push_back(patient % 7 == 6 ? Split::test : Split::train);
    for (int j = 0; j < features; ++j) x(i, j) = rng.normal() + (j < telling ? effect * (i % 2) : 0);
  }
  data.table = FeatureTable(columns, keys, x);
  return data;
}

StepParams lasso(LassoEmpty when_empty = LassoEmpty::error) {
  return {LassoParams{.folds = 3, .when_empty = when_empty}};
}

std::vector<SampledSelection> sampled(const Dataset& data, std::vector<StepParams> steps, int samples,
                                      int threads = 1) {
  const std::vector<ChainPlan> plans{{"rad", kRad, std::move(steps)}};
  return fit_bootstraps(plans, training_split(data), samples, 5, {.threads = threads}, {});
}

TEST(Bootstraps, draws_whole_training_patients_of_each_class) {
  const Dataset data = dataset(60, 2, 0);
  const TrainingRows training = training_split(data);
  std::map<std::string, std::set<Eigen::Index>> rows_of;
  std::map<int, std::set<std::string>> patients;
  for (const Eigen::Index r : training.rows()) {
    rows_of[data.patient[static_cast<std::size_t>(r)]].insert(r);
    patients[data.outcome[static_cast<std::size_t>(r)]].insert(data.patient[static_cast<std::size_t>(r)]);
  }
  std::set<Eigen::Index> ever;
  for (std::uint64_t b = 0; b < 50; ++b) {
    Rng rng(1, "bootstrap", b);
    const TrainingRows sample = bootstrap_sample(training, rng);
    EXPECT_TRUE(std::is_sorted(sample.rows().begin(), sample.rows().end()));
    std::map<Eigen::Index, int> times;
    for (const Eigen::Index r : sample.rows()) ++times[r];
    std::map<int, int> drawn;  // patients of each class, as often as they were drawn
    for (const auto& [patient, rows] : rows_of) {
      const int first = times[*rows.begin()];
      for (const Eigen::Index r : rows) EXPECT_EQ(times[r], first) << "all cases of a patient, equally often";
      drawn[data.outcome[static_cast<std::size_t>(*rows.begin())]] += first;
    }
    for (const auto& [outcome, names] : patients) EXPECT_EQ(drawn[outcome], static_cast<int>(names.size()));
    EXPECT_LT(std::set(sample.rows().begin(), sample.rows().end()).size(), training.rows().size());
    ever.insert(sample.rows().begin(), sample.rows().end());
    for (const Eigen::Index r : sample.rows())
      EXPECT_EQ(data.split[static_cast<std::size_t>(r)], Split::train)
          << data.table.rows()[static_cast<std::size_t>(r)].case_id;
  }
  EXPECT_EQ(ever.size(), training.rows().size());
}

// 0.632 of the patients stand in a sample, on average.
TEST(Bootstraps, draws_as_often_as_chance_has_it) {
  const Dataset data = dataset(200, 1, 0);
  const TrainingRows training = training_split(data);
  double share = 0;
  for (std::uint64_t b = 0; b < 200; ++b) {
    Rng rng(2, "bootstrap", b);
    std::set<std::string> seen, all;
    for (const Eigen::Index r : training.rows()) all.insert(data.patient[static_cast<std::size_t>(r)]);
    const TrainingRows sample = bootstrap_sample(training, rng);
    for (const Eigen::Index r : sample.rows()) seen.insert(data.patient[static_cast<std::size_t>(r)]);
    share += static_cast<double>(seen.size()) / static_cast<double>(all.size()) / 200;
  }
  EXPECT_NEAR(share, 0.632, 0.01);
}

// Brute force: the chain fitted on each sample by hand.
TEST(Bootstraps, counts_what_the_chain_selects_on_each_sample) {
  const Dataset data = dataset(80, 12, 2);
  const std::vector<StepParams> steps{{ScaleParams{}}, lasso(LassoEmpty::best_univariate)};
  const auto selection = sampled(data, steps, 12).front();
  EXPECT_EQ(selection.model, "rad");
  EXPECT_EQ(selection.features, data.table.columns());
  EXPECT_EQ(selection.drawn, 12U);
  EXPECT_EQ(selection.empty + selection.failed, 0U);
  ASSERT_EQ(selection.selected.rows(), 12);
  const TrainingRows training = training_split(data);
  for (std::uint64_t b = 0; b < 12; ++b) {
    Rng rng(5, "bootstrap", b);
    const FittedChain chain =
        fit_chain(steps, bootstrap_sample(training, rng), kRad, Rng(5, "bootstrap chain", b).next());
    std::vector<std::string> selected;
    for (std::size_t f = 0; f < 12; ++f)
      if (selection.selected(static_cast<Eigen::Index>(b), static_cast<Eigen::Index>(f)) == 1)
        selected.push_back(selection.features[f]);
    EXPECT_EQ(selected, chain.columns());
  }
  EXPECT_GE(selection.selected.col(0).sum() + selection.selected.col(1).sum(), 20) << "those that tell";
  const auto other = selection.selected.rowwise().sum();
  EXPECT_GT(other.maxCoeff(), other.minCoeff()) << "samples differ";
}

TEST(Bootstraps, threads_change_nothing_and_plans_share_their_samples) {
  const Dataset data = dataset(60, 10, 2);
  const std::vector<StepParams> steps{{ScaleParams{}}, lasso(LassoEmpty::best_univariate)};
  const std::vector<ChainPlan> plans{{"one", kRad, steps}, {"two", kRad, steps}};
  std::size_t calls = 0;
  const auto fit = [&](int threads) {
    calls = 0;
    return fit_bootstraps(plans, training_split(data), 8, 5, {.threads = threads},
                          [&](std::size_t done, std::size_t total) {
                            EXPECT_EQ(done, ++calls);
                            EXPECT_EQ(total, 16U);
                          });
  };
  const auto one = fit(1), three = fit(3);
  EXPECT_EQ(calls, 16U);
  EXPECT_EQ(selection_bootstraps_to_csv(three), selection_bootstraps_to_csv(one));
  EXPECT_EQ(selection_stability_to_csv(three), selection_stability_to_csv(one));
  EXPECT_EQ(one[0].selected, one[1].selected);
}

// Noise: the lasso's lambda.min leaves nothing on some samples, which is an error of the chain, and here an answer.
TEST(Bootstraps, samples_without_a_feature_count_as_selecting_nothing) {
  const auto selection = sampled(dataset(80, 6, 0), {lasso()}, 30).front();
  EXPECT_GT(selection.empty, 0U);
  EXPECT_LT(selection.empty, 30U);
  EXPECT_EQ(selection.failed, 0U);
  ASSERT_EQ(selection.selected.rows(), 30);
  EXPECT_EQ(static_cast<std::size_t>((selection.selected.rowwise().sum().array() == 0).count()), selection.empty);
  EXPECT_THAT(told(selection), HasSubstr("; no feature was left on " + std::to_string(selection.empty) +
                                         " of them, which count as selecting nothing"));
}

// Of two positive patients half of the samples draw one twice: folds for the lasso need two.
TEST(Bootstraps, samples_that_cannot_be_fitted_are_left_out_and_told) {
  Dataset data = dataset(40, 3, 1);
  for (std::size_t i = 0; i < data.outcome.size(); ++i) data.outcome[i] = i == 1 || i == 3 ? 1 : 0;
  for (std::size_t i = 0; i < data.patient.size(); ++i) data.patient[i] = "Q" + std::to_string(i);
  const auto selection = sampled(data, {lasso(LassoEmpty::best_univariate)}, 40).front();
  EXPECT_GT(selection.failed, 5U);
  EXPECT_LT(selection.failed, 35U);
  EXPECT_EQ(selection.selected.rows(), static_cast<Eigen::Index>(40 - selection.failed));
  EXPECT_THAT(selection.failure, HasSubstr("training patients of one class"));
  EXPECT_THAT(told(selection),
              HasSubstr("could not be fitted on " + std::to_string(selection.failed) +
                        " of 40 samples, which are left out; on the first because: select, step 1 lasso"));
}

TEST(Bootstraps, trees_that_are_missing_are_a_bug_here_too) {
  EXPECT_THROW(
      {
        try {
          sampled(dataset(40, 6, 1), {{EliminationParams{.learner = EliminationLearner::xgboost, .features = 2}}}, 2);
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ExitCode::bug);
          throw;
        }
      },
      Error);
}

TEST(Bootstraps, parts_of_a_score_count_as_selected) {
  const Dataset data = dataset(80, 8, 2);
  const auto selection = sampled(data, {{LassoParams{.folds = 3, .gives = LassoGives::score, .on = kRad}}}, 10).front();
  EXPECT_EQ(selection.features.size(), 8U);
  EXPECT_GE(selection.selected.col(0).sum() + selection.selected.col(1).sum(), 16);
  EXPECT_LT(selection.selected.sum(), 80);
}

// Three samples of four features; the stability is worked out in stats' test.
SampledSelection by_hand() {
  SampledSelection selection{.model = "rad", .features = {"rad.b", "rad.a", "rad.c", "rad.d"}, .drawn = 4, .failed = 1};
  selection.selected.resize(3, 4);
  selection.selected << 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0;
  selection.failure = "the reason";
  selection.competes = {true, true, true, true};
  return selection;
}

TEST(Bootstraps, tables_by_hand) {
  SampledSelection even = by_hand();
  even.model = "other";
  even.selected.col(2) = even.selected.col(1);  // equally often: by name
  EXPECT_EQ(selection_bootstraps_to_csv(std::vector{by_hand(), even}),
            "model,feature,selected,samples,share\n"
            "rad,rad.b,3,3,1\n"
            "rad,rad.a,2,3,0.6666666666666666\n"
            "rad,rad.c,1,3,0.3333333333333333\n"
            "other,rad.b,3,3,1\n"
            "other,rad.a,2,3,0.6666666666666666\n"
            "other,rad.c,2,3,0.6666666666666666\n");
  EXPECT_EQ(told(by_hand()),
            "2.0 of 4 competing features on average over 3 bootstrap samples, stability 0.33 [-0.02, 0.69], poor; the "
            "chain could "
            "not be fitted on 1 of 4 samples, which are left out; on the first because: the reason");
  EXPECT_THAT(selection_stability_to_csv(std::vector{by_hand()}),
              StartsWith("model,features,samples,empty,failed,mean_selected,stability,lower,upper,remark\n"
                         "rad,4,3,0,1,2,0.333333333333333"));
}

// Of the table above only the last two columns count: 0 0 / 1 0 / 0 0.
TEST(Bootstraps, columns_that_pass_untouched_say_nothing_of_stability) {
  SampledSelection two = by_hand();
  two.competes = {false, false, true, true};
  // Shares 1/3 and 0, variances 1/3 and 0, so 1/6 on average; 1/3 of two features, so chance gives 1/6 * 5/6 = 5/36.
  EXPECT_NEAR(stability_of(two).value, 1 - 6.0 / 5, 1e-15);
  EXPECT_THAT(told(two),
              StartsWith("0.3 of 2 competing features on average over 3 bootstrap samples, stability -0.20"));
  EXPECT_THAT(selection_bootstraps_to_csv(std::vector{two}), HasSubstr("rad,rad.b,3,3,1\n")) << "they are counted";
  const Dataset data = dataset(60, 6, 2);
  const std::vector<StepParams> steps{
      {ScaleParams{}}, {EliminationParams{.features = 1, .drop = 1, .on = {"rad.f0", "rad.f1", "rad.f2"}}}};
  const auto selection = sampled(data, steps, 5).front();
  EXPECT_THAT(selection.competes, ElementsAre(true, true, true, false, false, false));
  EXPECT_EQ(stability_of(selection).mean_selected, 1);
  EXPECT_EQ(stability_of(sampled(data, {{ScaleParams{}}}, 3).front()).reason, "there is no feature to select");
}

TEST(Bootstraps, undefined_stability_is_an_empty_cell_and_a_reason) {
  SampledSelection all = by_hand();
  all.selected.setOnes();
  EXPECT_THAT(
      selection_stability_to_csv(std::vector{all}),
      HasSubstr(
          "rad,4,3,0,1,4,,,,\"4.0 of 4 competing features on average over 3 bootstrap samples, stability undefined "
          "(every sample selects every feature); "));
  all.selected.resize(0, 4);
  EXPECT_THAT(told(all), StartsWith("0 bootstrap samples, stability undefined (there is no sample); the chain"));
  EXPECT_EQ(selection_bootstraps_to_csv(std::vector{all}), "model,feature,selected,samples,share\n");
}

}  // namespace
}  // namespace radfuse
