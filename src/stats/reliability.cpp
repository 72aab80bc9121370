// SPDX-License-Identifier: Apache-2.0
// Intraclass correlations; formulas of Shrout and Fleiss (1979), names as there.
#include "radfuse/stats/reliability.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "distributions.hpp"

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTail = 0.975;  // 95 %, two-sided

struct MeanSquares {
  double n, k;
  double subjects, raters, error, within;  // MSB (or BMS), MSJ, MSE, MSW
};

MeanSquares mean_squares(const Eigen::MatrixXd& x) {
  const auto n = static_cast<double>(x.rows());
  const auto k = static_cast<double>(x.cols());
  const double grand = x.mean();
  const Eigen::ArrayXd row = x.rowwise().mean();
  const Eigen::ArrayXd column = x.colwise().mean().transpose();
  const double ss_subjects = k * (row - grand).square().sum();
  const double ss_raters = n * (column - grand).square().sum();
  double ss_error = 0;
  for (Eigen::Index j = 0; j < x.cols(); ++j) ss_error += (x.col(j).array() - row - column[j] + grand).square().sum();
  return {.n = n,
          .k = k,
          .subjects = ss_subjects / (n - 1),
          .raters = ss_raters / (k - 1),
          .error = ss_error / ((n - 1) * (k - 1)),
          .within = (ss_raters + ss_error) / (n * (k - 1))};
}

// ICC(1,1), ICC(3,1) and their averages have limits that follow from those of F.
void fill_from_f(IccValue& single, IccValue& average, double f, double k, double df1, double df2) {
  const double low = std::isinf(f) ? f : f / f_quantile(kTail, df1, df2);
  const double high = std::isinf(f) ? f : f * f_quantile(kTail, df2, df1);
  const auto of_f = [k](double value) { return std::isinf(value) ? 1.0 : (value - 1) / (value + k - 1); };
  single = {.icc = of_f(f), .lower = of_f(low), .upper = of_f(high), .f = f, .p = f_upper_tail(f, df1, df2)};
  average = {.icc = 1 - 1 / f, .lower = 1 - 1 / low, .upper = 1 - 1 / high, .f = f, .p = single.p};
}

// ICC(2,1): Satterthwaite's degrees of freedom v.
void fill_agreement(IccValue& single, IccValue& average, const MeanSquares& ms, double f, double p) {
  const double n = ms.n, k = ms.k;
  single = {.icc = (ms.subjects - ms.error) / (ms.subjects + (k - 1) * ms.error + k * (ms.raters - ms.error) / n),
            .f = f,
            .p = p};
  average = {.icc = (ms.subjects - ms.error) / (ms.subjects + (ms.raters - ms.error) / n), .f = f, .p = p};
  if (ms.error == 0 && ms.raters == 0) {
    single.lower = single.upper = average.lower = average.upper = 1;
    return;
  }
  const double fj = ms.raters / ms.error;
  const double a = single.icc;
  // With ms.error = 0, fj is infinite and v tends to k - 1.
  const double vn = (k - 1) * (n - 1) * std::pow(k * a * fj + n * (1 + (k - 1) * a) - k * a, 2);
  const double vd = (n - 1) * k * k * a * a * fj * fj + std::pow(n * (1 + (k - 1) * a) - k * a, 2);
  const double v = std::isinf(fj) ? k - 1 : vn / vd;
  const double f_low = f_quantile(kTail, n - 1, v);
  const double f_high = f_quantile(kTail, v, n - 1);
  const double spread = k * ms.raters + (k * n - k - n) * ms.error;
  single.lower = n * (ms.subjects - f_low * ms.error) / (f_low * spread + n * ms.subjects);
  single.upper = n * (f_high * ms.subjects - ms.error) / (spread + n * f_high * ms.subjects);
  average.lower = single.lower * k / (1 + single.lower * (k - 1));
  average.upper = single.upper * k / (1 + single.upper * (k - 1));
}

Icc undefined(Eigen::Index subjects, Eigen::Index raters, std::string reason) {
  const IccValue none{kNaN, kNaN, kNaN, kNaN, kNaN};
  return {subjects, raters, none, none, none, none, none, none, std::move(reason)};
}

}  // namespace

Icc intraclass_correlation(const Eigen::Ref<const Eigen::MatrixXd>& ratings) {
  std::vector<Eigen::Index> complete;
  for (Eigen::Index i = 0; i < ratings.rows(); ++i)
    if (!ratings.row(i).array().isNaN().any()) complete.push_back(i);
  Eigen::MatrixXd x = ratings(complete, Eigen::all);
  const Eigen::Index n = x.rows(), k = x.cols();
  if (k < 2) return undefined(n, k, "fewer than two raters");
  if (n < 2) return undefined(n, k, "fewer than two subjects with a value from every rater");
  const double low = x.minCoeff(), high = x.maxCoeff();
  if (low == high) return undefined(n, k, "constant: every subject has the same value");
  x.array() -= 0.5 * low + 0.5 * high;  // correlations do not change; sums of squares of large offsets lose digits

  const MeanSquares ms = mean_squares(x);
  const double noise = 1e-28 * (x.array().square().sum());  // mean squares below this are rounding
  if (ms.subjects <= noise && ms.error <= noise)
    return undefined(n, k, "constant: subjects do not differ within any rater");
  Icc result{.subjects = n,
             .raters = k,
             .one_way = {},
             .agreement = {},
             .consistency = {},
             .one_way_average = {},
             .agreement_average = {},
             .consistency_average = {},
             .reason = {}};
  const double infinite = std::numeric_limits<double>::infinity();
  const double f1 = ms.within <= noise ? infinite : ms.subjects / ms.within;
  const double f3 = ms.error <= noise ? infinite : ms.subjects / ms.error;
  fill_from_f(result.one_way, result.one_way_average, f1, ms.k, ms.n - 1, ms.n * (ms.k - 1));
  fill_from_f(result.consistency, result.consistency_average, f3, ms.k, ms.n - 1, (ms.n - 1) * (ms.k - 1));
  MeanSquares clean = ms;
  if (clean.error <= noise) clean.error = 0;
  if (clean.raters <= noise) clean.raters = 0;
  fill_agreement(result.agreement, result.agreement_average, clean, f3, result.consistency.p);
  return result;
}

}  // namespace radfuse::stats
