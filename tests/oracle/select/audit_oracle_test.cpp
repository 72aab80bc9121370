// SPDX-License-Identifier: Apache-2.0
// The audit of harmonisation against SciPy and NumPy: golden tables of scripts/oracles/harmonisation.py.
#include "audit.hpp"

#include <gtest/gtest.h>

#include "harmonise_tables.hpp"

namespace radfuse {
namespace {

struct Training {
  Eigen::MatrixXd x;
  std::vector<int> site;
  std::vector<std::string> patient;
};

Training training_rows(int sites) {
  const test::HarmoniseTables made = test::harmonise_tables();
  std::vector<Eigen::Index> rows;
  Training found;
  for (std::size_t i = 0; i < made.site.size(); ++i) {
    if (made.data.split[i] != Split::train || made.site[i] >= sites) continue;
    rows.push_back(static_cast<Eigen::Index>(i));
    found.site.push_back(made.site[i]);
    found.patient.push_back(made.data.patient[i]);
  }
  found.x = made.data.table.values()(rows, Eigen::all);
  return found;
}

TEST(AuditOracle, TestsAndEffectSizes) {
  const Eigen::MatrixXd expected = test::gappy_numbers(test::harmonise_table("audit"));
  const Training two = training_rows(2), three = training_rows(3);
  for (Eigen::Index j = 0; j < 8; ++j) {
    const BatchDifference t = batch_difference(two.x.col(j), two.site),
                          f = batch_difference(three.x.col(j), three.site);
    EXPECT_NEAR(t.statistic, expected(j, 0), 1e-10);
    EXPECT_NEAR(t.p, expected(j, 1), 1e-12);
    EXPECT_NEAR(t.cohens_f, expected(j, 2), 1e-12);
    EXPECT_NEAR(f.statistic, expected(j, 3), 1e-10);
    EXPECT_NEAR(f.p, expected(j, 4), 1e-12);
    EXPECT_NEAR(f.cohens_f, expected(j, 5), 1e-12);
  }
}

TEST(AuditOracle, HowWellTheSiteIsPredicted) {
  const Eigen::MatrixXd expected = test::gappy_numbers(test::harmonise_table("prediction"));
  const Training rows = training_rows(3);
  double chance = 0;
  EXPECT_NEAR(batch_prediction(rows.x, rows.site, rows.patient, chance), expected(0, 0), 1e-12);
  EXPECT_DOUBLE_EQ(chance, 1.0 / 3);
  const test::HarmoniseTables made = test::harmonise_tables();
  const std::vector<std::string> rad{"rad"};
  ChainEvidence evidence;
  fit_chain({{SiteScaleParams{}}}, training_split(made.data), rad, 1, {.evidence = &evidence});
  ASSERT_EQ(evidence.harmonisation_summary.size(), 1u);
  const HarmonisationSummary& summary = evidence.harmonisation_summary[0];
  EXPECT_NEAR(summary.predicted_before, expected(0, 0), 1e-12);
  EXPECT_NEAR(summary.predicted_after, expected(0, 1), 1e-12);
  EXPECT_EQ(summary.features, 8u);
  EXPECT_EQ(summary.differ_after, 0);
  EXPECT_EQ(summary.batches, (std::vector<std::string>{"A", "B", "C"}));
}

}  // namespace
}  // namespace radfuse
