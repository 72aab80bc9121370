// SPDX-License-Identifier: Apache-2.0
// ROC analysis. DeLong's placement values come from ranks, so that n cases cost n log n.
#include "radfuse/stats/roc.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "distributions.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<Eigen::Index> where(const Eigen::Ref<const Eigen::VectorXi>& label, int value) {
  std::vector<Eigen::Index> rows;
  for (Eigen::Index i = 0; i < label.size(); ++i)
    if (label[i] == value) rows.push_back(i);
  return rows;
}

// For each positive the share of negatives below it, for each negative the share of positives above it.
struct Placements {
  Eigen::VectorXd positive, negative;
  double auc() const { return positive.mean(); }
};

Placements placements(const Eigen::Ref<const Eigen::VectorXi>& label, const Eigen::Ref<const Eigen::VectorXd>& score) {
  const auto pos = where(label, 1), neg = where(label, 0);
  const Eigen::VectorXd all = ranks(score);
  const Eigen::VectorXd among_pos = ranks(score(pos)), among_neg = ranks(score(neg));
  Placements result{all(pos) - among_pos, all(neg) - among_neg};
  result.positive /= static_cast<double>(neg.size());
  result.negative = 1.0 - result.negative.array() / static_cast<double>(pos.size());
  return result;
}

double covariance(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  if (a.size() < 2) return kNaN;
  return (a.array() - a.mean()).matrix().dot((b.array() - b.mean()).matrix()) / static_cast<double>(a.size() - 1);
}

double auc_covariance(const Placements& a, const Placements& b) {
  return covariance(a.positive, b.positive) / static_cast<double>(a.positive.size()) +
         covariance(a.negative, b.negative) / static_cast<double>(a.negative.size());
}

std::string too_few(const Eigen::Ref<const Eigen::VectorXi>& label) {
  const auto positive = (label.array() == 1).count(), negative = (label.array() == 0).count();
  if (positive >= 2 && negative >= 2) return {};
  return std::to_string(positive) + " positive and " + std::to_string(negative) +
         " negative cases: DeLong's method needs two of each";
}

}  // namespace

AucInterval delong_auc(const Eigen::Ref<const Eigen::VectorXi>& label, const Eigen::Ref<const Eigen::VectorXd>& score,
                       double confidence) {
  AucInterval result{
      .auc = auc(label, score), .variance = kNaN, .lower = kNaN, .upper = kNaN, .reason = too_few(label)};
  if (!result.reason.empty()) return result;
  const Placements p = placements(label, score);
  result.auc = p.auc();
  result.variance = auc_covariance(p, p);
  const double half = normal_quantile(0.5 + confidence / 2) * std::sqrt(result.variance);
  result.lower = std::clamp(result.auc - half, 0.0, 1.0);
  result.upper = std::clamp(result.auc + half, 0.0, 1.0);
  if (result.variance == 0) result.reason = "the scores separate the classes wholly: DeLong's interval has no width";
  return result;
}

AucTest delong_test(const Eigen::Ref<const Eigen::VectorXi>& label, const Eigen::Ref<const Eigen::VectorXd>& first,
                    const Eigen::Ref<const Eigen::VectorXd>& second, double confidence) {
  AucTest result{.first = auc(label, first),
                 .second = auc(label, second),
                 .difference = kNaN,
                 .lower = kNaN,
                 .upper = kNaN,
                 .z = kNaN,
                 .p = kNaN,
                 .reason = too_few(label)};
  result.difference = result.first - result.second;
  if (!result.reason.empty()) return result;
  const Placements a = placements(label, first), b = placements(label, second);
  // The variance of the differences themselves: exactly 0 for two scores that rank the cases alike.
  const Placements d{a.positive - b.positive, a.negative - b.negative};
  result.first = a.auc();
  result.second = b.auc();
  result.difference = d.auc();
  const double variance = auc_covariance(d, d);
  const double half = normal_quantile(0.5 + confidence / 2) * std::sqrt(variance);
  result.lower = result.difference - half;
  result.upper = result.difference + half;
  if (variance > 0) {
    result.z = result.difference / std::sqrt(variance);
    result.p = normal_two_sided(result.z);
  } else {
    result.reason = "the difference of the two AUCs has no variance in these cases";
  }
  return result;
}

std::vector<RocPoint> roc_points(const Eigen::Ref<const Eigen::VectorXi>& label,
                                 const Eigen::Ref<const Eigen::VectorXd>& score) {
  const auto positives = static_cast<double>((label.array() == 1).count());
  const auto negatives = static_cast<double>((label.array() == 0).count());
  if (positives == 0 || negatives == 0) return {};
  std::vector<Eigen::Index> order(static_cast<std::size_t>(score.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Eigen::Index a, Eigen::Index b) { return score[a] > score[b]; });

  std::vector<RocPoint> points{{kInfinity, 0, 1}};
  double true_positive = 0, false_positive = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (label[order[i]] == 1 ? true_positive : false_positive) += 1;
    const double here = score[order[i]];
    const double next = i + 1 < order.size() ? score[order[i + 1]] : -kInfinity;
    if (next == here) continue;
    double threshold = i + 1 < order.size() ? here / 2 + next / 2 : -kInfinity;
    if (threshold <= next && i + 1 < order.size()) threshold = here;  // neighbouring doubles have nothing between them
    points.push_back({threshold, true_positive / positives, 1 - false_positive / negatives});
  }
  return points;
}

double youden_threshold(const Eigen::Ref<const Eigen::VectorXi>& label,
                        const Eigen::Ref<const Eigen::VectorXd>& score) {
  const auto points = roc_points(label, score);
  if (points.empty()) return kNaN;
  if (points.size() == 2) return score[0];  // all scores are equal
  std::size_t best = 1;
  const auto youden = [&](std::size_t i) { return points[i].sensitivity + points[i].specificity; };
  for (std::size_t i = 2; i + 1 < points.size(); ++i)
    if (youden(i) > youden(best) + 1e-12) best = i;  // equal sums must not be told apart by rounding
  return points[best].threshold;
}

Proportion wilson(int count, int total) {
  if (total == 0) return {count, total, kNaN, kNaN, kNaN};
  const double n = total, p = count / n, z = normal_quantile(0.975), zz = z * z;
  const double centre = (p + zz / (2 * n)) / (1 + zz / n);
  const double half = z / (1 + zz / n) * std::sqrt(p * (1 - p) / n + zz / (4 * n * n));
  return {count, total, p, count == 0 ? 0.0 : centre - half, count == total ? 1.0 : centre + half};
}

OperatingPoint at_threshold(const Eigen::Ref<const Eigen::VectorXi>& label,
                            const Eigen::Ref<const Eigen::VectorXd>& score, double threshold) {
  OperatingPoint point;
  point.threshold = threshold;
  for (Eigen::Index i = 0; i < label.size(); ++i) {
    const bool called = score[i] >= threshold;
    if (label[i] == 1) ++(called ? point.true_positive : point.false_negative);
    if (label[i] == 0) ++(called ? point.false_positive : point.true_negative);
  }
  const int tp = point.true_positive, fp = point.false_positive, tn = point.true_negative, fn = point.false_negative;
  point.sensitivity = wilson(tp, tp + fn);
  point.specificity = wilson(tn, tn + fp);
  point.positive_predictive = wilson(tp, tp + fp);
  point.negative_predictive = wilson(tn, tn + fn);
  point.accuracy = wilson(tp + tn, tp + fp + tn + fn);
  return point;
}

}  // namespace radfuse::stats
