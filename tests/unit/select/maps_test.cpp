// SPDX-License-Identifier: Apache-2.0
// Maps of cases: which features they are made of, and when there is none.
#include "radfuse/select/maps.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "radfuse/base/rng.hpp"

namespace radfuse {
namespace {

using ::testing::HasSubstr;

// 60 training cases of sites A and B, 20 test cases; site B's ten features lie 30 higher; rad.flat is constant.
Dataset two_sites() {
  Rng rng(5, "cases");
  Dataset data;
  std::vector<RowKey> keys;
  std::vector<std::string> columns = {"clin.age"};
  for (int f = 0; f < 10; ++f) columns.push_back("rad.f" + std::to_string(f));
  columns.emplace_back("rad.flat");
  Eigen::MatrixXd x(80, 12);
  for (int i = 0; i < 80; ++i) {
    keys.push_back({"P" + std::to_string(100 + i), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.outcome.push_back(i % 3 == 0);
    data.site.push_back(i % 2 == 0 ? "A" : "B");
    data.split.push_back(i < 60 ? Split::train : Split::test);
    for (Eigen::Index j = 0; j < 12; ++j) x(i, j) = rng.normal() + (j > 0 && i % 2 == 1 ? 30 : 0);
    x(i, 11) = 4;
  }
  x(3, 4) = std::numeric_limits<double>::quiet_NaN();
  data.table = data.readings = FeatureTable(columns, keys, x);
  return data;
}

std::vector<CaseMap> maps_of(const Dataset& data, const std::vector<StepParams>& steps, int threads,
                             const std::vector<std::string>& blocks = {"rad"}) {
  const TrainingRows training = training_split(data);
  const ModelChain chain{"rad", blocks, fit_chain(steps, training, blocks, 1)};
  const ModelSteps models[] = {{chain, steps}};
  return case_maps(models, training, 1, {.threads = threads});
}

// Of the cases, the share whose nearest case on the map is of the same site.
double same_site(const CaseMap& map, const Dataset& data) {
  double same = 0;
  for (Eigen::Index i = 0; i < map.map.at.rows(); ++i) {
    Eigen::VectorXd distance = (map.map.at.rowwise() - map.map.at.row(i)).rowwise().squaredNorm();
    distance[i] = std::numeric_limits<double>::infinity();
    Eigen::Index nearest = 0;
    distance.minCoeff(&nearest);
    same += data.site[static_cast<std::size_t>(i)] == data.site[static_cast<std::size_t>(nearest)];
  }
  return same / static_cast<double>(map.map.at.rows());
}

TEST(Maps, sites_lie_apart_before_and_mixed_after) {
  const Dataset data = two_sites();
  CorrelationParams keep_all;
  keep_all.threshold = 0.99;
  const auto maps = maps_of(data, {{ImputeParams{}}, {CombatParams{}}, {ScaleParams{}}, {keep_all}}, 2);
  ASSERT_EQ(maps.size(), 3u);
  EXPECT_EQ(maps[0].by.of, MapOf::entering);
  EXPECT_EQ(maps[0].by.features, 10u) << "rad.flat does not vary, clin.age is not of the model's blocks";
  EXPECT_EQ(maps[0].by.components.cols(), 10);
  EXPECT_NEAR(maps[0].by.share, 1, 1e-9);
  EXPECT_EQ(maps[0].map.at.rows(), 80) << "all cases, not those of training only";
  EXPECT_EQ(same_site(maps[0], data), 1);
  EXPECT_EQ(maps[1].by.of, MapOf::harmonised);
  EXPECT_EQ(maps[1].by.features, 10u);
  EXPECT_LT(same_site(maps[1], data), 0.75);
  EXPECT_GT(same_site(maps[1], data), 0.25);
  EXPECT_EQ(maps[2].by.of, MapOf::leaving);
  EXPECT_EQ(
      maps_to_csv(maps, data.table),
      maps_to_csv(maps_of(data, {{ImputeParams{}}, {CombatParams{}}, {ScaleParams{}}, {keep_all}}, 1), data.table));
}

TEST(Maps, a_chain_without_harmonising_steps_has_two) {
  const auto maps = maps_of(two_sites(), {{ImputeParams{}}, {ScaleParams{}}}, 1);
  ASSERT_EQ(maps.size(), 2u);
  EXPECT_EQ(maps[1].by.of, MapOf::leaving);
  EXPECT_THAT(map_summary_to_csv(maps), HasSubstr("\nrad,leaving,80,10,10,"));
}

TEST(Maps, a_step_that_harmonises_nothing_has_no_map) {
  const auto maps = maps_of(two_sites(), {{ImputeParams{}}, {CombatParams{}}}, 1, {"clin"});
  ASSERT_EQ(maps.size(), 2u) << "combat leaves clinical columns alone";
  EXPECT_EQ(maps[1].by.of, MapOf::leaving);
}

TEST(Maps, an_empty_chain_has_one) {
  EXPECT_EQ(maps_of(two_sites(), {}, 1).size(), 1u);
}

TEST(Maps, what_cannot_be_mapped_says_why) {
  const Eigen::MatrixXd one = Eigen::VectorXd::LinSpaced(20, 0, 1);
  const Eigen::MatrixXd gaps = Eigen::MatrixXd::Constant(20, 3, std::numeric_limits<double>::quiet_NaN());
  const auto maps = draw_maps({map_features("m", MapOf::entering, one), map_features("m", MapOf::leaving, gaps),
                               map_features("m", MapOf::entering, one.topRows(3)),
                               map_features("m", MapOf::entering, Eigen::MatrixXd::Zero(kMostMappedCases + 1, 2))},
                              1);
  EXPECT_THAT(maps[0].reason, "features that vary: 1; a map needs two or more");
  EXPECT_THAT(maps[1].reason, HasSubstr("vary: 0;"));
  EXPECT_THAT(maps[2].reason, HasSubstr("3 cases: too few"));
  EXPECT_THAT(maps[3].reason, HasSubstr("5001 cases"));
  for (const CaseMap& map : maps) EXPECT_EQ(map.map.at.rows(), 0);
  EXPECT_THAT(map_summary_to_csv(maps),
              HasSubstr("\nm,leaving,20,0,0,0,,,,features that vary: 0; a map needs two or more\n"));
}

}  // namespace
}  // namespace radfuse
