// SPDX-License-Identifier: Apache-2.0
// Grad-CAM of a linear score of averaged maps is the coefficients on the maps (Zhou et al. 2016), whatever the network.
#include "heat.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "aggregate.hpp"
#include "seen.hpp"

namespace radfuse::deep {
namespace {

TEST(Heat, OfALinearScoreIsTheCoefficientsOnTheMaps) {
  EncoderParams params;
  params.architecture = Architecture::resnet20_cifar;
  params.random_weights = true;
  params.size = 32;
  params.layers = {"layer3"};
  const network::Encoder encoder = network::Encoder::load(params, {}, 7);
  raster::Seen crops;
  for (int k = 0; k < 2; ++k) {
    Patch image(1, 32, 32);
    for (std::size_t i = 0; i < image.values.size(); ++i)
      image.values[i] = static_cast<float>(0.5 + 0.5 * std::sin(0.1 * static_cast<double>(i % 32 * (i / 32)) + k));
    crops.images.push_back(image);
  }
  crops.areas = {1, 3};
  std::vector<double> direction(encoder.names().size());
  for (std::size_t i = 0; i < direction.size(); ++i) direction[i] = std::cos(static_cast<double>(i));

  const auto heat = heat_of(encoder, crops, Aggregate::area_weighted, direction);
  ASSERT_EQ(heat.size(), 2U);
  std::vector<Patch> wanted;
  for (std::size_t k = 0; k < 2; ++k) {
    std::vector<double> weights = direction;
    for (double& w : weights) w *= k == 0 ? 0.25 : 0.75;  // the share of its area
    wanted.push_back(raster::resize(weighted_map(encoder.maps(crops.images[k], "layer3").maps, weights), 1, 32, 32));
  }
  scale_together(wanted);
  float most = 0;
  for (std::size_t k = 0; k < 2; ++k)
    for (std::size_t i = 0; i < 32 * 32; ++i) {
      EXPECT_NEAR(heat[k].values[i], wanted[k].values[i], 1e-5);
      most = std::max(most, heat[k].values[i]);
    }
  EXPECT_EQ(most, 1);
}

}  // namespace
}  // namespace radfuse::deep
