// SPDX-License-Identifier: Apache-2.0
// Augmentation keeps sizes, ranges and the agreement of image and mask, and repeats itself for the same stream.
#include "augment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace radfuse::network {
namespace {

TEST(Augment, MovesImageAndMaskTogether) {
  for (std::uint64_t i = 0; i < 50; ++i) {
    Patch image(1, 32, 32), mask(1, 32, 32);
    for (int y = 8; y < 20; ++y)
      for (int x = 2; x < 14; ++x) {
        image.values[static_cast<std::size_t>(y * 32 + x)] = 1;
        mask.values[static_cast<std::size_t>(y * 32 + x)] = 1;
      }
    Rng rng(1, "test", i);
    augment(image, mask, rng);
    // Relighting leaves the block above 0.5 and the ground below it; a mask that moved alone would miss a tenth at
    // least.
    int agree = 0;
    for (std::size_t k = 0; k < mask.values.size(); ++k) {
      EXPECT_THAT(mask.values[k], testing::AnyOf(0, 1));
      EXPECT_THAT(image.values[k], testing::AllOf(testing::Ge(0), testing::Le(1)));
      agree += (image.values[k] >= 0.5F) == (mask.values[k] != 0) ? 1 : 0;
    }
    EXPECT_GT(agree, 0.95 * 32 * 32) << i;
  }
}

TEST(Augment, RepeatsItselfForTheSameStream) {
  const auto make = [](std::uint64_t index) {
    Patch image(1, 8, 8, 0.5F), mask(1, 8, 8);
    image.values[9] = 1;
    Rng rng(1, "test", index);
    augment(image, mask, rng);
    return image.values;
  };
  EXPECT_EQ(make(3), make(3));
}

}  // namespace
}  // namespace radfuse::network
