// SPDX-License-Identifier: Apache-2.0
// Metrics against numbers that can be checked by hand, and against pROC's on ten cases with ties.
#include "radfuse/report/evaluate.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

using ::testing::HasSubstr;

const std::vector<double> kFirst = {.1, .4, .35, .8, .2, .9, .65, .35, .7, .95};
const std::vector<double> kSecond = {.2, .3, .6, .5, .1, .6, .4, .7, .5, .9};

// Five negative, then five positive cases.
std::vector<Prediction> tiny(const std::string& model, const std::vector<double>& scores, Split split = Split::test) {
  std::vector<Prediction> all;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    Prediction p;
    p.case_id = "c" + std::to_string(i);
    p.patient_id = "p" + std::to_string(i);
    p.split = split;
    p.model = model;
    p.outcome = i < 5 ? 0 : 1;
    p.probability = scores[i];
    all.push_back(p);
  }
  return all;
}

std::vector<Prediction> both() {
  std::vector<Prediction> all = tiny("a", kFirst);
  const std::vector<Prediction> second = tiny("b", kSecond);
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

const std::vector<std::string> kModels = {"a", "b"};
const std::vector<Threshold> kThresholds = {{"a", Learner::logistic, 0.5}, {"b", Learner::logistic, 0.5}};

TEST(Evaluate, TenCasesAsPRocHasThem) {
  EvaluateParams params;
  params.compare = {{"a", "b"}};
  const Evaluation e = evaluate(params, kModels, both(), kThresholds);
  const Performance* a = find(e, {"a", Learner::logistic, Split::test});
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->n, 10u);
  EXPECT_EQ(a->positive, 5u);
  EXPECT_NEAR(a->auc.value, 0.82, 1e-12);
  EXPECT_NEAR(a->auc.low, 0.537329974227125, 1e-9);
  EXPECT_NEAR(a->auc.high, 1, 0);
  EXPECT_NEAR(a->brier, 0.162, 1e-12);
  // At 0.5: case 4 (0.8) is a false positive, case 8 (0.35) a false negative.
  EXPECT_EQ(a->true_positive, 4u);
  EXPECT_EQ(a->false_negative, 1u);
  EXPECT_EQ(a->true_negative, 4u);
  EXPECT_EQ(a->false_positive, 1u);
  EXPECT_NEAR(a->sensitivity.value, 0.8, 1e-12);
  EXPECT_NEAR(a->specificity.value, 0.8, 1e-12);
  EXPECT_NEAR(a->accuracy.value, 0.8, 1e-12);
  EXPECT_LT(a->sensitivity.low, 0.8);
  const Performance* b = find(e, {"b", Learner::logistic, Split::test});
  EXPECT_NEAR(b->auc.value, 0.84, 1e-12);
  EXPECT_NEAR(b->auc.low, 0.582953133230652, 1e-9);
  ASSERT_EQ(e.comparisons.size(), 1u);
  const Comparison& c = e.comparisons.front();
  EXPECT_NEAR(c.statistic, -0.115856889272699, 1e-9);
  EXPECT_NEAR(c.p, 0.907765962913248, 1e-9);
  EXPECT_NEAR(c.difference.low, -0.358342242199648, 1e-9);
  EXPECT_NEAR(c.difference.high, 0.318342242199647, 1e-9);
}

TEST(Evaluate, NetBenefitByHand) {
  const Evaluation e = evaluate({}, std::vector<std::string>{"a"}, tiny("a", kFirst), kThresholds);
  ASSERT_EQ(e.decision.size(), 1u);
  const DecisionLine& line = e.decision.front();
  ASSERT_EQ(line.threshold.size(), 99u);
  // At 0.5: 4 true and 1 false positive of 10: 4/10 - 1/10.
  EXPECT_NEAR(line.threshold[49], 0.5, 1e-12);
  EXPECT_NEAR(line.model[49], 0.3, 1e-12);
  EXPECT_NEAR(line.treat_all[49], 0, 1e-12);
  // At 0.2: 5 true and 4 false positives, odds 1/4.
  EXPECT_NEAR(line.model[19], 0.5 - 0.4 * 0.25, 1e-12);
}

