// SPDX-License-Identifier: Apache-2.0
// Grad-CAM of a frozen encoder through a score of its features: the fused model's, for example.
#pragma once

#include <span>
#include <vector>

#include "radfuse/network/encoder.hpp"
#include "radfuse/network/params.hpp"
#include "radfuse/raster/views.hpp"

namespace radfuse::deep {

/// One map for each image of the case, of its size, the largest value of all 1 (all 0 where nothing speaks for the
/// score). `direction`: the gradient of the score with respect to the case's aggregated features, one value for each.
std::vector<Patch> heat_of(const network::Encoder& encoder, const raster::Seen& crops, Aggregate how,
                           std::span<const double> direction);

}  // namespace radfuse::deep
