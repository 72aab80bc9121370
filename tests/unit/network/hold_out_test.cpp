// SPDX-License-Identifier: Apache-2.0
// Patients are held out whole, in the stated share, and independently of the order of the samples.
#include "hold_out.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace radfuse::network {
namespace {

// 12 patients of two samples each.
std::vector<std::string> pairs() {
  std::vector<std::string> all;
  for (int i = 0; i < 24; ++i) all.push_back("P" + std::to_string(i % 12));
  return all;
}

TEST(HoldOut, KeepsPatientsWhole) {
  const auto patients = pairs();
  const HeldOut parts = hold_out(patients, 0.25, 1, "test");
  EXPECT_EQ(parts.training.size(), 18U);
  EXPECT_EQ(parts.validation.size(), 6U);
  std::set<std::string> training, validation;
  for (const std::size_t i : parts.training) training.insert(patients[i]);
  for (const std::size_t i : parts.validation) validation.insert(patients[i]);
  EXPECT_EQ(training.size(), 9U);
  EXPECT_EQ(validation.size(), 3U);
}

TEST(HoldOut, DoesNotDependOnTheOrderOfTheSamples) {
  auto patients = pairs();
  const auto held = [&] {
    std::set<std::string> names;
    for (const std::size_t i : hold_out(patients, 0.25, 1, "test").validation) names.insert(patients[i]);
    return names;
  };
  const auto before = held();
  std::reverse(patients.begin(), patients.end());
  EXPECT_EQ(held(), before);
  EXPECT_NE(hold_out(patients, 0.25, 2, "test").validation, hold_out(patients, 0.25, 1, "test").validation);
}

TEST(HoldOut, TakesTheShareOfEachOutcome) {
  std::vector<std::string> patients;
  std::vector<int> outcomes;
  for (int i = 0; i < 40; ++i) {
    patients.push_back("P" + std::to_string(i));
    outcomes.push_back(i < 8 ? 1 : 0);
  }
  int with = 0, without = 0;
  for (const std::size_t i : hold_out(patients, 0.25, 1, "test", outcomes).validation)
    ++(outcomes[i] == 1 ? with : without);
  EXPECT_EQ(with, 2);
  EXPECT_EQ(without, 8);
}

TEST(HoldOut, NeverTakesTheLastPatient) {
  const std::vector<std::string> one(3, "P1"), two{"P1", "P2"};
  EXPECT_TRUE(hold_out(one, 0.5, 1, "test").validation.empty());
  EXPECT_EQ(hold_out(two, 0.01, 1, "test").validation.size(), 1U);
  EXPECT_TRUE(hold_out(two, 0, 1, "test").validation.empty());
  EXPECT_EQ(hold_out(two, 0.5, 1, "test", std::vector<int>{0, 1}).validation.size(), 0U);
}

}  // namespace
}  // namespace radfuse::network
