// SPDX-License-Identifier: Apache-2.0
// Logistic regression by iteratively reweighted least squares and by Newton's method.
#include "radfuse/stats/logistic.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// A coefficient whose standard error is this many standard deviations of its column carries no information: the
// likelihood is flat in its direction.
constexpr double kFlat = 100;

// log(1 + exp(z)) without overflow.
double softplus(double z) {
  return z > 0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
}

double log_loss(const Eigen::VectorXd& eta, const Eigen::Ref<const Eigen::VectorXi>& y) {
  double sum = 0;
  for (Eigen::Index i = 0; i < eta.size(); ++i) sum += softplus(y[i] == 1 ? -eta[i] : eta[i]);
  return sum;
}

double log_loss(const Eigen::VectorXd& eta, const Eigen::Ref<const Eigen::VectorXi>& y, const Eigen::VectorXd& share) {
  double sum = 0;
  for (Eigen::Index i = 0; i < eta.size(); ++i) sum += share[i] * softplus(y[i] == 1 ? -eta[i] : eta[i]);
  return sum;
}

Eigen::VectorXd probabilities(const Eigen::VectorXd& eta) {
  return eta.unaryExpr([](double z) { return logistic(z); });
}

// Columns brought to mean 0 and SD 1 (SD with 1/n), and back: keeps the normal equations well conditioned.
struct Standardised {
  Eigen::MatrixXd x;  // first column: ones
  Eigen::VectorXd mean, sd;
  bool constant = false;
};

Standardised standardise(const Eigen::Ref<const Eigen::MatrixXd>& x) {
  Standardised s{Eigen::MatrixXd(x.rows(), x.cols() + 1), Eigen::VectorXd(x.cols()), Eigen::VectorXd(x.cols())};
  s.x.col(0).setOnes();
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    s.mean[j] = x.col(j).mean();
    s.x.col(j + 1) = x.col(j).array() - s.mean[j];
    s.sd[j] = std::sqrt(s.x.col(j + 1).squaredNorm() / static_cast<double>(x.rows()));
    if ((x.col(j).array() == x(0, j)).all()) {
      s.constant = true;
      s.sd[j] = 1;
    }
    s.x.col(j + 1) /= s.sd[j];
  }
  return s;
}

// log(mean / (1 - mean)) of y; infinite when a class is missing.
double null_intercept(const Eigen::Ref<const Eigen::VectorXi>& y) {
  const auto positive = static_cast<double>((y.array() == 1).count());
  return std::log(positive / (static_cast<double>(y.size()) - positive));
}

LogisticFit failed(const Eigen::Index columns, std::string reason) {
  LogisticFit fit;
  fit.intercept = fit.intercept_se = fit.deviance = fit.null_deviance = kNaN;
  fit.coefficients = fit.standard_errors = Eigen::VectorXd::Constant(columns, kNaN);
  fit.reason = std::move(reason);
  return fit;
}

// Intercept and SE on the scale of x: beta0 - sum(beta_j mean_j / sd_j), with the variance of that combination.
void unscale(LogisticFit& fit, const Standardised& s, const Eigen::VectorXd& beta, const Eigen::MatrixXd& covariance) {
  const Eigen::Index p = s.mean.size();
  fit.coefficients = beta.tail(p).cwiseQuotient(s.sd);
  fit.intercept = beta[0] - fit.coefficients.dot(s.mean);
  fit.standard_errors = covariance.diagonal().tail(p).cwiseSqrt().cwiseQuotient(s.sd);
  Eigen::VectorXd weights(p + 1);
  weights[0] = 1;
  weights.tail(p) = -s.mean.cwiseQuotient(s.sd);
  fit.intercept_se = std::sqrt(weights.dot(covariance * weights));
}

}  // namespace

double logistic(double z) {
  if (z >= 0) return 1 / (1 + std::exp(-z));
  const double e = std::exp(z);
  return e / (1 + e);
}

double logit(double p) {
  const double clipped = std::clamp(p, 1e-15, 1 - 1e-15);
  return std::log(clipped) - std::log1p(-clipped);
}

Eigen::VectorXd predict_logistic(double intercept, const Eigen::VectorXd& coefficients,
                                 const Eigen::Ref<const Eigen::MatrixXd>& x) {
  return probabilities((x * coefficients).array() + intercept);
}

