// SPDX-License-Identifier: Apache-2.0
// Folds of patients.
#include "radfuse/table/folds.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace radfuse {
namespace {

struct Patient {
  std::vector<std::size_t> members;
  int outcome = 0;  // 1 when any of the cases is positive
};

}  // namespace

std::vector<int> draw_folds(std::span<const FoldMember> members, int count, Rng& rng) {
  if (count < 2) throw Error(ExitCode::bug, "cross-validation needs two folds or more");
  std::map<std::string, Patient> patients;
  for (std::size_t i = 0; i < members.size(); ++i) {
    Patient& patient = patients[members[i].patient];
    patient.members.push_back(i);
    patient.outcome = std::max(patient.outcome, members[i].outcome);
  }

  const auto folds = static_cast<std::size_t>(count);
  std::vector<int> fold_of(members.size(), 0);
  std::vector<std::size_t> sizes(folds, 0);
  for (const int outcome : {1, 0}) {
    std::vector<const Patient*> group;
    for (const auto& [name, patient] : patients)
      if (patient.outcome == outcome) group.push_back(&patient);
    if (group.size() < folds)
      throw InputError("only " + std::to_string(group.size()) + (outcome ? " positive" : " negative") +
                       " patients for " + std::to_string(count) + " folds: ask for fewer folds");
    rng.shuffle(group);
    // Patients with many cases first, each to the fold with the fewest cases of this class, then of all: balanced
    // sizes.
    std::stable_sort(group.begin(), group.end(),
                     [](const Patient* a, const Patient* b) { return a->members.size() > b->members.size(); });
    std::vector<std::size_t> of_class(folds, 0);
    for (const Patient* patient : group) {
      std::size_t best = 0;
      for (std::size_t f = 1; f < folds; ++f)
        if (std::pair(of_class[f], sizes[f]) < std::pair(of_class[best], sizes[best])) best = f;
      of_class[best] += patient->members.size();
      sizes[best] += patient->members.size();
      for (const std::size_t member : patient->members) fold_of[member] = static_cast<int>(best);
    }
  }
  return fold_of;
}

std::vector<int> draw_outer_folds(std::span<const FoldMember> members, int count, std::uint64_t seed, int repeat) {
  Rng rng(seed, "train.folds", static_cast<std::uint64_t>(repeat));
  return draw_folds(members, count, rng);
}

const std::string& patient_of(const CaseRow& row) {
  return row.patient_id.empty() ? row.case_id : row.patient_id;
}

std::vector<const CaseRow*> learning_rows(const Cohort& cohort) {
  std::vector<const CaseRow*> rows;
  for (const CaseRow* row : cohort.reference_rows())
    if (row->split == Split::train && row->outcome >= 0) rows.push_back(row);
  return rows;
}

FoldMember fold_member(const CaseRow& row) {
  return {patient_of(row), row.outcome};
}

std::vector<KnownCase> known_cases(const Cohort& cohort) {
  std::vector<KnownCase> cases;
  for (const CaseRow* row : cohort.reference_rows())
    cases.push_back({row->case_id, patient_of(*row), row->split, row->outcome});
  return cases;
}

}  // namespace radfuse
