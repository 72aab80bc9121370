// SPDX-License-Identifier: Apache-2.0
// One set of deep features: which networks it needs, which cases each is fitted on, and which network answers for which
// case in which table.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "radfuse/stage/run.hpp"

namespace radfuse::deep {

/// A network of a set.
struct SetNetwork {
  std::string name;                  ///< of its files below model/; empty: it comes from outside
  std::vector<const CaseRow*> rows;  ///< fitted on these, by case
  std::string sha256;                ///< of its file; known once it is fitted

  /// What tables call it.
  std::string encoder() const { return sha256.substr(0, 12); }
  bool knows(const std::string& patient) const;
};

/// Who answers in one table: for the patients of a fold the network that never saw them, for all others `whole`.
struct SetTable {
  std::string file = {};
  int repeat = 0, fold = 0;  ///< of the outer fold that it was made for; 0: the study's own table
  std::size_t whole = 0;     ///< place among Set::networks
  std::map<std::string, std::size_t> left_out = {};  ///< patient -> place

  std::size_t network_for(const CaseRow& row) const;
};

struct Set {
  const DeepParams* params = nullptr;
  std::size_t image = 0;
  std::vector<SetNetwork> networks;
  std::vector<SetTable> tables;  ///< the study's own first

  /// "deep.cnn.us": what its columns begin with.
  std::string columns() const { return "deep." + params->name + "." + params->image; }
};

/// All sets of the study. Folds are drawn by patient, stratified by outcome, and are the same for all sets with the
/// same number of folds; the outer folds are those of train.validation. Throws InputError: too few patients.
std::vector<Set> plan_sets(const StageRun& run, const Cohort& cohort);

}  // namespace radfuse::deep