LogisticFit fit_logistic(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXi>& y,
                         const Eigen::VectorXd& offset) {
  const Eigen::Index n = y.size(), p = x.cols();
  if ((y.array() == y[0]).all()) return failed(p, "only one class");
  const Standardised s = standardise(x);
  if (s.constant || n < p + 1 || Eigen::ColPivHouseholderQR<Eigen::MatrixXd>(s.x).rank() < p + 1)
    return failed(p, "the columns are linearly dependent");
  const Eigen::VectorXd shift = offset.size() == 0 ? Eigen::VectorXd::Zero(n) : offset;
  const Eigen::VectorXd target = y.cast<double>();

  LogisticFit fit;
  fit.null_deviance = 2 * log_loss(Eigen::VectorXd::Constant(n, null_intercept(y)), y);
  Eigen::VectorXd beta = Eigen::VectorXd::Zero(p + 1), eta = shift;
  Eigen::MatrixXd information(p + 1, p + 1);
  fit.deviance = 2 * log_loss(eta, y);
  for (fit.iterations = 1; fit.iterations <= 50; ++fit.iterations) {
    const Eigen::VectorXd mu = probabilities(eta);
    const Eigen::VectorXd weight = (mu.array() * (1 - mu.array())).max(1e-300);
    information.noalias() = s.x.transpose() * weight.asDiagonal() * s.x;
    Eigen::VectorXd step = information.ldlt().solve(s.x.transpose() * (target - mu));
    if (!step.allFinite()) break;
    double deviance = 0;
    for (int halving = 0; halving < 30; ++halving, step /= 2) {
      eta = s.x * (beta + step) + shift;
      deviance = 2 * log_loss(eta, y);
      if (deviance <= fit.deviance * (1 + 1e-12)) break;
    }
    beta += step;
    const double change = std::abs(deviance - fit.deviance) / (deviance + 0.1);
    fit.deviance = deviance;
    if (change < 1e-10) {
      fit.converged = true;
      break;
    }
  }

  const Eigen::VectorXd mu = probabilities(eta);
  information.noalias() = s.x.transpose() * (mu.array() * (1 - mu.array())).matrix().asDiagonal() * s.x;
  const Eigen::MatrixXd covariance = information.ldlt().solve(Eigen::MatrixXd::Identity(p + 1, p + 1));
  unscale(fit, s, beta, covariance);
  const bool perfect = fit.deviance < 1e-6 * static_cast<double>(n);
  const bool flat = !covariance.allFinite() || (covariance.diagonal().tail(p).array() > kFlat * kFlat).any();
  if (perfect || flat) {
    fit.reason = "the columns separate the classes: the likelihood has no maximum";
    fit.standard_errors.setConstant(kNaN);
    fit.intercept_se = kNaN;
  } else if (!fit.converged) {
    fit.reason = "no convergence in 50 steps";
  }
  return fit;
}

RidgeFit fit_logistic_ridge(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::VectorXi>& y,
                            double c, const Eigen::VectorXd& weight) {
  const Eigen::Index n = x.rows();
  if (x.cols() > n) {
    // The penalty does not change under rotation, and w lies in the span of the rows: with x' = q r, w = q u.
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(x.transpose());
    const Eigen::MatrixXd r = qr.matrixQR().topRows(n).triangularView<Eigen::Upper>();
    RidgeFit fit = fit_logistic_ridge(r.transpose(), y, c, weight);
    Eigen::VectorXd u = Eigen::VectorXd::Zero(x.cols());
    u.head(n) = fit.coefficients;
    fit.coefficients = qr.householderQ() * u;
    return fit;
  }

  const Eigen::Index p = x.cols();
  Eigen::MatrixXd design(n, p + 1);
  design.col(0).setOnes();
  design.rightCols(p) = x;
  Eigen::VectorXd penalty = Eigen::VectorXd::Ones(p + 1);
  penalty[0] = 0;
  const Eigen::VectorXd target = y.cast<double>();
  const Eigen::VectorXd share = weight.size() == 0 ? Eigen::VectorXd::Constant(n, c) : Eigen::VectorXd(c * weight);

  RidgeFit fit;
  Eigen::VectorXd beta = Eigen::VectorXd::Zero(p + 1);
  beta[0] = null_intercept(y);
  Eigen::VectorXd eta = design * beta;
  const auto objective = [&] { return 0.5 * beta.tail(p).squaredNorm() + log_loss(eta, y, share); };
  double value = objective(), first_gradient = 0;
  for (fit.iterations = 0; fit.iterations < 100; ++fit.iterations) {
    const Eigen::VectorXd mu = probabilities(eta);
    const Eigen::VectorXd gradient = penalty.cwiseProduct(beta) + design.transpose() * share.cwiseProduct(mu - target);
    const double size = gradient.cwiseAbs().maxCoeff();
    if (fit.iterations == 0) first_gradient = size;
    if (size <= 1e-10 * first_gradient || size == 0) {
      fit.converged = true;
      break;
    }
    const Eigen::VectorXd curvature = share.array() * mu.array() * (1 - mu.array());
    Eigen::MatrixXd hessian = design.transpose() * curvature.asDiagonal() * design;
    hessian.diagonal() += penalty;
    Eigen::VectorXd step = -hessian.ldlt().solve(gradient);
    const Eigen::VectorXd before = beta;
    double next = value;
    for (int halving = 0; halving < 40; ++halving, step /= 2) {
      beta = before + step;
      eta = design * beta;
      next = objective();
      if (next <= value + 1e-13 * std::abs(value)) break;
    }
    value = next;
    // Where steps no longer change the coefficients, rounding is all that is left of the gradient.
    if (step.cwiseAbs().maxCoeff() <= 1e-14 * (1 + beta.cwiseAbs().maxCoeff())) {
      fit.converged = true;
      break;
    }
  }
  fit.intercept = beta[0];
  fit.coefficients = beta.tail(p);
  return fit;
}

}  // namespace radfuse::stats
