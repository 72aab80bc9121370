// SPDX-License-Identifier: Apache-2.0
// Grad-CAM through aggregation.
#include "heat.hpp"

#include "aggregate.hpp"
#include "seen.hpp"

namespace radfuse::deep {

std::vector<Patch> heat_of(const network::Encoder& encoder, const raster::Seen& crops, Aggregate how,
                           std::span<const double> direction) {
  const auto vectors = encoder.features(crops.images, 1);
  const auto each = directions(how, vectors, crops.areas, direction);
  std::vector<Patch> maps;
  for (std::size_t i = 0; i < crops.images.size(); ++i) {
    const network::FeatureMaps gradient = encoder.gradient(crops.images[i], each[i]);
    const network::FeatureMaps last = encoder.maps(crops.images[i], gradient.layer);
    maps.push_back(grad_cam(last.maps, gradient.maps, crops.images[i]));
  }
  scale_together(maps);
  return maps;
}

}  // namespace radfuse::deep
