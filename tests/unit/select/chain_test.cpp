// SPDX-License-Identifier: Apache-2.0
// The chain as a whole: what it drops and why, that test rows cannot leak into it, and that it comes back from JSON.
#include "radfuse/select/chain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "synthetic_study.hpp"

namespace radfuse {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const std::vector<std::string> kAll = {"rad", "deep", "clin"};

Dataset dataset(const test::StudySize& size = {}) {
  const test::Study study = test::make_study(size);
  return make_dataset(study.cohort, study.features, {}, nullptr);
}

std::vector<StepParams> full_chain() {
  return {{ReliabilityParams{}},
          {CombatParams{.covariates = {"age"}, .unseen = UnseenSite::adapt_unlabelled, .min_samples = 5}},
          {ImputeParams{}},
          {ScaleParams{}},
          {CorrelationParams{}},
          {LassoParams{.folds = 5}}};
}

SelectionRow row_of(const FittedChain& chain, const std::string& feature) {
  for (const SelectionRow& row : chain.selection())
    if (row.feature == feature) return row;
  throw std::runtime_error(feature + " is not in the selection table");
}

// The table with other numbers.
FeatureTable with_values(const FeatureTable& table, Eigen::MatrixXd values) {
  return FeatureTable(table.columns(), table.rows(), std::move(values));
}

std::string fitted(const Dataset& data, int threads = 1) {
  return to_json(fit_chain(full_chain(), training_split(data), kAll, 7, threads));
}

TEST(Chain, drops_what_it_should_and_says_why) {
  const Dataset data = dataset({.cases = 120});
  const FittedChain chain = fit_chain(full_chain(), training_split(data), kAll, 7, 1);
  EXPECT_EQ(chain.selection().size(), 13u);
  EXPECT_EQ(row_of(chain, "rad.f02").step, "1 reliability");
  EXPECT_THAT(row_of(chain, "rad.f02").reason, HasSubstr("constant"));
  EXPECT_EQ(row_of(chain, "rad.f03").step, "1 reliability");
  EXPECT_THAT(row_of(chain, "rad.f03").reason, HasSubstr("ICC(A,1) = "));
  EXPECT_THAT(row_of(chain, "rad.f03").reason, HasSubstr("< 0.75"));
  // One of the twins stays.
  const SelectionRow f0 = row_of(chain, "rad.f00"), f1 = row_of(chain, "rad.f01");
  EXPECT_NE(f0.kept, f1.kept);
  const SelectionRow& dropped = f0.kept ? f1 : f0;
  EXPECT_EQ(dropped.step, "5 correlation");
  EXPECT_THAT(dropped.reason, HasSubstr(f0.kept ? "with rad.f00" : "with rad.f01"));
  EXPECT_THAT((f0.kept ? f0 : f1).reason, HasSubstr("coefficient "));
  EXPECT_THAT(chain.columns(), Contains(f0.kept ? "rad.f00" : "rad.f01"));
  EXPECT_TRUE(row_of(chain, "clin.age").kept);  // the lasso is for rad and deep
  for (const SelectionRow& row : chain.selection()) EXPECT_EQ(row.kept, row.step.empty()) << row.feature;
}

TEST(Chain, test_rows_leave_no_trace) {
  Dataset data = dataset();
  const std::string before = fitted(data);
  Eigen::MatrixXd values = data.table.values(), readings = data.readings.values();
  for (std::size_t r = 0; r < data.split.size(); ++r) {
    if (data.split[r] == Split::train) continue;
    values.row(static_cast<Eigen::Index>(r)).array() += 1e3;
    data.outcome[r] = 1 - data.outcome[r];
    data.site[r] = "elsewhere";
    data.patient[r] += "x";
    for (const char* reader : {"A", "B"})
      if (const auto at = data.readings.row_index({data.table.rows()[r].case_id, "", reader}); at >= 0)
        readings.row(at).setConstant(-5);
  }
  data.table = with_values(data.table, values);
  data.readings = with_values(data.readings, readings);
  EXPECT_EQ(fitted(data), before);
}

TEST(Chain, training_rows_do_leave_one) {
  Dataset data = dataset();
  const std::string before = fitted(data);
  Eigen::MatrixXd values = data.table.values();
  values(training_split(data).rows().front(), 0) += 0.5;
  data.table = with_values(data.table, values);
  EXPECT_NE(fitted(data), before);
}

TEST(Chain, the_order_of_rows_and_threads_do_not_matter) {
  test::Study study = test::make_study();
  const std::string before = fitted(make_dataset(study.cohort, study.features, {}, nullptr));
  std::vector<RowKey> keys(study.features[0].rows().rbegin(), study.features[0].rows().rend());
  const std::vector<FeatureTable> reversed = {
      FeatureTable(study.features[0].columns(), keys, study.features[0].values().colwise().reverse())};
  EXPECT_EQ(fitted(make_dataset(study.cohort, reversed, {}, nullptr)), before);
  EXPECT_EQ(fitted(make_dataset(study.cohort, study.features, {}, nullptr), 3), before);
}

TEST(Chain, json_comes_back_to_the_same_bytes_and_numbers) {
  const Dataset data = dataset();
  const FittedChain chain = fit_chain(full_chain(), training_split(data), kAll, 7, 1);
  const std::string json = to_json(chain);
  const FittedChain again = chain_from_json(json);
  EXPECT_EQ(to_json(again), json);
  EXPECT_EQ(apply(again, data.table, data.site).values(), apply(chain, data.table, data.site).values());
  EXPECT_EQ(again.fitted_on(), chain.fitted_on());
  EXPECT_THROW(chain_from_json("{}"), InputError);
  EXPECT_THROW(chain_from_json("not json"), InputError);
  std::string other = json;
  other.replace(other.find("radfuse chain 2"), 15, "radfuse chain 9");
  EXPECT_THROW(chain_from_json(other), InputError);
}

TEST(Chain, records_the_cases_it_saw) {
  const Dataset data = dataset();
  const FittedChain chain = fit_chain(full_chain(), training_split(data), kAll, 7, 1);
  EXPECT_EQ(chain.fitted_on().size(), training_split(data).rows().size());
  for (const std::string& id : chain.fitted_on())
    EXPECT_EQ(data.split[static_cast<std::size_t>(data.table.row_index({id, "", ""}))], Split::train);
}

TEST(Chain, scaled_training_rows_have_mean_0_and_sd_1) {
  const Dataset data = dataset();
  const TrainingRows rows = training_split(data);
  const std::vector<StepParams> steps = {{ScaleParams{}}};
  const FittedChain chain = fit_chain(steps, rows, kAll, 7, 1);
  const FeatureTable out = apply(chain, data.table, data.site);
  for (Eigen::Index c = 0; c < out.column_count(); ++c) {
    const Eigen::VectorXd column = out.values().col(c)(rows.rows());
    EXPECT_NEAR(column.mean(), 0, 1e-12);
    EXPECT_NEAR(stats::variance(column), 1, 1e-12);
  }
  EXPECT_EQ(row_of(chain, "rad.f02").reason, "constant over the training rows");
}

// Rows are transformed one by one: a row alone gets what it gets among others.
TEST(Chain, a_single_row_is_transformed_like_among_others) {
  const Dataset data = dataset();
  auto steps = full_chain();
  std::get<CombatParams>(steps[1].step).unseen = UnseenSite::skip;
  const FittedChain chain = fit_chain(steps, training_split(data), kAll, 7, 1);
  const FeatureTable all = apply(chain, data.table, data.site);
  for (const Eigen::Index r : {0, 1, 4}) {
    const std::vector<Eigen::Index> one = {r};
    const std::vector<std::string> site = {data.site[static_cast<std::size_t>(r)]};
    EXPECT_EQ(apply(chain, keep_rows(data.table, one), site).values().row(0), all.values().row(r));
  }
}

TEST(Chain, only_the_columns_that_are_needed_are_asked_for) {
  const Dataset data = dataset();
  const std::vector<StepParams> steps = {{CombatParams{.covariates = {"age"}, .unseen = UnseenSite::skip}},
                                         {LassoParams{.folds = 5}}};
  const std::vector<std::string> rad = {"rad"};
  const FittedChain chain = fit_chain(steps, training_split(data), rad, 7, 1);
  EXPECT_LT(chain.columns().size(), 12u);
  EXPECT_EQ(chain.input_columns().size(), chain.columns().size() + 1);  // and the covariate
  EXPECT_THAT(chain.input_columns(), Contains("clin.age"));
  const FeatureTable few = keep_columns(data.table, chain.input_columns());
  EXPECT_EQ(apply(chain, few, data.site).values(), apply(chain, data.table, data.site).values());
  const std::vector<std::string> wrong = {"rad.f05"};
  EXPECT_THROW(apply(chain, keep_columns(data.table, wrong), data.site), InputError);
}

TEST(Chain, combat_brings_sites_together) {
  const Dataset data = dataset({.cases = 200});
  const TrainingRows rows = training_split(data);
  const std::vector<StepParams> steps = {{CombatParams{.unseen = UnseenSite::skip}}};
  const FeatureTable out = apply(fit_chain(steps, rows, kAll, 7, 1), data.table, data.site);
  std::vector<Eigen::Index> first, second;
  for (const Eigen::Index r : rows.rows())
    (data.site[static_cast<std::size_t>(r)] == "S1" ? first : second).push_back(r);
  // Over the eight noise features: each keeps a part of its own difference, which may be chance; their mean is site.
  const auto gap = [&](const FeatureTable& table) {
    double sum = 0;
    for (const char* feature :
         {"rad.f04", "rad.f05", "rad.f06", "rad.f07", "rad.f08", "rad.f09", "rad.f10", "rad.f11"}) {
      const auto column = table.values().col(table.column_index(feature));
      sum += column(second).mean() - column(first).mean();
    }
    return sum / 8;
  };
  EXPECT_GT(gap(data.table), 1.8);
  EXPECT_LT(std::abs(gap(out)), 0.1);
  EXPECT_EQ(out.values().col(out.column_index("rad.f02")), data.table.values().col(2));  // constant: left alone
}

TEST(Chain, unseen_sites) {
  const Dataset data = dataset();
  const TrainingRows rows = training_split(data);
  const auto chain = [&](UnseenSite unseen, int least) {
    const std::vector<StepParams> steps = {{CombatParams{.unseen = unseen, .min_samples = least}}};
    return fit_chain(steps, rows, kAll, 7, 1);
  };
  EXPECT_THROW(apply(chain(UnseenSite::error, 10), data.table, data.site), InputError);
  std::vector<std::string> remarks;
  const Eigen::MatrixXd skipped = apply(chain(UnseenSite::skip, 10), data.table, data.site, &remarks).values();
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_THAT(remarks[0], HasSubstr("site 'S3' (16 rows) gave no training row: left as they are"));
  const Eigen::MatrixXd adapted = apply(chain(UnseenSite::adapt_unlabelled, 10), data.table, data.site).values();
  const Eigen::MatrixXd too_few = apply(chain(UnseenSite::adapt_unlabelled, 17), data.table, data.site).values();
  EXPECT_EQ(too_few, skipped);
  for (std::size_t r = 0; r < data.site.size(); ++r) {
    const auto row = static_cast<Eigen::Index>(r);
    if (data.site[r] == "S3") {
      EXPECT_EQ(skipped.row(row), data.table.values().row(row));
      EXPECT_NE(adapted.row(row), skipped.row(row));
    } else {
      EXPECT_EQ(adapted.row(row), skipped.row(row));
    }
  }
}

TEST(Chain, the_outcome_is_no_covariate) {
  Dataset data = dataset();
  Eigen::MatrixXd values = data.table.values();
  for (std::size_t r = 0; r < data.outcome.size(); ++r)
    values(static_cast<Eigen::Index>(r), data.table.column_index("clin.age")) = data.outcome[r];
  data.table = with_values(data.table, values);
  const std::vector<StepParams> steps = {{CombatParams{.covariates = {"age"}}}};
  EXPECT_THROW(fit_chain(steps, training_split(data), kAll, 7, 1), InputError);
  const std::vector<StepParams> unknown = {{CombatParams{.covariates = {"agee"}}}};
  EXPECT_THROW(fit_chain(unknown, training_split(data), kAll, 7, 1), InputError);
}

TEST(Chain, gaps) {
  Dataset data = dataset();
  const TrainingRows rows = training_split(data);
  Eigen::MatrixXd values = data.table.values();
  const Eigen::Index trained = rows.rows().front();
  values(trained, 5) = std::nan("");
  Eigen::Index held = 0;
  while (data.split[static_cast<std::size_t>(held)] == Split::train) ++held;
  values(held, 6) = std::nan("");
  data.table = with_values(data.table, values);

  const FittedChain without = fit_chain({}, training_split(data), kAll, 7, 1);
  EXPECT_FALSE(row_of(without, "rad.f05").kept);
  EXPECT_THAT(row_of(without, "rad.f05").reason, HasSubstr("1 of "));
  std::vector<std::string> remarks;
  const FeatureTable out = apply(without, data.table, data.site, &remarks);
  const Eigen::VectorXd training = data.table.values().col(6)(rows.rows());
  EXPECT_EQ(out.values()(held, out.column_index("rad.f06")), stats::median(training));
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_THAT(remarks[0], HasSubstr("rad.f06 (1)"));

  const std::vector<StepParams> steps = {{ImputeParams{.method = ImputeMethod::mean}}};
  const FittedChain with = fit_chain(steps, training_split(data), kAll, 7, 1);
  EXPECT_TRUE(row_of(with, "rad.f05").kept);
  const FeatureTable filled = apply(with, data.table, data.site);
  double sum = 0;
  for (const Eigen::Index r : rows.rows())
    if (r != trained) sum += data.table.values()(r, 5);
  EXPECT_NEAR(filled.values()(trained, 5), sum / static_cast<double>(rows.rows().size() - 1), 1e-14);
}

TEST(Chain, reliability_needs_a_second_reader) {
  Dataset data = dataset();
  std::vector<Eigen::Index> first;
  for (std::size_t r = 0; r < data.readings.rows().size(); ++r)
    if (data.readings.rows()[r].reader == "A") first.push_back(static_cast<Eigen::Index>(r));
  data.readings = keep_rows(data.readings, first);
  const std::vector<StepParams> steps = {{ReliabilityParams{}}};
  EXPECT_THROW(fit_chain(steps, training_split(data), kAll, 7, 1), InputError);
  const std::vector<std::string> clinical = {"clin"};  // nothing to test: nothing to ask for
  EXPECT_EQ(fit_chain(steps, training_split(data), clinical, 7, 1).columns(), std::vector<std::string>{"clin.age"});
}

TEST(Chain, correlation_by_hand) {
  Dataset data = dataset({.cases = 60, .features = 3});
  Eigen::MatrixXd values = data.table.values();
  values.col(1) = values.col(0).array().exp();  // the same ranks, another shape
  values.col(2) = -values.col(0);
  data.table = with_values(data.table, values);
  const auto kept = [&](CorrelationMethod method, double threshold) {
    const std::vector<StepParams> steps = {
        {CorrelationParams{.method = method, .threshold = threshold, .keep = CorrelationKeep::first}}};
    const std::vector<std::string> rad = {"rad"};
    return fit_chain(steps, training_split(data), rad, 7, 1).columns();
  };
  EXPECT_EQ(kept(CorrelationMethod::spearman, 1.0), std::vector<std::string>{"rad.f00"});
  EXPECT_EQ(kept(CorrelationMethod::pearson, 1.0), (std::vector<std::string>{"rad.f00", "rad.f01"}));
}

TEST(Chain, an_empty_lasso) {
  const Dataset data = dataset({.cases = 100, .features = 12, .effect = 0, .seed = 5});
  const auto steps = [](LassoEmpty empty) {
    return std::vector<StepParams>{{LassoParams{.folds = 5, .lambda = LassoLambda::one_se, .when_empty = empty}}};
  };
  const std::vector<std::string> rad = {"rad"};
  EXPECT_THROW(fit_chain(steps(LassoEmpty::error), training_split(data), rad, 7, 1), InputError);
  const FittedChain chain = fit_chain(steps(LassoEmpty::best_univariate), training_split(data), rad, 7, 1);
  ASSERT_EQ(chain.columns().size(), 1u);
  // The best one is that of the largest correlation with the outcome.
  const TrainingRows rows = training_split(data);
  Eigen::VectorXd y(static_cast<Eigen::Index>(rows.rows().size()));
  for (Eigen::Index i = 0; i < y.size(); ++i)
    y[i] = data.outcome[static_cast<std::size_t>(rows.rows()[static_cast<std::size_t>(i)])];
  const double best =
      std::abs(stats::pearson(data.table.values().col(data.table.column_index(chain.columns()[0]))(rows.rows()), y));
  for (Eigen::Index c = 0; c < 12; ++c)
    if (c != 2) {
      EXPECT_LE(std::abs(stats::pearson(data.table.values().col(c)(rows.rows()), y)), best + 1e-12);
    }
}

// Noise has no signal: chosen inside the folds, the best features do not predict the rows held out.
TEST(Chain, noise_selected_inside_folds_predicts_nothing) {
  const Dataset data = dataset({.cases = 150, .features = 300, .effect = 0, .seed = 11});
  const TrainingRows rows = training_split(data);
  const std::vector<StepParams> steps = {{ScaleParams{}}, {LassoParams{.folds = 5, .lambda = LassoLambda::one_se}}};
  const std::vector<std::string> rad = {"rad"};
  Rng rng(4, "noise");
  double sum = 0;
  const auto folds = make_folds(rows, 5, rng);
  for (const Fold& fold : folds) {
    const FittedChain chain = fit_chain(steps, fold.fit, rad, 7, 1);
    const Eigen::MatrixXd x = apply(chain, data.table, data.site).values();
    Eigen::VectorXi y(static_cast<Eigen::Index>(fold.held_out.size()));
    for (Eigen::Index i = 0; i < y.size(); ++i)
      y[i] = data.outcome[static_cast<std::size_t>(fold.held_out[static_cast<std::size_t>(i)])];
    // The direction comes from the fitting rows.
    Eigen::VectorXi y_fit(static_cast<Eigen::Index>(fold.fit.rows().size()));
    for (Eigen::Index i = 0; i < y_fit.size(); ++i)
      y_fit[i] = data.outcome[static_cast<std::size_t>(fold.fit.rows()[static_cast<std::size_t>(i)])];
    const double sign = stats::auc(y_fit, x.col(0)(fold.fit.rows())) > 0.5 ? 1 : -1;
    sum += stats::auc(y, sign * x.col(0)(fold.held_out));
  }
  // SE of an AUC of 0.5 with about 45 positive and 65 negative rows in all: 0.057.
  EXPECT_NEAR(sum / 5, 0.5, 3 * 0.057);
}

}  // namespace
}  // namespace radfuse
