// SPDX-License-Identifier: Apache-2.0
// Means and maxima by hand; their gradients against finite differences; directions of linear scores.
#include "aggregate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"

namespace radfuse::deep {
namespace {

using testing::ElementsAre;

const std::vector<std::vector<float>> kVectors = {{1, 8, 2}, {3, 0, 2}, {5, 1, 2}};
const std::vector<double> kAreas = {10, 30, 60};

TEST(Aggregate, ByHand) {
  EXPECT_THAT(aggregate(Aggregate::mean, kVectors, {}), ElementsAre(3, 3, 2));
  EXPECT_THAT(aggregate(Aggregate::maximum, kVectors, {}), ElementsAre(5, 8, 2));
  EXPECT_THAT(aggregate(Aggregate::mean_maximum, kVectors, {}), ElementsAre(3, 3, 2, 5, 8, 2));
  const auto weighted = aggregate(Aggregate::area_weighted, kVectors, kAreas);
  EXPECT_DOUBLE_EQ(weighted[0], 0.1 + 0.9 + 3.0);
  EXPECT_DOUBLE_EQ(weighted[1], 0.8 + 0.6);
  EXPECT_EQ(width_of(Aggregate::mean_maximum, 512), 1024U);
  EXPECT_EQ(width_of(Aggregate::area_weighted, 512), 512U);
}

TEST(Aggregate, OfOneImageIsThatImage) {
  const std::vector<std::vector<float>> one = {{0.1F, -7.25F}};
  for (const Aggregate how : {Aggregate::mean, Aggregate::maximum, Aggregate::area_weighted})
    EXPECT_THAT(aggregate(how, one, std::vector{123.4}), ElementsAre(0.1F, -7.25F));
}

TEST(Aggregate, WithoutAnyAreaCountsAllAlike) {
  EXPECT_THAT(aggregate(Aggregate::area_weighted, std::vector<std::vector<float>>{{2}, {4}}, std::vector{0.0, 0.0}),
              ElementsAre(3));
}

TEST(Aggregate, RefusesWhatDoesNotFit) {
  EXPECT_THROW(aggregate(Aggregate::mean, {}, {}), Error);
  EXPECT_THROW(aggregate(Aggregate::mean, std::vector<std::vector<float>>{{1}, {1, 2}}, {}), Error);
  EXPECT_THROW(aggregate(Aggregate::area_weighted, kVectors, std::vector{1.0}), Error);
  EXPECT_THROW(directions(Aggregate::mean_maximum, kVectors, kAreas, std::vector{1.0, 1.0, 1.0}), Error);
}

TEST(Directions, AreTheGradientOfTheAggregate) {
  for (const Aggregate how : {Aggregate::mean, Aggregate::maximum, Aggregate::mean_maximum, Aggregate::area_weighted}) {
    std::vector<double> direction(width_of(how, 3));
    for (std::size_t i = 0; i < direction.size(); ++i) direction[i] = 0.5 + 0.25 * static_cast<double>(i);
    const auto score = [&](const std::vector<std::vector<float>>& vectors) {
      const auto values = aggregate(how, vectors, kAreas);
      double sum = 0;
      for (std::size_t i = 0; i < values.size(); ++i) sum += direction[i] * values[i];
      return sum;
    };
    const auto gradient = directions(how, kVectors, kAreas, direction);
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t i = 0; i < 2; ++i) {  // the third column is a tie: its maximum has no gradient
        auto moved = kVectors;
        moved[k][i] += 0.25F;
        EXPECT_NEAR((score(moved) - score(kVectors)) / 0.25, gradient[k][i], 1e-12);
      }
  }
  // A tie goes to the first image.
  EXPECT_THAT(directions(Aggregate::maximum, kVectors, {}, std::vector{0.0, 0.0, 1.0}),
              ElementsAre(ElementsAre(0, 0, 1), ElementsAre(0, 0, 0), ElementsAre(0, 0, 0)));
}

}  // namespace
}  // namespace radfuse::deep
