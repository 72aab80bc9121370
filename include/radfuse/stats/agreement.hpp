// SPDX-License-Identifier: Apache-2.0
// How well raters agree on one feature, beside intraclass correlation: cosines, concordance, coefficient of variation.
#pragma once

#include <Eigen/Core>
#include <string>

namespace radfuse::stats {

/// A value that is undefined is NaN; `reason` says why of the first of them.
struct Agreement {
  Eigen::Index subjects = 0;  ///< with a value from every rater; the others were left out
  double cosine = 0;          ///< mean over pairs of raters; near 1 for any feature of one sign: see the next
  double cosine_centred = 0;  ///< the same about each rater's mean: Pearson's r
  double concordance = 0;     ///< Lin (1989), variances divided by n; more than two raters: Barnhart et al. (2002)
  double within_sd = 0;       ///< root mean square over subjects of the SD (n - 1) of a subject's values
  double within_cv = 0;       ///< root mean square over subjects of SD / mean; for values of one sign
  std::string reason = {};
};

/// `ratings` has one row for each subject and one column for each rater; rows with a NaN are left out.
Agreement agreement_of(const Eigen::Ref<const Eigen::MatrixXd>& ratings);

}  // namespace radfuse::stats
