// SPDX-License-Identifier: Apache-2.0
// The distributions that the room needs, compiled once: Boost.Math's headers are slow.
#pragma once

namespace radfuse::stats {

/// P(Z <= z) and its inverse, standard normal.
double normal_cdf(double z);
double normal_quantile(double p);
/// 2 P(Z > |z|), exact in the tail.
double normal_two_sided(double z);
/// P(F > f); 0 for infinite f.
double f_upper_tail(double f, double df1, double df2);
double f_quantile(double p, double df1, double df2);
double chi_squared_upper_tail(double x, double df);
double t_quantile(double p, double df);
/// 2 P(T > |t|).
double t_two_sided(double t, double df);
/// The probability of k marked ones among `drawn` of `all`, of which `marked` are marked.
double hypergeometric_probability(unsigned k, unsigned marked, unsigned drawn, unsigned all);
/// The logarithmic derivative of the gamma function.
double digamma(double x);

}  // namespace radfuse::stats
