// SPDX-License-Identifier: Apache-2.0
// A map of rows on a plane that keeps near rows near: t-SNE (van der Maaten and Hinton 2008) with the forces of far
// rows taken together (Barnes-Hut, van der Maaten 2014). For pictures only: it is no function of a row, so that nothing
// that comes of it may enter a model.
#pragma once

#include <Eigen/Core>

namespace radfuse::stats {

struct TsneOptions {
  /// How many neighbours a row has, in effect. With fewer rows than 3 perplexity + 1 it becomes (rows - 1) / 3.
  double perplexity = 30;
  /// Cells of the plane whose width is below theta times their distance count as one point; 0 (exact) to 0.7.
  double theta = 0.5;
  int rounds = 1000;
  /// The descent ends in one of many valleys, and a start that differs in the tenth digit in another one, a few per
  /// cent higher or lower. Of several starts (the same plane, drawn 1, 2, 3 ... times smaller) the best map is given,
  /// as van der Maaten advises.
  int starts = 1;
};

struct TsneMap {
  Eigen::MatrixXd at;     ///< rows x 2, centred
  double perplexity = 0;  ///< that was used
  double divergence = 0;  ///< of Kullback and Leibler between neighbours among rows and on the map, over all pairs
};

/// x: four rows or more, no missing value. Starts from the first two principal components, so that the same rows give
/// the same map on any number of threads. Rows that are alike lie side by side; where all rows are, at the origin.
/// Throws InputError with fewer than four rows.
TsneMap fit_tsne(const Eigen::Ref<const Eigen::MatrixXd>& x, const TsneOptions& options = {});

/// How far neighbours on the map are neighbours among the rows (Venna and Kaski 2001): 1 when all are; about 0.5 for
/// rows thrown anywhere. `neighbours` is below half the rows. Of rows equally near the first counts as nearer.
double trustworthiness(const Eigen::Ref<const Eigen::MatrixXd>& x, const Eigen::Ref<const Eigen::MatrixXd>& map,
                       int neighbours = 5);

}  // namespace radfuse::stats
