// SPDX-License-Identifier: Apache-2.0
// Tests of one feature between groups, by the conventions of R (stats) and SciPy. Values are finite.
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>

namespace radfuse::stats {

/// What a test found. An undefined value is NaN, and `reason` says why.
struct TestResult {
  double statistic = 0;
  double df1 = 0, df2 = 0;  ///< degrees of freedom; NaN where there are none
  double p = 0;             ///< two-sided
  std::string reason;
};

/// Difference of means with a pooled variance (Student); statistic t = x - y.
TestResult student_t(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y);
/// With a variance of each group and Satterthwaite's degrees of freedom (Welch).
TestResult welch_t(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y);

/// Which p value: R's wilcox.test takes the exact one when both groups have fewer than 50 values and nothing is tied.
enum class RankP { automatic, exact, normal };
/// Statistic U of x (its pairs above y, ties counting one half; U / (n_x n_y) is the AUC). The normal approximation
/// corrects for ties and, with `continuity`, by one half. The exact one needs values without ties.
TestResult mann_whitney(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y,
                        RankP which = RankP::automatic, bool continuity = true);

/// One-way analysis of variance; `group` numbers each value's group from 0. Needs two groups and more values than
/// groups.
TestResult anova(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> group);
/// Kruskal and Wallis's H, corrected for ties.
TestResult kruskal_wallis(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> group);
/// sqrt(eta^2 / (1 - eta^2)), eta^2 the share of the sum of squares between groups (Cohen 1988).
double cohens_f(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> group);

/// Independence of rows and columns of a table of counts; `yates` corrects 2 x 2 tables as R and SciPy do (by one half,
/// and never past the expectation). Rows and columns without counts are left out.
TestResult chi_squared(const Eigen::Ref<const Eigen::MatrixXd>& counts, bool yates = true);
/// 2 x 2, two-sided: tables no more probable than the one seen (relative tolerance 1e-7, as in R).
TestResult fisher_exact(const Eigen::Ref<const Eigen::MatrixXd>& counts);

}  // namespace radfuse::stats
