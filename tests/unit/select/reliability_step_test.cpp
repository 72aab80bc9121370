// SPDX-License-Identifier: Apache-2.0
// reliability: whose readings are compared, by which coefficient, and what is said of each feature.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/select/chain.hpp"
#include "radfuse/select/evidence.hpp"

namespace radfuse {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

const std::vector<std::string> kRad = {"rad"};

// The six targets and four judges of Shrout and Fleiss (1979) as rad.judged; rad.same agrees wholly, rad.constant says
// nothing, rad.reversed contradicts itself. Regions rim and core stand in the names.
constexpr double kJudged[6][4] = {{9, 2, 5, 8}, {6, 1, 3, 2}, {8, 4, 6, 8}, {7, 1, 2, 6}, {10, 5, 6, 9}, {6, 2, 4, 7}};

struct Shape {
  int repeat = 0;  ///< of the six cases have no outcome
};

Dataset judged(const Shape& shape = {}) {
  Dataset data;
  const std::vector<std::string> columns = {"rad.rim.judged", "rad.rim.same", "rad.core.constant", "rad.core.reversed"};
  std::vector<RowKey> keys, reading_keys;
  Eigen::MatrixXd values(8, 4), readings(6 * 4, 4);
  for (int i = 0; i < 8; ++i) {
    keys.push_back({"P" + std::to_string(i), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.site.push_back("one");
    data.split.push_back(i < 7 ? Split::train : Split::test);
    data.outcome.push_back(i < shape.repeat ? -1 : i % 2);
    values.row(i) << (i < 6 ? kJudged[i][0] : i), i, 3, i;
    if (i >= 6) continue;
    for (int j = 0; j < 4; ++j) {
      reading_keys.push_back({keys.back().case_id, "", std::string(1, static_cast<char>('A' + j))});
      readings.row(4 * i + j) << kJudged[i][j], i, 3, (j % 2 == 0 ? i : 5 - i);
    }
  }
  data.table = FeatureTable(columns, keys, values);
  data.readings = FeatureTable(columns, reading_keys, readings);
  data.regions = {"core", "rim"};
  return data;
}

ReliabilityRow row_of(const ChainEvidence& evidence, const std::string& feature) {
  for (const ReliabilityRow& row : evidence.reliability)
    if (row.feature == feature) return row;
  throw std::runtime_error(feature + " is not there");
}

ChainEvidence evidence_of(const Dataset& data, const ReliabilityParams& params) {
  ChainEvidence evidence;
  fit_chain({{params}}, training_split(data), kRad, 1, {.evidence = &evidence});
  return evidence;
}

TEST(ReliabilityStep, every_form_may_be_asked_for) {
  const Dataset data = judged();
  const std::pair<IccForm, double> forms[] = {{IccForm::agreement, 0.289763779527559},
                                              {IccForm::consistency, 0.714840714840715},
                                              {IccForm::one_way, 0.165741768405475},
                                              {IccForm::agreement_average, 0.620050547598989},
                                              {IccForm::consistency_average, 0.909315542377069},
                                              {IccForm::one_way_average, 0.442797133679269}};
  for (const auto& [form, expected] : forms) {
    const ReliabilityRow row = row_of(evidence_of(data, {.icc = form, .threshold = 0.7}), "rad.rim.judged");
    EXPECT_NEAR(row.judged, expected, 1e-12);
    EXPECT_EQ(row.decision, expected >= 0.7 ? "kept" : "dropped");
    EXPECT_EQ(row.level, expected < 0.5 ? "poor" : expected < 0.75 ? "moderate" : "excellent");
  }
}

TEST(ReliabilityStep, kinds_of_results_are_told_apart) {
  const Dataset data = judged();
  const ChainEvidence found = evidence_of(data, {});
  ASSERT_EQ(found.reliability.size(), 4u);
  const ReliabilityRow same = row_of(found, "rad.rim.same"), constant = row_of(found, "rad.core.constant"),
                       reversed = row_of(found, "rad.core.reversed");
  EXPECT_EQ(same.judged, 1);
  EXPECT_EQ(same.reason, "perfect agreement");
  EXPECT_EQ(same.level, "excellent");
  EXPECT_EQ(same.agreement.concordance, 1);
  EXPECT_TRUE(std::isnan(constant.judged));
  EXPECT_EQ(constant.level, "undefined");
  EXPECT_THAT(constant.reason, HasSubstr("constant"));
  EXPECT_LT(reversed.judged, 0);
  EXPECT_EQ(reversed.level, "poor");
  EXPECT_EQ(reversed.decision, "dropped");
  EXPECT_THAT(reversed.reason, HasSubstr("negative"));
  EXPECT_EQ(same.region, "rim");
  EXPECT_EQ(constant.region, "core");
  const std::vector<NamedEvidence> named = {{"m", found}};
  EXPECT_EQ(reliability_levels_to_csv(named),
            "model,step,block,region,poor,moderate,good,excellent,undefined\n"
            "m,1 reliability,rad,core,1,0,0,0,1\n"
            "m,1 reliability,rad,rim,1,0,0,1,0\n");
  EXPECT_THAT(reliability_to_csv(named),
              HasSubstr("\nm,1 reliability,rad.rim.same,rad,rim,kept,excellent,1,6,4,1,1,1,inf,0,"));
}

// ICC(A,k) of two readers who contradict each other lies far outside [-1, 1]: that is no reliability.
TEST(ReliabilityStep, an_average_above_one_is_not_reliable) {
  Dataset data = judged();
  const ReliabilityParams params{.icc = IccForm::agreement_average, .threshold = 0.5, .readers = {"A", "B"}};
  const ReliabilityRow row = row_of(evidence_of(data, params), "rad.core.reversed");
  EXPECT_GT(std::abs(row.judged), 1);
  EXPECT_EQ(row.decision, "dropped");
}

TEST(ReliabilityStep, a_stated_subset_of_cases_and_readers) {
  const Dataset data = judged();
  const ReliabilityRow row =
      row_of(evidence_of(data, {.cases = {"P0", "P1", "P2"}, .readers = {"A", "D"}}), "rad.rim.judged");
  EXPECT_EQ(row.icc.subjects, 3);
  EXPECT_EQ(row.icc.raters, 2);
  Eigen::MatrixXd ratings(3, 2);
  ratings << 9, 8, 6, 2, 8, 8;
  EXPECT_EQ(row.judged, stats::intraclass_correlation(ratings).agreement.icc);
  EXPECT_THROW(evidence_of(data, {.cases = {"P77"}}), InputError);
  EXPECT_THROW(evidence_of(data, {.readers = {"A", "E"}}), InputError);
}

// Cases of the training split without an outcome are a cohort of their own; nothing is learned from them but this.
TEST(ReliabilityStep, a_repeat_cohort) {
  Dataset data = judged({.repeat = 3});
  const ReliabilityRow row = row_of(evidence_of(data, {.cohort = ReliabilityCohort::repeat}), "rad.rim.judged");
  EXPECT_EQ(row.icc.subjects, 3);
  EXPECT_EQ(row_of(evidence_of(data, {}), "rad.rim.judged").icc.subjects, 3);
  EXPECT_EQ(row_of(evidence_of(data, {.cohort = ReliabilityCohort::both}), "rad.rim.judged").icc.subjects, 6);
  // A repeat case of a test patient, or of a patient held out of the fold, is no part of it.
  data.patient[0] = data.patient[7];
  EXPECT_EQ(row_of(evidence_of(data, {.cohort = ReliabilityCohort::repeat}), "rad.rim.judged").icc.subjects, 2);
}

TEST(ReliabilityStep, repeat_cases_of_held_out_patients_are_not_looked_at) {
  Dataset data = judged({.repeat = 2});
  data.patient[0] = data.patient[3];
  data.patient[1] = data.patient[4];
  Rng rng(3, "folds");
  for (const Fold& fold : make_folds(training_split(data), 2, rng)) {
    const auto held = [&](Eigen::Index row) {
      return std::find(fold.held_out.begin(), fold.held_out.end(), row) != fold.held_out.end();
    };
    ChainEvidence evidence;
    const std::vector<StepParams> steps = {
        {ReliabilityParams{.cohort = ReliabilityCohort::both, .readers = {"A", "B"}}}};
    fit_chain(steps, fold.fit, kRad, 1, {.evidence = &evidence});
    Eigen::Index expected = 0;
    for (const Eigen::Index row : {2, 3, 4, 5}) expected += !held(row);
    expected += !held(3) + !held(4);
    EXPECT_EQ(row_of(evidence, "rad.rim.judged").icc.subjects, expected);
  }
}

}  // namespace
}  // namespace radfuse
