// SPDX-License-Identifier: Apache-2.0
// univariate: features that tell the classes apart by themselves stay.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/hypothesis.hpp"
#include "radfuse/stats/logistic.hpp"
#include "radfuse/stats/multiplicity.hpp"
#include "radfuse/stats/mutual_information.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

/// What one feature says; p is NaN for measures without one, and both are where `reason` says why.
struct Evidence {
  double value = 0, p = 0;
  std::string reason = {};
  std::string more = {};  // what else the selection table tells
};

constexpr std::size_t kMostCategories = 10;  // of a feature that is tested by chi-squared

Evidence of_categories(const Eigen::VectorXd& x, const Eigen::VectorXi& outcome) {
  std::map<double, std::pair<double, double>> counts;  // of each value: negative and positive cases
  for (Eigen::Index i = 0; i < x.size(); ++i) (outcome[i] == 1 ? counts[x[i]].second : counts[x[i]].first) += 1;
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (counts.size() > kMostCategories)
    return {kNone, kNone, std::to_string(counts.size()) + " different values: no categories"};
  Eigen::MatrixXd table(static_cast<Eigen::Index>(counts.size()), 2);
  Eigen::Index row = 0;
  for (const auto& [value, count] : counts) table.row(row++) << count.first, count.second;
  const stats::TestResult test = stats::chi_squared(table);
  return {test.statistic, test.p, test.reason, std::to_string(counts.size()) + " categories"};
}

// Wald's z; limits of the odds ratio at 95 %.
Evidence by_logistic(const Eigen::VectorXd& x, const Eigen::VectorXi& outcome) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN(), kNormal = 1.959963984540054;
  const stats::LogisticFit fit = stats::fit_logistic(x, outcome);
  if (!fit.reason.empty()) return {kNone, kNone, fit.reason};
  const double b = fit.coefficients[0], se = fit.standard_errors[0], z = b / se;
  return {z,
          std::erfc(std::abs(z) / std::sqrt(2.0)),
          {},
          "odds ratio of one unit " + significant(std::exp(b), 4) + " [" + significant(std::exp(b - kNormal * se), 4) +
              ", " + significant(std::exp(b + kNormal * se), 4) + "]"};
}

bool has_p(UnivariateTest test) {
  return test != UnivariateTest::auc && test != UnivariateTest::mutual_information;
}

Evidence evidence_of(UnivariateTest kind, const Eigen::VectorXd& x, const Eigen::VectorXi& outcome,
                     const std::vector<Eigen::Index>& positive, const std::vector<Eigen::Index>& negative) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const std::span<const int> group(outcome.data(), static_cast<std::size_t>(outcome.size()));
  stats::TestResult test;
  switch (kind) {
    case UnivariateTest::mann_whitney:
      test = stats::mann_whitney(x(positive), x(negative));
      break;
    case UnivariateTest::student:
      test = stats::student_t(x(positive), x(negative));
      break;
    case UnivariateTest::welch:
      test = stats::welch_t(x(positive), x(negative));
      break;
    case UnivariateTest::kruskal_wallis:
      test = stats::kruskal_wallis(x, group);
      break;
    case UnivariateTest::anova:
      test = stats::anova(x, group);
      break;
    case UnivariateTest::auc:
      return {std::abs(stats::auc(outcome, x) - 0.5), kNone};
    case UnivariateTest::mutual_information:
      return {stats::mutual_information(x, group), kNone};
    case UnivariateTest::chi_squared:
      return of_categories(x, outcome);
    case UnivariateTest::logistic:
      return by_logistic(x, outcome);
  }
  return {test.statistic, test.p, test.reason};
}

std::string told(const UnivariateParams& params, const Evidence& found, double corrected) {
  if (!found.reason.empty()) return "undefined (" + found.reason + ")";
  if (params.test == UnivariateTest::auc) return "AUC 0.5 +- " + fixed(found.value, 3);
  if (params.test == UnivariateTest::mutual_information) return "mutual information " + fixed(found.value, 3) + " nats";
  std::string text = std::string(name_of(kUnivariateTests, params.test)) + " = " + significant(found.value, 4) +
                     ", p = " + significant(found.p, 3);
  if (params.correction != stats::Correction::none) text += ", corrected " + significant(corrected, 3);
  if (!found.more.empty()) text += ", " + found.more;
  return text;
}

// Best first; of equals the one that stands first in the table. What is undefined comes last.
std::vector<std::size_t> by_merit(const std::vector<Evidence>& found, bool with_p) {
  std::vector<std::size_t> order(found.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto rank = [&](std::size_t k) {
    const double merit = with_p ? -found[k].p : found[k].value;
    return std::isnan(merit) ? -std::numeric_limits<double>::infinity() : merit;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) > rank(b); });
  return order;
}

}  // namespace

void fit_step(const UnivariateParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.empty()) return;
  const Eigen::MatrixXd x = working.values_of(positions);
  std::vector<Eigen::Index> positive, negative;
  for (Eigen::Index i = 0; i < working.outcome().size(); ++i) {
    (working.outcome()[i] == 1 ? positive : negative).push_back(i);
  }
  std::vector<Evidence> found(positions.size());
  parallel_for(found.size(), working.threads(), [&](std::size_t k) {
    found[k] = evidence_of(params.test, x.col(static_cast<Eigen::Index>(k)), working.outcome(), positive, negative);
  });
  Eigen::VectorXd p(x.cols());
  for (std::size_t k = 0; k < found.size(); ++k) p[static_cast<Eigen::Index>(k)] = found[k].p;
  const Eigen::VectorXd corrected = stats::adjust(p, params.correction);

  Reasons dropped;
  std::size_t stay = 0;
  for (const std::size_t k : by_merit(found, has_p(params.test))) {
    const double q = corrected[static_cast<Eigen::Index>(k)];
    const std::string text = told(params, found[k], q);
    const bool corrects = has_p(params.test) && params.correction != stats::Correction::none;
    const Measured measured = {std::string(name_of(kUnivariateTests, params.test)), found[k].value, found[k].p,
                               corrects ? q : Measured::kNone};
    const bool any_p = params.threshold >= 1 && !std::isnan(q);
    const bool passes = has_p(params.test) ? any_p || q < params.threshold : found[k].value >= params.threshold;
    if (passes && (params.most == 0 || stay < static_cast<std::size_t>(params.most))) {
      ++stay;
      working.note(positions[k], text, measured);
    } else {
      dropped[positions[k]] = {text + (passes ? ": not among the best " + std::to_string(params.most)
                                              : std::string(": not ") + (has_p(params.test) ? "< " : ">= ") +
                                                    significant(params.threshold, 3)),
                               measured};
    }
  }
  working.drop(dropped);
}

}  // namespace radfuse
