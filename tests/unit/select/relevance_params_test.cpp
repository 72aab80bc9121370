// SPDX-License-Identifier: Apache-2.0
// The steps that ask features about the outcome, where the answer is known: chi-squared, l2,1, stability and forward
// selection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"
#include "radfuse/select/chain.hpp"
#include "synthetic_study.hpp"

namespace radfuse {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::StartsWith;

// Features rad.f00.. of noise, the first `telling` of which are shifted in positive cases.
Dataset dataset(int cases, int features, int telling, double effect = 1.2) {
  Dataset data;
  Rng rng(17, "test.relevance");
  std::vector<std::string> columns;
  for (int j = 0; j < features; ++j) columns.push_back("rad.f" + std::to_string(100 + j).substr(1));
  std::vector<RowKey> keys;
  Eigen::MatrixXd x(cases, features);
  for (int i = 0; i < cases; ++i) {
    keys.push_back({"P" + std::to_string(1000 + i), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.outcome.push_back(i % 2);
    data.site.push_back("one");
    data.split.push_back(Split::train);
    for (int j = 0; j < features; ++j) x(i, j) = rng.normal() + (j < telling ? effect * (i % 2) : 0);
  }
  data.table = FeatureTable(columns, keys, x);
  return data;
}

FittedChain fitted(const Dataset& data, const StepParams& step, int threads = 1, const TreeImportance& trees = {}) {
  return fit_chain({step}, training_split(data), std::vector<std::string>{"rad"}, 5,
                   {.threads = threads, .trees = trees});
}

const SelectionRow& row_of(const FittedChain& chain, const std::string& feature) {
  for (const SelectionRow& row : chain.selection())
    if (row.feature == feature) return row;
  throw std::runtime_error(feature);
}

// f00 is 0 or 1 with the counts 10 30 / 20 5 (R: chisq.test gives 16.5784821428571, p 4.66776e-05); f01 has too many
// values.
TEST(RelevanceParams, chi_squared_of_categories) {
  Dataset data;
  std::vector<RowKey> keys;
  Eigen::MatrixXd x(65, 2);
  const int counts[2][2] = {{10, 30}, {20, 5}};
  int i = 0;
  for (int category = 0; category < 2; ++category)
    for (int outcome = 0; outcome < 2; ++outcome)
      for (int k = 0; k < counts[category][outcome]; ++k, ++i) {
        keys.push_back({"P" + std::to_string(100 + i), "", ""});
        data.patient.push_back(keys.back().case_id);
        data.outcome.push_back(outcome);
        data.site.push_back("one");
        data.split.push_back(Split::train);
        x.row(i) << category, i;
      }
  data.table = FeatureTable({"rad.f00", "rad.f01"}, keys, x);
  const FittedChain chain = fitted(data, {UnivariateParams{.test = UnivariateTest::chi_squared}});
  EXPECT_EQ(row_of(chain, "rad.f00").reason, "chi_squared = 16.58, p = 4.67e-05, 2 categories");
  EXPECT_THAT(row_of(chain, "rad.f01").reason, HasSubstr("65 different values: no categories"));
  EXPECT_THAT(chain.columns(), ElementsAre("rad.f00"));
}

TEST(RelevanceParams, the_k_best_whatever_their_p) {
  const Dataset data = dataset(60, 20, 2);
  const FittedChain chain = fitted(data, {UnivariateParams{.threshold = 1, .most = 7}});
  EXPECT_EQ(chain.columns().size(), 7U);
  EXPECT_THAT(chain.columns(), IsSupersetOf({"rad.f00", "rad.f01"}));
  EXPECT_EQ(fitted(data, {UnivariateParams{.threshold = 1}}).columns().size(), 20U);
}

// With separated classes there is no odds ratio: the feature goes, with the reason.
TEST(RelevanceParams, logistic_names_separation) {
  Dataset data = dataset(40, 2, 1);
  Eigen::MatrixXd x = data.table.values();
  for (Eigen::Index i = 0; i < 40; ++i) x(i, 1) = static_cast<double>(i % 2) * 10 + static_cast<double>(i) / 40;
  data.table = FeatureTable(data.table.columns(), data.table.rows(), x);
  const FittedChain chain = fitted(data, {UnivariateParams{.test = UnivariateTest::logistic}});
  EXPECT_THAT(row_of(chain, "rad.f01").reason, HasSubstr("undefined (the columns separate the classes"));
  EXPECT_THAT(row_of(chain, "rad.f00").reason, HasSubstr("odds ratio of one unit "));
}

TEST(RelevanceParams, l21_keeps_what_tells) {
  const Dataset data = dataset(80, 30, 3);
  for (const stats::L21Loss loss : {stats::L21Loss::robust, stats::L21Loss::least_squares}) {
    const FittedChain few = fitted(data, {L21Params{.loss = loss, .features = 3}});
    EXPECT_THAT(few.columns(), ElementsAre("rad.f00", "rad.f01", "rad.f02"));
    EXPECT_THAT(row_of(few, "rad.f00").reason, StartsWith("l2,1 weight "));
    const FittedChain strict = fitted(data, {L21Params{.loss = loss, .penalty = 0.6, .share = 0.05}});
    EXPECT_THAT(strict.columns(), IsSupersetOf({"rad.f00", "rad.f01", "rad.f02"}));
    EXPECT_LT(strict.columns().size(), 12U);
  }
}

TEST(RelevanceParams, stability_keeps_what_tells_and_prints_the_bound) {
  const Dataset data = dataset(120, 60, 3);
  const StepParams step{StabilityParams{.subsamples = 50, .features = 6, .threshold = 0.9}};
  const FittedChain chain = fitted(data, step);
  EXPECT_THAT(chain.columns(), IsSupersetOf({"rad.f00", "rad.f01", "rad.f02"}));
  EXPECT_LE(chain.columns().size(), 5U);
  // q^2 / ((2 pi - 1) p) = 36 / (0.8 * 60)
  EXPECT_THAT(chain.remarks(), Contains(HasSubstr("at most 0.75 falsely kept features are expected")));
  EXPECT_THAT(row_of(chain, "rad.f00").reason, HasSubstr("taken by "));
  EXPECT_THAT(row_of(chain, "rad.f40").reason, HasSubstr(": less than 0.9"));
  EXPECT_EQ(to_json(fitted(data, step, 3)), to_json(chain));
  const FittedChain large = fitted(dataset(60, 90, 3, 3), {StabilityParams{.subsamples = 10, .threshold = 0.5}});
  EXPECT_THAT(large.remarks(), Contains(HasSubstr("paths of at most 8 features; a threshold of 0.5 bounds no number")));
  Dataset tiny = dataset(6, 5, 1);
  EXPECT_THROW(fitted(tiny, step), InputError);
}

// The importance of a column is its mean, which is its number / 10: worked out by hand.
TEST(RelevanceParams, elimination_asks_the_trees_that_it_was_handed) {
  Dataset data = dataset(20, 6, 0);
  Eigen::MatrixXd x = data.table.values();
  const double mean[] = {3, 1, 5, 1, 0, 4};
  for (Eigen::Index j = 0; j < 6; ++j) x.col(j).array() += mean[j] / 10 - x.col(j).mean();
  data.table = FeatureTable(data.table.columns(), data.table.rows(), x);
  std::vector<std::uint64_t> seeds;
  std::vector<Eigen::Index> widths;
  const TreeImportance trees = [&](const Eigen::MatrixXd& columns, const std::vector<int>& y,
                                   const EliminationTrees& settings, std::uint64_t seed) {
    EXPECT_EQ(settings.rounds, 7);
    EXPECT_EQ(y, data.outcome);
    seeds.push_back(seed);
    widths.push_back(columns.cols());
    return Eigen::VectorXd((columns.colwise().mean().transpose().array() * 10).round() / 10);
  };
  EliminationParams params{.learner = EliminationLearner::xgboost, .features = 2, .drop = 2, .xgboost = {.rounds = 7}};
  const FittedChain chain = fitted(data, {params}, 1, trees);
  EXPECT_THAT(chain.columns(), ElementsAre("rad.f02", "rad.f05"));
  EXPECT_EQ(row_of(chain, "rad.f04").reason, "eliminated in round 1, importance 0");
  EXPECT_EQ(row_of(chain, "rad.f01").reason, "eliminated in round 1, importance 0.1") << "of equals the first";
  EXPECT_EQ(row_of(chain, "rad.f03").reason, "eliminated in round 2, importance 0.1");
  EXPECT_EQ(row_of(chain, "rad.f00").reason, "eliminated in round 2, importance 0.3");
  EXPECT_EQ(row_of(chain, "rad.f02").reason, "importance 0.5 after elimination");
  EXPECT_THAT(widths, ElementsAre(6, 4, 2));
  EXPECT_NE(seeds[0], seeds[1]);
  EXPECT_TRUE(chain.remarks().empty());
}

TEST(RelevanceParams, elimination_without_the_trees_it_names_is_a_bug) {
  try {
    fitted(dataset(20, 6, 0), {EliminationParams{.learner = EliminationLearner::xgboost, .features = 2}});
    ADD_FAILURE() << "it fell back to something";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::bug);
    EXPECT_THAT(error.what(), HasSubstr("1 elimination"));
  }
}

TEST(RelevanceParams, elimination_tells_of_rounds_without_any_use) {
  const TreeImportance trees = [](const Eigen::MatrixXd& x, const std::vector<int>&, const EliminationTrees&,
                                  std::uint64_t) { return Eigen::VectorXd(Eigen::VectorXd::Zero(x.cols())); };
  const FittedChain chain =
      fitted(dataset(20, 6, 0), {EliminationParams{.learner = EliminationLearner::xgboost, .features = 3, .drop = 1}},
             1, trees);
  EXPECT_THAT(chain.columns(), ElementsAre("rad.f03", "rad.f04", "rad.f05"));
  EXPECT_THAT(chain.remarks(), ElementsAre("1 elimination: in 3 of 3 rounds no feature was of any use, so those that "
                                           "stand first were dropped"));
}

TEST(RelevanceParams, forward_takes_the_best_first_and_stops) {
  Dataset data = dataset(120, 15, 2);
  Eigen::MatrixXd x = data.table.values();
  x.col(7) = x.col(0);  // a twin of f00 adds nothing
  data.table = FeatureTable(data.table.columns(), data.table.rows(), x);
  const StepParams step{ForwardParams{.features = 10, .least_gain = 0.01}};
  const FittedChain chain = fitted(data, step);
  EXPECT_THAT(chain.columns(), IsSupersetOf({"rad.f00", "rad.f01"}));
  EXPECT_THAT(chain.columns(), Not(Contains("rad.f07")));
  EXPECT_LE(chain.columns().size(), 5U);
  EXPECT_THAT(row_of(chain, "rad.f07").reason, HasSubstr("not taken"));
  EXPECT_EQ(to_json(fitted(data, step, 3)), to_json(chain));
  EXPECT_EQ(fitted(data, {ForwardParams{.features = 1}}).columns().size(), 1U);
}

}  // namespace
}  // namespace radfuse