// Two repeats of two folds; even and odd cases are held out in turn.
std::vector<Prediction> out_of_fold(const std::string& model, const std::vector<double>& scores, double shift) {
  std::vector<Prediction> all;
  for (int repeat = 1; repeat <= 2; ++repeat) {
    int rank = 0;
    for (Prediction p : tiny(model, scores, Split::train)) {
      p.kind = PredictionKind::oof;
      p.repeat = repeat;
      p.fold = 1 + rank++ % 2;
      if (p.fold == 2) p.probability += shift;
      if (repeat == 2) p.probability = 0.5;
      all.push_back(p);
    }
  }
  return all;
}

TEST(Evaluate, TrainingCasesAreJudgedFoldByFold) {
  std::vector<Prediction> all = out_of_fold("a", kFirst, 0);
  for (Prediction p : tiny("a", kFirst, Split::train)) {  // optimistic: must not count
    p.kind = PredictionKind::resubstitution;
    p.probability = p.outcome;
    all.push_back(p);
  }
  const Evaluation e = evaluate({}, std::vector<std::string>{"a"}, all, kThresholds);
  ASSERT_EQ(e.performance.size(), 1u);
  EXPECT_EQ(e.performance[0].judged.split, Split::train);
  EXPECT_EQ(e.performance[0].n, 10u);
  EXPECT_NEAR(e.scored[0].cases[0].probability, 0.3, 1e-12);
  // In the second repeat all scores are equal: 0.5.
  // Fold 1 holds cases 0 2 4 | 6 8: 6 of 6 pairs in order. Fold 2 holds 1 3 | 5 7 9: .4 .8 | .9 .35 .95: 4 of 6.
  ASSERT_EQ(e.scored[0].folds.size(), 4u);
  EXPECT_NEAR(e.scored[0].folds[0].auc, 1, 1e-12);
  EXPECT_NEAR(e.scored[0].folds[1].auc, 4.0 / 6, 1e-12);
  EXPECT_NEAR(e.performance[0].auc.value, (1 + 4.0 / 6 + 0.5 + 0.5) / 4, 1e-12);
  // Variance over the folds .0555556, times 1/4 + 1/(2 - 1); t with 3 degrees of freedom reaches 3.182446.
  EXPECT_NEAR(e.performance[0].auc.low, 0, 1e-12);
  EXPECT_NEAR(e.performance[0].auc.high, 1, 1e-12);
}

TEST(Evaluate, ScoresOfDifferentFoldsAreNotRankedAgainstEachOther) {
  const Evaluation still = evaluate({}, std::vector<std::string>{"a"}, out_of_fold("a", kFirst, 0), kThresholds);
  const Evaluation moved = evaluate({}, std::vector<std::string>{"a"}, out_of_fold("a", kFirst, -0.3), kThresholds);
  EXPECT_EQ(still.performance[0].auc.value, moved.performance[0].auc.value);
}

TEST(Evaluate, TrainingComparisonIsPairedByFold) {
  std::vector<Prediction> all = out_of_fold("a", kFirst, 0);
  const std::vector<Prediction> second = out_of_fold("b", kSecond, 0);
  all.insert(all.end(), second.begin(), second.end());
  EvaluateParams params;
  params.compare = {{"a", "b"}};
  const Evaluation e = evaluate(params, kModels, all, kThresholds);
  ASSERT_EQ(e.comparisons.size(), 1u);
  const Comparison& c = e.comparisons.front();
  // b, fold 1: .2 .6 .1 | .4 .5: 4 of 6; fold 2: .3 .5 | .6 .7 .9: 6 of 6. Differences 1/3, -1/3, 0, 0.
  EXPECT_NEAR(c.difference.value, 0, 1e-12);
  EXPECT_NEAR(c.statistic, 0, 1e-12);
  EXPECT_NEAR(c.p, 1, 1e-12);
  // Variance .0740741 x 1.25 -> .3042903, times 3.182446.
  EXPECT_NEAR(c.difference.high, 0.3042903097250923 * 3.182446305284263, 1e-9);
}

