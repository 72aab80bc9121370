// SPDX-License-Identifier: Apache-2.0
// Who lies in which fold. One place draws folds, so that the stages that fit networks and the one that validates models
// leave out the same cases.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/table/cohort.hpp"

namespace radfuse {

/// A case, as far as folds go.
struct FoldMember {
  std::string patient;
  int outcome = 0;  ///< 1 or 0
};

/// The fold, from 0, of each member: stratified by outcome, all cases of a patient in one fold, drawn from `rng`; the
/// order of the members does not matter. Throws InputError when a class has fewer patients than folds.
std::vector<int> draw_folds(std::span<const FoldMember> members, int count, Rng& rng);

/// The outer folds of train.validation; `repeat` counts from 1.
std::vector<int> draw_outer_folds(std::span<const FoldMember> members, int count, std::uint64_t seed, int repeat);

/// The patient of a case; the case itself where the manifest names none.
const std::string& patient_of(const CaseRow& row);
/// The reference rows that models may learn from: training split, outcome known; sorted by case.
std::vector<const CaseRow*> learning_rows(const Cohort& cohort);
FoldMember fold_member(const CaseRow& row);

/// What is known of a case apart from features.
struct KnownCase {
  std::string case_id, patient;
  Split split = Split::train;
  int outcome = -1;
  bool may_teach() const { return split == Split::train && outcome >= 0; }
};
/// Every case of the cohort, with or without features, by case.
std::vector<KnownCase> known_cases(const Cohort& cohort);

}  // namespace radfuse
