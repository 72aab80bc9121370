// SPDX-License-Identifier: Apache-2.0
// From the vectors of a case's images to the vector of the case, and what a direction in the case's vector is for each
// of its images.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "radfuse/network/params.hpp"

namespace radfuse::deep {

/// Numbers of a case when an image has `width`: twice as many for mean_maximum.
std::size_t width_of(Aggregate how, std::size_t width);
/// Sums run over the images in their order, in double. `areas`: one for each vector (area_weighted only). Throws Error
/// (bug) when there is no vector, or lengths differ.
std::vector<double> aggregate(Aggregate how, std::span<const std::vector<float>> vectors,
                              std::span<const double> areas);

/// The gradient of sum(direction * aggregate) with respect to each image's vector: where a direction in the case's
/// features points for each image. A maximum goes to the first image that has it.
std::vector<std::vector<double>> directions(Aggregate how, std::span<const std::vector<float>> vectors,
                                            std::span<const double> areas, std::span<const double> direction);

}  // namespace radfuse::deep
