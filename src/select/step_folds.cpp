// SPDX-License-Identifier: Apache-2.0
// Folds of the training rows for steps that judge by cross-validation.
#include <algorithm>
#include <set>

#include "audit_step.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
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

std::vector<int> given_folds(const std::string& column, Working& working) {
  const auto refuse = [&](const std::string& why) {
    throw InputError("select, step " + working.step() + ": fold_column '" + column + "' " + why);
  };
  std::vector<std::string> names;
  const std::vector<int> folds =
      number_batches(working.training_batches(batch_key({column}, working.data().table)), names);
  if (names.size() < 3) refuse("has " + text::join(names, ", ") + " among the training cases; three folds are needed");
  const std::vector<std::string> patients = working.training_patients();
  std::map<std::string, int> fold_of;
  std::map<int, std::set<int>> folds_with;  // a class
  for (std::size_t i = 0; i < folds.size(); ++i) {
    if (!fold_of.emplace(patients[i], folds[i]).second && fold_of[patients[i]] != folds[i])
      refuse("puts patient " + patients[i] + " into two folds");
    folds_with[working.outcome()[static_cast<Eigen::Index>(i)]].insert(folds[i]);
  }
  for (const auto& [outcome, where] : folds_with)
    if (where.size() < 2)
      refuse("has all training cases of one class in fold " + names[static_cast<std::size_t>(*where.begin())]);
  return folds;
}

}  // namespace radfuse
