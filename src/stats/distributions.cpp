// SPDX-License-Identifier: Apache-2.0
// Boost.Math behind plain functions: outside a distribution's domain the answer is NaN, never an exception.
#include "distributions.hpp"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/hypergeometric.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>

namespace radfuse::stats {
namespace {

namespace bm = boost::math;
using Policy = bm::policies::policy<
    bm::policies::domain_error<bm::policies::ignore_error>, bm::policies::overflow_error<bm::policies::ignore_error>,
    bm::policies::pole_error<bm::policies::ignore_error>, bm::policies::evaluation_error<bm::policies::ignore_error>>;
using Normal = bm::normal_distribution<double, Policy>;
using FisherF = bm::fisher_f_distribution<double, Policy>;
using ChiSquared = bm::chi_squared_distribution<double, Policy>;
using StudentT = bm::students_t_distribution<double, Policy>;

}  // namespace

double normal_cdf(double z) {
  return bm::cdf(Normal(), z);
}
double normal_quantile(double p) {
  return bm::quantile(Normal(), p);
}
double normal_two_sided(double z) {
  return 2 * bm::cdf(bm::complement(Normal(), std::abs(z)));
}
double f_upper_tail(double f, double df1, double df2) {
  if (std::isinf(f) && f > 0) return 0;
  return bm::cdf(bm::complement(FisherF(df1, df2), f));
}
double f_quantile(double p, double df1, double df2) {
  return bm::quantile(FisherF(df1, df2), p);
}
double chi_squared_upper_tail(double x, double df) {
  return bm::cdf(bm::complement(ChiSquared(df), x));
}
double t_quantile(double p, double df) {
  return bm::quantile(StudentT(df), p);
}
double t_two_sided(double t, double df) {
  return 2 * bm::cdf(bm::complement(StudentT(df), std::abs(t)));
}
double hypergeometric_probability(unsigned k, unsigned marked, unsigned drawn, unsigned all) {
  return bm::pdf(bm::hypergeometric_distribution<double, Policy>(marked, drawn, all), k);
}
double digamma(double x) {
  return bm::digamma(x, Policy());
}

}  // namespace radfuse::stats
