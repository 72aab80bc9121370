// SPDX-License-Identifier: Apache-2.0
// Counted by hand.
#include <gtest/gtest.h>

#include "radfuse/learn/validation.hpp"

namespace radfuse {
namespace {

FoldResult fold(int number, std::vector<std::string> columns) {
  FoldResult result;
  result.fold = number;
  result.columns = std::move(columns);
  return result;
}

TEST(SelectionFrequency, counts_folds_of_each_model_once) {
  ValidationResult logistic;
  logistic.model = "fused";
  logistic.folds = {fold(1, {"rad.b", "rad.a"}), fold(2, {"rad.a"}), fold(3, {"rad.a", "rad.c"}), fold(4, {"rad.b"})};
  ValidationResult boosted = logistic, other = logistic;
  other.model = "clinical";
  other.folds = {fold(1, {"clin.age"}), fold(2, {"clin.age"})};
  EXPECT_EQ(selection_frequency_to_csv({logistic, boosted, other}),
            "model,feature,selected,folds,share\n"
            "fused,rad.a,3,4,0.75\n"
            "fused,rad.b,2,4,0.5\n"
            "fused,rad.c,1,4,0.25\n"
            "clinical,clin.age,2,2,1\n");
}

}  // namespace
}  // namespace radfuse
