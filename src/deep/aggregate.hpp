// SPDX-License-Identifier: Apache-2.0
// From the vectors of a case's images to the vector of the case, and what a direction in the case's vector is for each
// of its images.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
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

/// One column of a linear score: coefficient * (x - centre) / scale.
struct LinearTerm {
  std::string column;
  double coefficient = 0;
  double scale = 1;
};
/// The gradient of a linear score with respect to the columns of one set, in their order: coefficient / scale, and 0
/// for a column that the score does not use. Terms of other sets and kinds are left out; a term that begins with
/// `prefix` ("deep.r18.us.") and is no column is an Error, and so is a scale of 0.
std::vector<double> linear_direction(std::span<const std::string> columns, std::string_view prefix,
                                     std::span<const LinearTerm> terms);

}  // namespace radfuse::deep
