// SPDX-License-Identifier: Apache-2.0
// Tests of means and variances, and of counts; those of ranks are in rank_tests.cpp.
#include "radfuse/stats/hypothesis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "distributions.hpp"
#include "hypothesis_common.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Sums {
  double between = 0, within = 0;
  double groups = 0;
};

// From the groups' own means: no difference of large numbers.
Sums sums_of_squares(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> group) {
  std::vector<double> sum, count;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto g = static_cast<std::size_t>(group[i]);
    if (g >= sum.size()) sum.resize(g + 1), count.resize(g + 1);
    sum[g] += values[static_cast<Eigen::Index>(i)];
    ++count[g];
  }
  const double grand = values.mean();
  Sums sums;
  for (std::size_t g = 0; g < sum.size(); ++g)
    if (count[g] > 0) {
      ++sums.groups;
      sums.between += count[g] * std::pow(sum[g] / count[g] - grand, 2);
    }
  for (std::size_t i = 0; i < group.size(); ++i) {
    const auto g = static_cast<std::size_t>(group[i]);
    sums.within += std::pow(values[static_cast<Eigen::Index>(i)] - sum[g] / count[g], 2);
  }
  return sums;
}

TestResult t_test(double difference, double error, double df) {
  if (!(error > 0)) return undefined("no value differs within the groups");
  TestResult test{difference / error, df, kNaN, 0, {}};
  test.p = t_two_sided(test.statistic, df);
  return test;
}

}  // namespace

TestResult undefined(std::string reason) {
  return {kNaN, kNaN, kNaN, kNaN, std::move(reason)};
}

TestResult student_t(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y) {
  if (x.size() < 2 || y.size() < 2) return undefined("a group has fewer than two values");
  const auto n = static_cast<double>(x.size()), m = static_cast<double>(y.size());
  const double pooled = ((n - 1) * variance(x) + (m - 1) * variance(y)) / (n + m - 2);
  return t_test(mean(x) - mean(y), std::sqrt(pooled * (1 / n + 1 / m)), n + m - 2);
}

TestResult welch_t(const Eigen::Ref<const Eigen::VectorXd>& x, const Eigen::Ref<const Eigen::VectorXd>& y) {
  if (x.size() < 2 || y.size() < 2) return undefined("a group has fewer than two values");
  const double a = variance(x) / static_cast<double>(x.size()), b = variance(y) / static_cast<double>(y.size());
  const double df =
      (a + b) * (a + b) / (a * a / static_cast<double>(x.size() - 1) + b * b / static_cast<double>(y.size() - 1));
  return t_test(mean(x) - mean(y), std::sqrt(a + b), df);
}

TestResult anova(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> group) {
  if (values.size() == 0) return undefined("no value");
  const Sums sums = sums_of_squares(values, group);
  const double left = static_cast<double>(values.size()) - sums.groups;
  if (sums.groups < 2) return undefined("one group only");
  if (left < 1) return undefined("no group has two values");
  if (!(sums.within > 0)) return undefined("no value differs within the groups");
  TestResult test{(sums.between / (sums.groups - 1)) / (sums.within / left), sums.groups - 1, left, 0, {}};
  test.p = f_upper_tail(test.statistic, test.df1, test.df2);
  return test;
}

double cohens_f(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> group) {
  if (values.size() == 0) return kNaN;
  const Sums sums = sums_of_squares(values, group);
  return sums.within > 0 ? std::sqrt(sums.between / sums.within) : kNaN;
}

TestResult chi_squared(const Eigen::Ref<const Eigen::MatrixXd>& counts, bool yates) {
  const Eigen::VectorXd rows = counts.rowwise().sum(), columns = counts.colwise().sum().transpose();
  const double all = rows.sum();
  const auto used = [](const Eigen::VectorXd& sums) { return (sums.array() > 0).count(); };
  if (used(rows) < 2 || used(columns) < 2) return undefined("fewer than two rows or columns have counts");
  const bool corrected = yates && used(rows) == 2 && used(columns) == 2;
  double largest_step = 0.5;
  const auto each = [&](const auto& visit) {
    for (Eigen::Index i = 0; i < counts.rows(); ++i)
      for (Eigen::Index j = 0; j < counts.cols(); ++j)
        if (const double expected = rows[i] * columns[j] / all; expected > 0) visit(counts(i, j), expected);
  };
  each([&](double seen, double expected) { largest_step = std::min(largest_step, std::abs(seen - expected)); });
  double sum = 0;
  each([&](double seen, double expected) {
    sum += std::pow(std::abs(seen - expected) - (corrected ? largest_step : 0), 2) / expected;
  });
  const auto df = static_cast<double>((used(rows) - 1) * (used(columns) - 1));
  return {sum, df, kNaN, chi_squared_upper_tail(sum, df), {}};
}

TestResult fisher_exact(const Eigen::Ref<const Eigen::MatrixXd>& counts) {
  if (counts.rows() != 2 || counts.cols() != 2) return undefined("the table is not 2 x 2");
  const auto whole = [&](Eigen::Index i, Eigen::Index j) { return static_cast<unsigned>(counts(i, j)); };
  const unsigned marked = whole(0, 0) + whole(0, 1), drawn = whole(0, 0) + whole(1, 0),
                 all = marked + whole(1, 0) + whole(1, 1);
  const unsigned least = marked + drawn > all ? marked + drawn - all : 0, most = std::min(marked, drawn);
  const double seen = hypergeometric_probability(whole(0, 0), marked, drawn, all);
  double p = 0;
  for (unsigned k = least; k <= most; ++k) {
    const double probability = hypergeometric_probability(k, marked, drawn, all);
    if (probability <= seen * (1 + 1e-7)) p += probability;
  }
  const double odds = counts(0, 0) * counts(1, 1) / (counts(0, 1) * counts(1, 0));
  return {odds, kNaN, kNaN, std::min(1.0, p), {}};
}

}  // namespace radfuse::stats
