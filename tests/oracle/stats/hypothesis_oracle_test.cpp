// SPDX-License-Identifier: Apache-2.0
// Tests of groups against R 4.2.2 (t.test, wilcox.test, aov, kruskal.test, chisq.test, fisher.test) and SciPy 1.10.1,
// on data that come with R; values printed by them with 15 digits.
#include "radfuse/stats/hypothesis.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace radfuse::stats {
namespace {

constexpr double kDigits = 1e-12;  // relative: what 15 printed digits leave

void expect_near(double ours, double theirs, const char* what) {
  EXPECT_NEAR(ours, theirs, kDigits * std::abs(theirs)) << what;
}

// R: sleep
const Eigen::VectorXd kSleep1{{.7, -1.6, -.2, -1.2, -.1, 3.4, 3.7, .8, 0, 2}};
const Eigen::VectorXd kSleep2{{1.9, .8, 1.1, .1, -.1, 4.4, 5.5, 1.6, 4.6, 3.4}};
// R: PlantGrowth
const Eigen::VectorXd kPlants{{4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14,
                               4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69,
                               6.31, 5.12, 5.54, 5.50, 5.37, 5.29, 4.92, 6.15, 5.80, 5.26}};
std::vector<int> plant_groups() {
  std::vector<int> groups;
  for (int i = 0; i < 30; ++i) groups.push_back(i / 10);
  return groups;
}

TEST(Hypothesis, StudentAndWelch) {
  const TestResult student = student_t(kSleep1, kSleep2), welch = welch_t(kSleep1, kSleep2);
  expect_near(student.statistic, -1.86081346748685, "t");
  EXPECT_EQ(student.df1, 18);
  expect_near(student.p, 0.0791867142159382, "p");
  expect_near(welch.statistic, -1.86081346748685, "t, groups of one size");
  expect_near(welch.df1, 17.7764735161784, "Satterthwaite");
  expect_near(welch.p, 0.0793941401873582, "p");
}

// R: ?wilcox.test, Hollander and Wolfe (1973), page 69
TEST(Hypothesis, MannWhitneyExactAndNormal) {
  const Eigen::VectorXd x{{.80, .83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, .73, 1.46}}, y{{1.15, .88, .90, .74, 1.21}};
  const TestResult exact = mann_whitney(x, y);
  EXPECT_EQ(exact.statistic, 35);
  expect_near(exact.p, 0.254412254412254, "exact");
  expect_near(mann_whitney(y, x).p, exact.p, "the other way round");
  expect_near(mann_whitney(x, y, RankP::normal).p, 0.244623605126983, "normal, continuity");
  expect_near(mann_whitney(x, y, RankP::normal, false).p, 0.220671361919847, "normal");
}

TEST(Hypothesis, MannWhitneyWithTies) {
  const TestResult tied = mann_whitney(kSleep1, kSleep2);
  EXPECT_EQ(tied.statistic, 25.5);
  expect_near(tied.p, 0.0693275754336266, "continuity");
  expect_near(mann_whitney(kSleep1, kSleep2, RankP::normal, false).p, 0.0637222501550252, "none");
  EXPECT_FALSE(mann_whitney(kSleep1, kSleep2, RankP::exact).reason.empty());
}

TEST(Hypothesis, SeveralGroups) {
  const auto groups = plant_groups();
  const TestResult f = anova(kPlants, groups), h = kruskal_wallis(kPlants, groups);
  expect_near(f.statistic, 4.84608786238013, "F");
  EXPECT_EQ(f.df1, 2);
  EXPECT_EQ(f.df2, 27);
  expect_near(f.p, 0.0159099583256229, "p of F");
  expect_near(cohens_f(kPlants, groups), 0.599140610614418, "Cohen's f");
  expect_near(h.statistic, 7.98822874944372, "H");
  expect_near(h.p, 0.018423755731472, "p of H");
}

TEST(Hypothesis, Counts) {
  const Eigen::MatrixXd party{{762, 327, 468}, {484, 239, 477}};  // R: ?chisq.test, Agresti (2007)
  const TestResult wide = chi_squared(party);
  expect_near(wide.statistic, 30.0701490957547, "3 columns");
  EXPECT_EQ(wide.df1, 2);
  expect_near(wide.p, 2.95358918321176e-07, "p");
  const Eigen::MatrixXd small{{10, 30}, {20, 5}};
  expect_near(chi_squared(small).statistic, 16.5784821428571, "Yates");
  expect_near(chi_squared(small).p, 4.66776328151395e-05, "p with Yates");
  expect_near(chi_squared(small, false).statistic, 18.7261904761905, "without");
  EXPECT_NEAR(fisher_exact(small).p, 2.5950857028e-05, 1e-15) << "printed with 11 digits";
}

}  // namespace
}  // namespace radfuse::stats
