// SPDX-License-Identifier: Apache-2.0
// Ultrasound pictures: what part of the screen shows tissue, and how large its pixels are (PS3.3, C.8.5.5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dcmtk.hpp"
#include "plane_spacing.hpp"
#include "radfuse/dicom/params.hpp"

namespace radfuse::dicom {

enum class RegionData { tissue, colour_flow, other };

/// One item of SequenceOfUltrasoundRegions that lies in the picture.
struct UltrasoundRegion {
  bool is_plane = false;  ///< RegionSpatialFormat 2D, not M-mode, spectrum, curve or graphics
  RegionData data = RegionData::other;
  std::int64_t x0 = 0, y0 = 0, x1 = 0, y1 = 0;  ///< first and last pixel
  std::optional<PlaneSpacing> spacing;          ///< where both axes are in cm

  std::int64_t area() const { return (x1 - x0 + 1) * (y1 - y0 + 1); }
};

std::vector<UltrasoundRegion> ultrasound_regions(DcmItem& header, std::int64_t columns, std::int64_t rows);

struct UltrasoundView {
  std::optional<PlaneSpacing> spacing;
  std::optional<std::array<std::int64_t, 4>> crop;  ///< first x, first y, width, height; nothing: the whole picture
};

/// `says_colour`: UltrasoundColorDataPresent (0028,0014) is 1. Throws InputError for colour flow, as params say, and
/// for tissue regions of different scale of which none is clearly the main one.
UltrasoundView ultrasound_view(const std::vector<UltrasoundRegion>& regions, bool says_colour,
                               const UltrasoundParams& params, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
