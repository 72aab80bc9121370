// SPDX-License-Identifier: Apache-2.0
// Pictures for people: a slice with the outlines of masks, as a PNG.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "radfuse/raster/crop.hpp"

namespace radfuse::raster {

struct Outline {
  const Mask* mask = nullptr;  ///< on the image's grid
  std::array<std::uint8_t, 3> rgb{255, 200, 0};
};

/// 8-bit RGB PNG of slice z: grey levels by the window, each outline drawn one picture pixel wide around its mask's
/// pixels, later ones on top. The picture's longer side is `side` pixels and its shape that of the slice in
/// millimetres.
std::string overlay_png(const Volume& image, std::int64_t z, const Window& window, std::span<const Outline> outlines,
                        int side = 384);

}  // namespace radfuse::raster
