// SPDX-License-Identifier: Apache-2.0
// impute and variance by hand; what one step leaves missing, a later one fills where it stands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/select/chain.hpp"

namespace radfuse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const double kNaN = std::nan("");
const std::vector<std::string> kRad = {"rad"};

// Training rows, then one test row.
Dataset of_columns(const std::vector<std::vector<double>>& columns) {
  Dataset data;
  std::vector<std::string> names;
  std::vector<RowKey> keys;
  Eigen::MatrixXd values(static_cast<Eigen::Index>(columns[0].size()), static_cast<Eigen::Index>(columns.size()));
  for (std::size_t c = 0; c < columns.size(); ++c) {
    names.push_back("rad.f" + std::to_string(c));
    for (std::size_t r = 0; r < columns[c].size(); ++r)
      values(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) = columns[c][r];
  }
  for (std::size_t r = 0; r < columns[0].size(); ++r) {
    keys.push_back({"P" + std::to_string(100 + r), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.site.push_back("one");
    data.outcome.push_back(static_cast<int>(r % 2));
    data.split.push_back(r + 1 < columns[0].size() ? Split::train : Split::test);
  }
  data.table = FeatureTable(names, keys, values);
  data.readings = data.table;
  return data;
}

FittedChain fitted(const Dataset& data, const std::vector<StepParams>& steps) {
  return fit_chain(steps, training_split(data), kRad, 1);
}

TEST(ImputeSteps, near_zero_variance_as_in_caret) {
  // Twenty training values. f0: 19 zeros and a one: ratio 19, 10 % different. f1: 11 zeros and nine others: ratio 11,
  // 50 %. f2: ten zeros and ten ones: ratio 1.
  std::vector<double> rare(21, 0), varied, half(21, 0);
  rare[4] = 1;
  for (int i = 0; i < 21; ++i) varied.push_back(i < 11 ? 0 : i);
  for (std::size_t i = 0; i < 10; ++i) half[i] = 1;
  const Dataset data = of_columns({rare, varied, half});
  const auto kept = [&](const VarianceParams& params) { return fitted(data, {{params}}).columns(); };
  EXPECT_THAT(kept({}), ElementsAre("rad.f0", "rad.f1", "rad.f2"));
  EXPECT_THAT(kept({.frequency_ratio = 19}), ElementsAre("rad.f0", "rad.f1", "rad.f2"));
  EXPECT_THAT(kept({.frequency_ratio = 18}), ElementsAre("rad.f1", "rad.f2"));
  EXPECT_THAT(kept({.frequency_ratio = 10, .distinct_percent = 50}), ElementsAre("rad.f2"));
  EXPECT_THAT(kept({.frequency_ratio = 10, .distinct_percent = 49}), ElementsAre("rad.f1", "rad.f2"));
  EXPECT_THAT(fitted(data, {{VarianceParams{.frequency_ratio = 18}}}).selection()[0].reason,
              HasSubstr("19 times as common as the second, and 10 % of the values are different"));
}

TEST(ImputeSteps, mostly_missing_features_go_before_the_others_are_filled) {
  const Dataset data = of_columns({{1, kNaN, kNaN, 4, 5}, {1, 2, kNaN, 4, 5}, {1, 2, 3, 4, 5}});
  const FittedChain chain = fitted(data, {{VarianceParams{.most_missing = 0.4}}, {ImputeParams{}}});
  EXPECT_THAT(chain.columns(), ElementsAre("rad.f1", "rad.f2"));
  EXPECT_THAT(chain.selection()[0].reason, HasSubstr("2 of 4 training values are missing: more than 40 %"));
}

// Scale first, then fill: the gap gets the median of scaled values, and a new row's gap, too.
TEST(ImputeSteps, gaps_are_filled_where_the_step_stands) {
  const Dataset data = of_columns({{0, 10, kNaN, 50, kNaN}, {1, 2, 3, 4, 5}});
  const FittedChain chain = fitted(data, {{ScaleParams{.method = ScaleMethod::min_max}}, {ImputeParams{}}});
  const FeatureTable out = apply(chain, data.table, data.site);
  EXPECT_THAT(std::vector<double>(out.values().col(0).begin(), out.values().col(0).end()),
              ElementsAre(0, 0.2, 0.2, 1, 0.2));
  const FittedChain again = chain_from_json(to_json(chain));
  EXPECT_EQ(to_json(again), to_json(chain));
  EXPECT_EQ(apply(again, data.table, data.site).values(), out.values());
}

// Row 2 lacks f0. Squared distances over f1 alone, times 2: to rows 0, 1 and 3: 8, 2, 2. One neighbour: the first of
// equals.
TEST(ImputeSteps, nearest_rows_by_hand) {
  const Dataset data = of_columns({{1, 3, kNaN, 7, kNaN}, {1, 2, 3, 4, 30}});
  const auto filled = [&](int neighbours) {
    const std::vector<StepParams> steps = {{ImputeParams{.method = ImputeMethod::nearest, .neighbours = neighbours}}};
    return apply(fitted(data, steps), data.table, data.site).values().col(0).eval();
  };
  EXPECT_EQ(filled(1)[2], 3);
  EXPECT_EQ(filled(2)[2], 5);
  EXPECT_EQ(filled(1)[4], 7);
  EXPECT_DOUBLE_EQ(filled(5)[4], 11.0 / 3);  // fewer rows than neighbours: all of them
}

}  // namespace
}  // namespace radfuse
