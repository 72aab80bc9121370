// SPDX-License-Identifier: Apache-2.0
// By the singular values of the centred matrix.
#include "radfuse/stats/pca.hpp"

#include <Eigen/SVD>

namespace radfuse::stats {

Pca fit_pca(const Eigen::Ref<const Eigen::MatrixXd>& x) {
  Pca pca;
  pca.mean = x.colwise().mean();
  const Eigen::MatrixXd centred = x.rowwise() - pca.mean.transpose();
  const Eigen::BDCSVD<Eigen::MatrixXd> svd(centred, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const auto rows = static_cast<double>(x.rows());
  pca.total = centred.squaredNorm() / (rows - 1);
  const Eigen::VectorXd& values = svd.singularValues();
  Eigen::Index count = 0;
  while (count < values.size() && values[count] > 1e-12 * values[0]) ++count;
  pca.variance = values.head(count).cwiseAbs2() / (rows - 1);
  pca.loadings = svd.matrixV().leftCols(count);
  for (Eigen::Index k = 0; k < count; ++k) {
    Eigen::Index farthest = 0;
    svd.matrixU().col(k).cwiseAbs().maxCoeff(&farthest);
    if (svd.matrixU()(farthest, k) < 0) pca.loadings.col(k) *= -1;
  }
  return pca;
}

}  // namespace radfuse::stats
