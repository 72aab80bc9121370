// SPDX-License-Identifier: Apache-2.0
// mrmr: features are chosen one after the other, each for what it says of the outcome (F) against what it shares with
// those chosen before (mean |r|, at least 0.001): Peng, Long and Ding 2005, as the Python package mrmr_selection 0.2
// has it.
#include <algorithm>
#include <cmath>

#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/hypothesis.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

constexpr double kLeastRedundancy = 0.001;

struct Chosen {
  Eigen::Index feature = 0;
  double relevance = 0, redundancy = 0;
};

std::vector<Chosen> choose(const Eigen::MatrixXd& x, const Eigen::VectorXi& outcome, Eigen::Index count,
                           MrmrScore score) {
  const std::vector<int> group(outcome.data(), outcome.data() + outcome.size());
  const Eigen::MatrixXd scores = stats::correlation_scores(x);
  Eigen::ArrayXd relevance(x.cols()), shared = Eigen::ArrayXd::Zero(x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) relevance[j] = stats::anova(x.col(j), group).statistic;
  std::vector<Chosen> chosen;
  std::vector<bool> is_chosen(static_cast<std::size_t>(x.cols()), false);
  while (static_cast<Eigen::Index>(chosen.size()) < count) {
    Chosen best{-1, 0, 0};
    double best_score = 0;
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
      if (is_chosen[static_cast<std::size_t>(j)] || std::isnan(relevance[j])) continue;
      const double redundancy =
          chosen.empty() ? 1 : std::max(kLeastRedundancy, shared[j] / static_cast<double>(chosen.size()));
      const double merit = chosen.empty()                 ? relevance[j]
                           : score == MrmrScore::quotient ? relevance[j] / redundancy
                                                          : relevance[j] - redundancy;
      if (best.feature < 0 || merit > best_score) {
        best = {j, relevance[j], chosen.empty() ? 0 : redundancy};
        best_score = merit;
      }
    }
    if (best.feature < 0) break;
    chosen.push_back(best);
    is_chosen[static_cast<std::size_t>(best.feature)] = true;
    shared += (scores.transpose() * scores.col(best.feature)).array().abs();
  }
  return chosen;
}

}  // namespace

void fit_step(const MrmrParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.empty()) return;
  Reasons dropped;
  for (const Eigen::Index c : positions) dropped[c] = "not among the " + std::to_string(params.features) + " chosen";
  int rank = 0;
  for (const Chosen& choice : choose(working.values_of(positions), working.outcome(), params.features, params.score)) {
    const Eigen::Index c = positions[static_cast<std::size_t>(choice.feature)];
    dropped.erase(c);
    working.note(c,
                 "mRMR rank " + std::to_string(++rank) + ", F = " + significant(choice.relevance, 4) +
                     ", mean |r| with those before = " + fixed(choice.redundancy, 3),
                 {"F", choice.relevance});
  }
  working.drop(dropped);
}

}  // namespace radfuse
