// SPDX-License-Identifier: Apache-2.0
// cluster: average linkage on |r| by chains of nearest neighbours (Murtagh 1983); of each cluster the medoid stays.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "radfuse/base/stop.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// Each feature's cluster, called by its first member.
class Linkage {
 public:
  explicit Linkage(Eigen::MatrixXd similarity)
      : similarity_(std::move(similarity)),
        size_(static_cast<std::size_t>(similarity_.cols()), 1),
        cluster_(static_cast<std::size_t>(similarity_.cols())) {
    std::iota(cluster_.begin(), cluster_.end(), Eigen::Index{0});
  }

  // Average linkage never joins at a higher similarity what was joined before: merges below the threshold do not count.
  std::vector<Eigen::Index> cut(double threshold) {
    std::vector<Eigen::Index> chain;
    for (Eigen::Index left = similarity_.cols(); left > 1;) {
      throw_if_stopped();
      if (chain.empty()) chain.push_back(first_alive());
      const Eigen::Index at = chain.back();
      const Eigen::Index before = chain.size() > 1 ? chain[chain.size() - 2] : -1;
      const Eigen::Index nearest = nearest_to(at, before);
      if (nearest != before) {
        chain.push_back(nearest);
        continue;
      }
      chain.resize(chain.size() - 2);
      join(std::min(at, before), std::max(at, before), threshold);
      --left;
    }
    return roots();
  }

 private:
  bool alive(Eigen::Index j) const { return size_[static_cast<std::size_t>(j)] > 0; }
  Eigen::Index first_alive() const {
    Eigen::Index j = 0;
    while (!alive(j)) ++j;
    return j;
  }
  // Of equals the one before in the chain, so that chains end, then the first.
  Eigen::Index nearest_to(Eigen::Index at, Eigen::Index before) const {
    Eigen::Index best = before;
    for (Eigen::Index j = 0; j < similarity_.cols(); ++j)
      if (j != at && alive(j) && (best < 0 || similarity_(j, at) > similarity_(best, at))) best = j;
    return best;
  }
  void join(Eigen::Index keeps, Eigen::Index goes, double threshold) {
    if (similarity_(keeps, goes) >= threshold - 1e-12) cluster_[static_cast<std::size_t>(goes)] = keeps;
    const auto a = static_cast<double>(size_[static_cast<std::size_t>(keeps)]),
               b = static_cast<double>(size_[static_cast<std::size_t>(goes)]);
    similarity_.col(keeps) = (a * similarity_.col(keeps) + b * similarity_.col(goes)) / (a + b);
    similarity_.row(keeps) = similarity_.col(keeps).transpose();
    size_[static_cast<std::size_t>(keeps)] += size_[static_cast<std::size_t>(goes)];
    size_[static_cast<std::size_t>(goes)] = 0;
  }
  std::vector<Eigen::Index> roots() const {
    std::vector<Eigen::Index> root = cluster_;
    for (Eigen::Index& r : root)
      while (cluster_[static_cast<std::size_t>(r)] != r) r = cluster_[static_cast<std::size_t>(r)];
    return root;
  }

  Eigen::MatrixXd similarity_;
  std::vector<std::int64_t> size_;  // 0: joined to another
  std::vector<Eigen::Index> cluster_;
};

// The member with the largest mean similarity to the others; of equals the first.
Eigen::Index medoid_of(const std::vector<Eigen::Index>& members, const Eigen::MatrixXd& similarity) {
  Eigen::Index best = members.front();
  double most = -1;
  for (const Eigen::Index j : members) {
    double sum = 0;
    for (const Eigen::Index k : members) sum += similarity(k, j);
    if (sum > most * (1 + 1e-12)) {
      most = sum;
      best = j;
    }
  }
  return best;
}

}  // namespace

void fit_step(const ClusterParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.size() < 2) return;
  Eigen::MatrixXd x = working.values_of(positions);
  if (params.method == CorrelationMethod::spearman)
    for (Eigen::Index j = 0; j < x.cols(); ++j) x.col(j) = stats::ranks(x.col(j)).eval();
  const Eigen::MatrixXd scores = stats::correlation_scores(x);
  const Eigen::MatrixXd similarity = (scores.transpose() * scores).cwiseAbs();
  std::map<Eigen::Index, std::vector<Eigen::Index>> clusters;
  const auto root = Linkage(similarity).cut(params.threshold);
  for (std::size_t j = 0; j < root.size(); ++j) clusters[root[j]].push_back(static_cast<Eigen::Index>(j));

  Reasons dropped;
  for (const auto& [first, members] : clusters) {
    const Eigen::Index medoid = medoid_of(members, similarity);
    const Eigen::Index kept = positions[static_cast<std::size_t>(medoid)];
    if (members.size() > 1)
      working.note(kept, "medoid of " + std::to_string(members.size()) + " features", {"|r|", 1});
    else
      working.pass(kept, {"|r|", 1});
    for (const Eigen::Index j : members)
      if (j != medoid)
        dropped[positions[static_cast<std::size_t>(j)]] =
            Reason("in the cluster of " + working.columns().names[static_cast<std::size_t>(kept)] +
                       ", |r| = " + fixed(std::min(similarity(j, medoid), 1.0), 3),
                   {"|r|", std::min(similarity(j, medoid), 1.0)});
  }
  working.remark(std::to_string(positions.size()) + " features form " + std::to_string(clusters.size()) + " clusters");
  working.drop(dropped);
}

}  // namespace radfuse
