// SPDX-License-Identifier: Apache-2.0
// The first principal components of a large table.
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "radfuse/base/rng.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/stats/pca.hpp"

namespace radfuse::stats {
namespace {

constexpr int kRounds = 30;
constexpr Eigen::Index kMore = 10;  // directions beyond those wanted, so that these settle sooner

struct Directions {
  Eigen::MatrixXd vectors;
  Eigen::VectorXd values;  // falling
};

// The leading eigenvectors of a symmetric product. Where all directions are taken, the first round is exact.
Directions leading(const Eigen::MatrixXd& product, Eigen::Index most) {
  const Eigen::Index size = product.rows(), block = std::min(size, most + kMore);
  Rng rng(0, "leading directions");
  Eigen::MatrixXd basis(size, block);
  for (Eigen::Index j = 0; j < block; ++j)
    for (Eigen::Index i = 0; i < size; ++i) basis(i, j) = rng.normal();
  for (int round = 0; round < (block == size ? 1 : kRounds); ++round) {
    throw_if_stopped();
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(block == size ? basis : product * basis);
    basis = qr.householderQ() * Eigen::MatrixXd::Identity(size, block);
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> within(basis.transpose() * product * basis);
  const Eigen::Index count = std::min(most, block);
  return {(basis * within.eigenvectors().rightCols(count)).rowwise().reverse(),
          within.eigenvalues().tail(count).reverse()};
}

}  // namespace

PcaScores leading_scores(const Eigen::Ref<const Eigen::MatrixXd>& x, Eigen::Index most) {
  Eigen::MatrixXd centred = x.rowwise() - x.colwise().mean().eval();
  const double total = centred.squaredNorm();
  const bool wide = centred.cols() > centred.rows();
  Eigen::MatrixXd product =
      Eigen::MatrixXd::Zero(wide ? centred.rows() : centred.cols(), wide ? centred.rows() : centred.cols());
  if (wide)
    product.selfadjointView<Eigen::Lower>().rankUpdate(centred);
  else
    product.selfadjointView<Eigen::Lower>().rankUpdate(centred.transpose());
  product.triangularView<Eigen::StrictlyUpper>() = product.transpose();
  const Directions found = leading(product, most);
  Eigen::Index count = 0;
  while (count < found.values.size() && found.values[count] > 1e-10 * found.values[0]) ++count;
  PcaScores pca;
  if (wide)
    pca.scores = found.vectors.leftCols(count) * found.values.head(count).cwiseSqrt().asDiagonal();
  else
    pca.scores = centred * found.vectors.leftCols(count);
  for (Eigen::Index k = 0; k < count; ++k) {
    Eigen::Index farthest = 0;
    pca.scores.col(k).cwiseAbs().maxCoeff(&farthest);
    if (pca.scores(farthest, k) < 0) pca.scores.col(k) *= -1;
  }
  pca.share = total > 0 ? std::min(1.0, found.values.head(count).sum() / total) : 0;
  return pca;
}

}  // namespace radfuse::stats
