// SPDX-License-Identifier: Apache-2.0
// The table of all steps: what each measured of each feature.
#include "radfuse/select/evidence.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/select/chain.hpp"

namespace radfuse {
namespace {

// f0 and f1 are one feature twice; f2 hardly tells the classes apart.
Dataset dataset() {
  Eigen::MatrixXd x(8, 3);
  x << 1, 2, 5, 2, 4, 6, 3, 6, 7, 4, 8, 8, 11, 22, 5, 12, 24, 6, 13, 26, 7, 14, 28, 10;
  std::vector<RowKey> keys;
  for (int i = 0; i < 8; ++i) keys.push_back({"P" + std::to_string(i), "", ""});
  Dataset data;
  data.table = FeatureTable({"rad.f0", "rad.f1", "rad.f2"}, keys, x);
  for (const RowKey& key : keys) data.patient.push_back(key.case_id);
  data.site.assign(8, "A");
  data.outcome = {0, 0, 0, 0, 1, 1, 1, 1};
  data.split.assign(8, Split::train);
  return data;
}

// t, p and corrected p from R's t.test(var.equal = TRUE) and p.adjust("BH"); r from cor().
TEST(Evidence, has_every_step_that_looked_at_a_feature) {
  const Dataset data = dataset();
  ChainEvidence found;
  fit_chain(
      {{CorrelationParams{.keep = CorrelationKeep::first}},
       {UnivariateParams{
           .test = UnivariateTest::student, .correction = stats::Correction::benjamini_hochberg, .threshold = 0.9}}},
      training_split(data), std::vector<std::string>{"rad"}, 1, {.evidence = &found});
  struct Expected {
    std::string step, feature;
    bool kept;
    std::string what;
    double value, p, q;
  };
  const double none = Measured::kNone;
  const std::vector<Expected> expected = {
      {"1 correlation", "rad.f0", true, "|r|", none, none, none},
      {"1 correlation", "rad.f2", true, "|r|", 0.359418877052846, none, none},
      {"1 correlation", "rad.f1", false, "|r|", 1, none, none},
      {"2 univariate", "rad.f0", true, "student", 10.9544511501033, 3.43640280761215e-05, 6.87280561522429e-05},
      {"2 univariate", "rad.f2", true, "student", 0.397359707119513, 0.704852544909558, 0.704852544909558},
  };
  ASSERT_EQ(found.verdicts.size(), expected.size());
  const auto same = [](double ours, double theirs) {
    return std::isnan(theirs) ? std::isnan(ours) : std::abs(ours - theirs) <= 1e-13 * std::max(1.0, std::abs(theirs));
  };
  for (std::size_t k = 0; k < expected.size(); ++k) {
    const StepVerdict& row = found.verdicts[k];
    EXPECT_EQ(row.step, expected[k].step) << k;
    EXPECT_EQ(row.feature, expected[k].feature) << k;
    EXPECT_EQ(row.kept, expected[k].kept) << k;
    EXPECT_EQ(row.measured.what, expected[k].what) << k;
    EXPECT_PRED2(same, row.measured.value, expected[k].value) << k;
    EXPECT_PRED2(same, row.measured.p, expected[k].p) << k;
    EXPECT_PRED2(same, row.measured.q, expected[k].q) << k;
  }
  EXPECT_EQ(found.verdicts[2].reason, "|r| = 1.000 with rad.f0");
  const std::vector<NamedEvidence> named = {{"radiomic", found}};
  EXPECT_TRUE(
      selection_steps_to_csv(named).starts_with("model,step,feature,kept,measure,statistic,p,q,reason\n"
                                                "radiomic,1 correlation,rad.f0,1,|r|,,,,\n"));
}

}  // namespace
}  // namespace radfuse
