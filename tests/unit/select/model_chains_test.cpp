// SPDX-License-Identifier: Apache-2.0
// The chains of all models as files.
#include "radfuse/select/model_chains.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

/// rad.a varies, rad.b is constant; clin.age = 1..8.
Dataset eight_cases() {
  Dataset data;
  std::vector<RowKey> keys;
  Eigen::MatrixXd values(8, 3);
  for (int i = 0; i < 8; ++i) {
    values.row(i) << (i * 5) % 8, 3, i + 1;
    keys.push_back({"c" + std::to_string(i), "", ""});
    data.outcome.push_back(i % 2);
    data.patient.push_back(keys.back().case_id);
    data.site.push_back("A");
    data.split.push_back(i < 6 ? Split::train : Split::test);
  }
  data.table = data.readings = FeatureTable({"rad.a", "rad.b", "clin.age"}, keys, values);
  return data;
}

std::vector<ModelChain> two_chains(const Dataset& data) {
  const std::vector<StepParams> steps{StepParams{VarianceParams{}}, StepParams{ScaleParams{}}};
  std::vector<ModelChain> chains;
  for (const auto& [name, blocks] :
       std::vector<std::pair<std::string, std::vector<std::string>>>{{"rad", {"rad"}}, {"all", {"rad", "clin"}}})
    chains.push_back({name, blocks, fit_chain(steps, training_split(data), blocks, 1)});
  return chains;
}

TEST(ModelChains, ReadBackToTheSameBytes) {
  const auto chains = two_chains(eight_cases());
  const std::string json = to_json(chains);
  const auto again = model_chains_from_json(json);
  EXPECT_EQ(to_json(again), json);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[1].model, "all");
  EXPECT_EQ(to_json(again[1].chain), to_json(chains[1].chain));
  EXPECT_THROW(model_chains_from_json("{}"), InputError);
  EXPECT_THROW(model_chains_from_json("5_select"), InputError);
}

TEST(ModelChains, SelectionHasARowForEachFeatureOfEachModel) {
  const std::string csv = selection_to_csv(two_chains(eight_cases()));
  EXPECT_THAT(csv, testing::StartsWith("model,feature,kept,step,reason\nrad,rad.a,1,,"));
  EXPECT_THAT(csv, testing::HasSubstr("\nrad,rad.b,0,"));
  EXPECT_THAT(csv, testing::HasSubstr("\nall,clin.age,1,,"));
}

TEST(ModelChains, SelectedFeaturesOfEveryCaseUnderTheirModel) {
  const Dataset data = eight_cases();
  const FeatureTable table = selected_features(two_chains(data), data);
  EXPECT_EQ(table.columns(), (std::vector<std::string>{"rad.rad.a", "all.rad.a", "all.clin.age"}));
  ASSERT_EQ(table.row_count(), 8);
  // Training ages 1..6: mean 3.5, SD sqrt(3.5).
  EXPECT_NEAR(table.values()(7, 2), (8 - 3.5) / std::sqrt(3.5), 1e-12);
}

}  // namespace
}  // namespace radfuse
