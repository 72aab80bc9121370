// SPDX-License-Identifier: Apache-2.0
// Discrimination: AUC with DeLong's interval and test (DeLong 1988; Sun and Xu 2014), ROC points, thresholds, and what
// they mean for the confusion matrix. Labels are 0 and 1; a higher score means more likely positive, always: the
// direction is never turned round to flatter a model. Positive is `score >= threshold`.
#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

namespace radfuse::stats {

struct AucInterval {
  double auc = 0, variance = 0;
  double lower = 0, upper = 0;  ///< clipped to [0, 1]
  std::string reason;           ///< why something is NaN, or why the interval has no width
};
AucInterval delong_auc(const Eigen::Ref<const Eigen::VectorXi>& label, const Eigen::Ref<const Eigen::VectorXd>& score,
                       double confidence = 0.95);

/// Two scores of the same cases.
struct AucTest {
  double first = 0, second = 0;
  double difference = 0, lower = 0, upper = 0;  ///< first - second
  double z = 0, p = 0;                          ///< two-sided
  std::string reason;                           ///< why z and p are undefined
};
AucTest delong_test(const Eigen::Ref<const Eigen::VectorXi>& label, const Eigen::Ref<const Eigen::VectorXd>& first,
                    const Eigen::Ref<const Eigen::VectorXd>& second, double confidence = 0.95);

struct RocPoint {
  double threshold;  ///< midway between two scores; +infinity first, -infinity last
  double sensitivity, specificity;
};
/// From "none is positive" to "all are positive". Empty when a class is missing.
std::vector<RocPoint> roc_points(const Eigen::Ref<const Eigen::VectorXi>& label,
                                 const Eigen::Ref<const Eigen::VectorXd>& score);
/// The finite threshold with the largest sensitivity + specificity (Youden 1950); the highest of equals. NaN when a
/// class is missing.
double youden_threshold(const Eigen::Ref<const Eigen::VectorXi>& label, const Eigen::Ref<const Eigen::VectorXd>& score);

/// A share with Wilson's 95 % interval; NaN for 0 of 0.
struct Proportion {
  int count = 0, total = 0;
  double value = 0, lower = 0, upper = 0;
};
Proportion wilson(int count, int total);

struct OperatingPoint {
  double threshold = 0;
  int true_positive = 0, false_positive = 0, true_negative = 0, false_negative = 0;
  Proportion sensitivity, specificity, positive_predictive, negative_predictive, accuracy;
};
OperatingPoint at_threshold(const Eigen::Ref<const Eigen::VectorXi>& label,
                            const Eigen::Ref<const Eigen::VectorXd>& score, double threshold);

}  // namespace radfuse::stats
