// SPDX-License-Identifier: Apache-2.0
// Folds by patient, the same for every program.
#include "radfuse/table/folds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace radfuse {
namespace {

std::vector<FoldMember> members() {
  std::vector<FoldMember> all;
  for (int i = 0; i < 40; ++i) all.push_back({"P" + std::to_string(i / (i < 12 ? 3 : 1)), i % 12 < 3 ? 1 : 0});
  return all;
}

TEST(Folds, PatientsStayWholeAndClassesAreSpread) {
  const auto all = members();
  Rng rng(1, "test");
  const auto fold_of = draw_folds(all, 4, rng);
  std::map<std::string, std::set<int>> folds_of_patient;
  std::map<int, int> sizes, positive;
  for (std::size_t i = 0; i < all.size(); ++i) {
    folds_of_patient[all[i].patient].insert(fold_of[i]);
    ++sizes[fold_of[i]];
    positive[fold_of[i]] += all[i].outcome;
  }
  for (const auto& [patient, folds] : folds_of_patient) EXPECT_EQ(folds.size(), 1U) << patient;
  ASSERT_EQ(sizes.size(), 4U);
  for (const auto& [fold, size] : sizes) {
    EXPECT_NEAR(size, 10, 2) << fold;
    EXPECT_GE(positive[fold], 1) << fold;
  }
}

TEST(Folds, OrderOfMembersDoesNotMatter) {
  auto all = members();
  const auto first = draw_outer_folds(all, 4, 7, 2);
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = order.size() - 1 - i;
  std::vector<FoldMember> turned;
  for (const std::size_t i : order) turned.push_back(all[i]);
  const auto second = draw_outer_folds(turned, 4, 7, 2);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(second[i], first[order[i]]);
  EXPECT_NE(draw_outer_folds(all, 4, 7, 3), first);
  EXPECT_NE(draw_outer_folds(all, 4, 8, 2), first);
}

TEST(Folds, TooFewPatientsOfAClass) {
  const std::vector<FoldMember> few = {{"A", 1}, {"B", 0}, {"C", 0}, {"D", 0}};
  Rng rng(1, "test");
  EXPECT_THROW(draw_folds(few, 2, rng), InputError);
}

TEST(Folds, WhoMayTeach) {
  Cohort cohort;
  const auto add = [&](const char* id, const char* patient, Split split, int outcome) {
    CaseRow row;
    row.case_id = id;
    row.patient_id = patient;
    row.split = split;
    row.outcome = outcome;
    cohort.rows.push_back(row);
  };
  add("C1", "", Split::train, 1);
  add("C2", "P", Split::train, -1);
  add("C3", "P", Split::train, 0);
  add("C4", "Q", Split::test, 1);
  const auto rows = learning_rows(cohort);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]->case_id, "C1");
  EXPECT_EQ(fold_member(*rows[0]).patient, "C1");  // a case without a patient is one
  EXPECT_EQ(rows[1]->case_id, "C3");
  const auto known = known_cases(cohort);
  ASSERT_EQ(known.size(), 4U);
  EXPECT_FALSE(known[1].may_teach());
  EXPECT_FALSE(known[3].may_teach());
}

}  // namespace
}  // namespace radfuse
