// SPDX-License-Identifier: Apache-2.0
// How far batches differ: feature by feature, and taken together by a classifier that has nothing to tune.
#include "audit.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "radfuse/base/stop.hpp"
#include "radfuse/stats/hypothesis.hpp"

namespace radfuse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr int kFolds = 5;

// Fold of each row, or -1 for rows of batches that cannot be predicted; `folds` is how many there are.
std::vector<int> deal(std::span<const int> batch, std::span<const std::string> patient, int& folds,
                      std::vector<int>& batches) {
  std::map<int, std::set<std::string>> patients;
  for (std::size_t i = 0; i < batch.size(); ++i) patients[batch[i]].insert(patient[i]);
  folds = kFolds;
  for (const auto& [b, names] : patients)
    if (names.size() > 1) {
      batches.push_back(b);
      folds = std::min(folds, static_cast<int>(names.size()));
    }
  std::map<std::string, int> fold_of;  // of a patient: with cases in two batches, that of the first
  for (const int b : batches) {
    int next = 0;
    for (const std::string& name : patients[b]) fold_of.emplace(name, next++ % folds);
  }
  std::vector<int> fold;
  for (std::size_t i = 0; i < batch.size(); ++i)
    fold.push_back(std::binary_search(batches.begin(), batches.end(), batch[i]) ? fold_of.at(patient[i]) : -1);
  return fold;
}

// Means of the batches and pooled within-batch variance of the rows outside `fold`; false when a batch has no row
// there.
struct Discriminant {
  Eigen::MatrixXd means;  // batches x features
  Eigen::RowVectorXd variance;
};
bool fit_discriminant(const Eigen::MatrixXd& x, const std::vector<int>& at, const std::vector<int>& fold, int held_out,
                      Eigen::Index batches, Discriminant& found) {
  found.means = Eigen::MatrixXd::Zero(batches, x.cols());
  found.variance = Eigen::RowVectorXd::Zero(x.cols());
  Eigen::VectorXd count = Eigen::VectorXd::Zero(batches);
  const auto fits = [&](std::size_t i) { return fold[i] >= 0 && fold[i] != held_out; };
  for (std::size_t i = 0; i < at.size(); ++i)
    if (fits(i)) {
      found.means.row(at[i]) += x.row(static_cast<Eigen::Index>(i));
      ++count[at[i]];
    }
  if ((count.array() == 0).any() || count.sum() <= static_cast<double>(batches)) return false;
  for (Eigen::Index b = 0; b < batches; ++b) found.means.row(b) /= count[b];
  for (std::size_t i = 0; i < at.size(); ++i)
    if (fits(i))
      found.variance += (x.row(static_cast<Eigen::Index>(i)) - found.means.row(at[i])).array().square().matrix();
  found.variance /= count.sum() - static_cast<double>(batches);
  return true;
}

Eigen::Index nearest_batch(const Discriminant& model, const Eigen::RowVectorXd& row) {
  Eigen::Index best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (Eigen::Index b = 0; b < model.means.rows(); ++b) {
    double distance = 0;
    for (Eigen::Index j = 0; j < row.size(); ++j)
      if (model.variance[j] > 0) distance += std::pow(row[j] - model.means(b, j), 2) / model.variance[j];
    if (distance < least) {
      least = distance;
      best = b;
    }
  }
  return best;
}

}  // namespace

BatchDifference batch_difference(const Eigen::Ref<const Eigen::VectorXd>& values, std::span<const int> batch) {
  std::vector<Eigen::Index> there;
  std::vector<int> group;
  for (Eigen::Index i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i])) {
      there.push_back(i);
      group.push_back(batch[static_cast<std::size_t>(i)]);
    }
  const Eigen::VectorXd known = values(there);
  const std::set<int> groups(group.begin(), group.end());
  stats::TestResult test;
  if (groups.size() == 2) {
    std::vector<Eigen::Index> first, second;
    for (std::size_t i = 0; i < group.size(); ++i)
      (group[i] == *groups.begin() ? first : second).push_back(static_cast<Eigen::Index>(i));
    test = stats::student_t(known(first), known(second));
  } else {
    test = stats::anova(known, group);
  }
  return {test.statistic, test.p, test.reason.empty() ? stats::cohens_f(known, group) : kNaN, test.reason};
}

OutcomeAssociation outcome_association(std::span<const int> batch, std::size_t batches,
                                       const Eigen::Ref<const Eigen::VectorXi>& outcome) {
  Eigen::MatrixXd counts = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(batches), 2);
  for (std::size_t i = 0; i < batch.size(); ++i) ++counts(batch[i], outcome[static_cast<Eigen::Index>(i)]);
  const stats::TestResult test = stats::chi_squared(counts, false);
  // Two outcomes: the smaller side of the table less one is one.
  return {std::sqrt(test.statistic / static_cast<double>(batch.size())), test.p};
}

double batch_prediction(const Eigen::Ref<const Eigen::MatrixXd>& x, std::span<const int> batch,
                        std::span<const std::string> patient, double& chance) {
  int folds = 0;
  std::vector<int> batches;
  const std::vector<int> fold = deal(batch, patient, folds, batches);
  std::vector<Eigen::Index> complete;
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    if (!x.col(j).array().isNaN().any()) complete.push_back(j);
  chance = batches.empty() ? kNaN : 1.0 / static_cast<double>(batches.size());
  if (batches.size() < 2 || complete.empty()) return kNaN;
  const Eigen::MatrixXd known = x(Eigen::all, complete);
  std::vector<int> at;
  for (const int b : batch)
    at.push_back(static_cast<int>(std::lower_bound(batches.begin(), batches.end(), b) - batches.begin()));
  const auto count = static_cast<Eigen::Index>(batches.size());
  Eigen::VectorXd right = Eigen::VectorXd::Zero(count), all = Eigen::VectorXd::Zero(count);
  for (int f = 0; f < folds; ++f) {
    throw_if_stopped();
    Discriminant model;
    if (!fit_discriminant(known, at, fold, f, count, model)) return kNaN;
    for (std::size_t i = 0; i < at.size(); ++i) {
      if (fold[i] != f) continue;
      right[at[i]] += nearest_batch(model, known.row(static_cast<Eigen::Index>(i))) == at[i];
      ++all[at[i]];
    }
  }
  return (right.array() / all.array()).mean();
}

}  // namespace radfuse
