// SPDX-License-Identifier: Apache-2.0
// Cosines, concordance and coefficient of variation between raters.
#include "radfuse/stats/agreement.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// NaN where a vector has no length.
double mean_pairwise_cosine(const Eigen::MatrixXd& x) {
  double sum = 0;
  int pairs = 0;
  for (Eigen::Index a = 0; a < x.cols(); ++a)
    for (Eigen::Index b = a + 1; b < x.cols(); ++b) {
      const double lengths = x.col(a).stableNorm() * x.col(b).stableNorm();
      if (!(lengths > 0)) return kNaN;
      sum += x.col(a).dot(x.col(b)) / lengths;
      ++pairs;
    }
  return sum / pairs;
}

// Twice the covariances over the sum of variances and squared differences of means, pair by pair: Lin's for two raters.
double overall_concordance(const Eigen::MatrixXd& x) {
  const Eigen::RowVectorXd means = x.colwise().mean();
  const Eigen::MatrixXd centred = x.rowwise() - means;
  const auto n = static_cast<double>(x.rows());
  double shared = 0, whole = 0;
  for (Eigen::Index a = 0; a < x.cols(); ++a)
    for (Eigen::Index b = a + 1; b < x.cols(); ++b) {
      shared += 2 * centred.col(a).dot(centred.col(b)) / n;
      whole += (centred.col(a).squaredNorm() + centred.col(b).squaredNorm()) / n + std::pow(means[a] - means[b], 2);
    }
  return whole > 0 ? shared / whole : kNaN;
}

void within_subjects(const Eigen::MatrixXd& x, Agreement& found) {
  double squares = 0, relative = 0;
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    const Eigen::VectorXd row = x.row(i).transpose();
    const double of_row = variance(row), middle = mean(row);
    squares += of_row;
    relative += of_row / (middle * middle);
  }
  found.within_sd = std::sqrt(squares / static_cast<double>(x.rows()));
  const bool one_sign = (x.array() > 0).all() || (x.array() < 0).all();
  found.within_cv = one_sign ? std::sqrt(relative / static_cast<double>(x.rows())) : kNaN;
  if (!one_sign && found.reason.empty()) found.reason = "no coefficient of variation: values of both signs, or 0";
}

}  // namespace

Agreement agreement_of(const Eigen::Ref<const Eigen::MatrixXd>& ratings) {
  std::vector<Eigen::Index> complete;
  for (Eigen::Index i = 0; i < ratings.rows(); ++i)
    if (!ratings.row(i).array().isNaN().any()) complete.push_back(i);
  const Eigen::MatrixXd x = ratings(complete, Eigen::all);
  Agreement found{.subjects = x.rows()};
  if (x.cols() < 2 || x.rows() < 2) {
    found.cosine = found.cosine_centred = found.concordance = found.within_sd = found.within_cv = kNaN;
    found.reason = x.cols() < 2 ? "fewer than two raters" : "fewer than two subjects with a value from every rater";
    return found;
  }
  found.cosine = mean_pairwise_cosine(x);
  if (std::isnan(found.cosine)) found.reason = "no cosine: all values of a rater are 0";
  bool varies = true;
  for (Eigen::Index c = 0; c < x.cols(); ++c) varies = varies && !is_constant(x.col(c));
  found.cosine_centred = varies ? mean_pairwise_cosine(x.rowwise() - x.colwise().mean()) : kNaN;
  found.concordance = overall_concordance(x);
  if (!varies && found.reason.empty()) found.reason = "no centred cosine: all values of a rater are the same";
  within_subjects(x, found);
  return found;
}

}  // namespace radfuse::stats
