// SPDX-License-Identifier: Apache-2.0
// Folds of the training rows for steps that judge by cross-validation.
#include <algorithm>
#include <set>

#include "radfuse/base/error.hpp"
#include "working.hpp"

namespace radfuse {

int rarer_class(const Working& working) {
  std::set<std::string> positive, all;
  for (const Eigen::Index r : working.rows().rows()) {
    const auto row = static_cast<std::size_t>(r);
    all.insert(working.data().patient[row]);
    if (working.data().outcome[row] == 1) positive.insert(working.data().patient[row]);
  }
  return static_cast<int>(std::min(positive.size(), all.size() - positive.size()));
}

std::vector<int> folds_of_rows(int wanted, std::string_view name, Working& working) {
  const int possible = rarer_class(working);
  if (possible < 2)
    throw InputError("select, step " + working.step() + ": only " + std::to_string(possible) +
                     " training patients of one class; cross-validation needs two of each");
  const int count = std::min(wanted, possible);
  if (count < wanted)
    working.remark(std::to_string(count) + " folds instead of " + std::to_string(wanted) +
                   ": one class has no more patients");
  Rng rng(working.seed(), name, working.position());
  std::map<Eigen::Index, int> fold_of;
  int number = 0;
  for (const Fold& fold : make_folds(working.rows(), count, rng)) {
    for (const Eigen::Index r : fold.held_out) fold_of[r] = number;
    ++number;
  }
  std::vector<int> folds;
  for (const Eigen::Index r : working.rows().rows()) folds.push_back(fold_of.at(r));
  return folds;
}

}  // namespace radfuse