TEST(Evaluate, OneClassLeavesCellsEmptyAndSaysWhy) {
  std::vector<Prediction> all = tiny("a", kFirst);
  for (Prediction& p : all) p.outcome = 1;
  const Evaluation e = evaluate({}, std::vector<std::string>{"a"}, all, kThresholds);
  const Performance& row = e.performance.front();
  EXPECT_TRUE(std::isnan(row.auc.value));
  EXPECT_TRUE(std::isnan(row.specificity.value));
  EXPECT_NEAR(row.sensitivity.value, 0.5, 1e-12);
  EXPECT_TRUE(e.roc.empty());
  const CsvTable table = parse_csv(metrics_csv(e), "metrics.csv");
  EXPECT_EQ(table.rows[0][table.column("auc")], "");
  EXPECT_EQ(table.rows[0][table.column("specificity")], "");
  EXPECT_THAT(notes_csv(e), HasSubstr("a,logistic,test,auc,all 10 cases are positive\n"));
  EXPECT_THAT(e.remarks, ::testing::Contains(HasSubstr("no AUC exists there")));
}

TEST(Evaluate, PerfectSeparationHasNoInterval) {
  const Evaluation e =
      evaluate({}, std::vector<std::string>{"a"}, tiny("a", {.1, .1, .2, .2, .3, .7, .8, .8, .9, .9}), kThresholds);
  EXPECT_EQ(e.performance[0].auc.value, 1);
  EXPECT_TRUE(std::isnan(e.performance[0].auc.low));
  const CsvTable table = parse_csv(metrics_csv(e), "metrics.csv");
  EXPECT_EQ(table.rows[0][table.column("auc")], "1");
  EXPECT_EQ(table.rows[0][table.column("auc_low")], "");
  EXPECT_THAT(notes_csv(e), HasSubstr("a,logistic,test,auc,"));
}

TEST(Evaluate, CasesWithoutOutcomeOrThreshold) {
  std::vector<Prediction> all = tiny("a", kFirst);
  all[0].outcome = -1;
  const Evaluation e = evaluate({}, std::vector<std::string>{"a"}, all, {});
  EXPECT_EQ(e.performance[0].n, 9u);
  EXPECT_TRUE(std::isnan(e.performance[0].sensitivity.value));
  EXPECT_THAT(notes_csv(e), HasSubstr("no threshold was fixed in training"));
  EXPECT_THAT(e.remarks, ::testing::Contains(HasSubstr("1 cases without a known outcome")));
}

TEST(Evaluate, SaysThatPatientsCountTwice) {
  std::vector<Prediction> all = tiny("a", kFirst);
  all[1].patient_id = all[0].patient_id;
  const Evaluation e = evaluate({}, std::vector<std::string>{"a"}, all, kThresholds);
  EXPECT_THAT(e.remarks, ::testing::Contains(HasSubstr("10 cases come from 9 patients")));
}

TEST(Evaluate, RefusesWhatCannotBe) {
  EvaluateParams params;
  params.compare = {{"a", "bb"}};
  EXPECT_THROW(evaluate(params, kModels, both(), kThresholds), StudyError);
  EXPECT_THROW(evaluate({}, std::vector<std::string>{"c"}, both(), kThresholds), InputError);
  std::vector<Prediction> twice = tiny("a", kFirst);
  twice.push_back(twice.back());
  EXPECT_THROW(evaluate({}, std::vector<std::string>{"a"}, twice, kThresholds), InputError);
}

TEST(Evaluate, OrderOfCasesChangesNoByte) {
  EvaluateParams params;
  params.compare = {{"a", "b"}};
  std::vector<Prediction> turned = both();
  std::reverse(turned.begin(), turned.end());
  const Evaluation x = evaluate(params, kModels, both(), kThresholds);
  const Evaluation y = evaluate(params, kModels, turned, kThresholds);
  EXPECT_EQ(metrics_csv(x), metrics_csv(y));
  EXPECT_EQ(comparisons_csv(x), comparisons_csv(y));
  EXPECT_EQ(roc_csv(x), roc_csv(y));
  EXPECT_EQ(calibration_csv(x), calibration_csv(y));
  EXPECT_EQ(decision_curve_csv(x), decision_curve_csv(y));
}

}  // namespace
}  // namespace radfuse
