// SPDX-License-Identifier: Apache-2.0
// Intraclass correlations (Shrout and Fleiss 1979; McGraw and Wong 1996) from the mean squares of a two-way analysis
// of variance, with F and 95 % intervals.
#pragma once

#include <Eigen/Core>
#include <string>

namespace radfuse::stats {

/// One coefficient. An undefined value is NaN, and Icc::reason says why.
struct IccValue {
  double icc = 0, lower = 0, upper = 0;  ///< 95 % interval
  double f = 0, p = 0;                   ///< F test of icc = 0
};

struct Icc {
  Eigen::Index subjects = 0;  ///< with a value from every rater; the others were left out
  Eigen::Index raters = 0;
  IccValue one_way, agreement, consistency;                          ///< ICC(1,1), (2,1) = A,1, (3,1) = C,1
  IccValue one_way_average, agreement_average, consistency_average;  ///< ICC(1,k), (2,k), (3,k)
  std::string reason;  ///< why all values are NaN; empty when they are defined
};

/// `ratings` has one row for each subject and one column for each rater; rows with a NaN are left out. Nothing is
/// clamped: raters who contradict each other give values below 0 (and averages of agreement outside [-1, 1]).
/// The limits of ICC(2,k) follow psych (R) and pingouin: those of ICC(2,1) stepped up by Spearman and Brown; the R
/// package irr prints others.
Icc intraclass_correlation(const Eigen::Ref<const Eigen::MatrixXd>& ratings);

}  // namespace radfuse::stats
