// SPDX-License-Identifier: Apache-2.0
// From an image and a region to features, in the IBSI's order: interpolation, rounding, re-segmentation,
// discretisation, features.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radfuse/radiomics/params.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::radiomics {

/// "original.<family>.<feature>[.<aggregation>]" for every feature asked for, in the order of the columns. Throws
/// StudyError when no aggregation asked for applies to this kind of image.
std::vector<std::string> feature_names(const RadiomicsParams& params, bool two_dimensional);

struct Extraction {
  std::vector<double> values;                              ///< one for each of feature_names(); NaN where undefined
  std::vector<std::pair<std::string, std::string>> notes;  ///< feature and reason code, one for each NaN
  std::vector<double> region_diagnostics;                  ///< see diagnostics.hpp
};
/// Throws CaseError when the region is empty or becomes so. A large region (2^20 voxels) is worked on by `threads`
/// threads, which never changes a value.
Extraction extract(const Volume& image, const Mask& roi, const RadiomicsParams& params, bool two_dimensional,
                   int threads = 1);

/// What a reason code of Extraction::notes means; empty for an unknown one.
std::string_view explain_reason(std::string_view code);

/// Intensities as whole numbers from 1 to `count`; 0 outside the intensity mask.
struct GreyLevels {
  std::vector<std::uint16_t> levels;  ///< one for each voxel of Prepared::image
  int count = 0;                      ///< number of bins, empty ones included
};

/// The image around the bounding box, as far as local intensity reaches within the whole.
struct Surroundings {
  Volume image;
  std::array<std::int64_t, 3> offset{};  ///< where the bounding box begins in it
};

/// The image as the features see it, cut to the bounding box of the morphological mask.
struct Prepared {
  Grid whole;  ///< the uncut grid after interpolation
  Volume image;
  Mask morphological;  ///< the region as drawn
  Mask intensity;      ///< the region less what re-segmentation left out
  std::optional<GreyLevels> grey;
  std::optional<Surroundings> surroundings;  ///< only when local_intensity is among the families
};
Prepared prepare(const Volume& image, const Mask& roi, const RadiomicsParams& params, bool two_dimensional);

/// The mask of the region called `name`; `source` hands out the case's masks (mask or segment; of one label).
Mask region(const RadiomicsParams& params, std::string_view name, bool two_dimensional,
            const std::function<Mask(RoiSource, std::optional<int> label)>& source);

}  // namespace radfuse::radiomics
