// SPDX-License-Identifier: Apache-2.0
// Pieces of a slice, windows and resizing, and the way back: what a network says about a piece, on the slice's grid.
// What a network sees of a case is put together in views.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "radfuse/volume/patch.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::raster {

/// Pixels [x, x+width) x [y, y+height) of a slice; may reach beyond its borders.
struct SliceBox {
  std::int64_t x = 0, y = 0, width = 0, height = 0;
  bool operator==(const SliceBox&) const = default;
};

/// Grey levels that become 0 and 1; what lies outside is clipped.
struct Window {
  double low = 0, high = 1;
};
/// Percentiles (0-100, linear between ranks) of the finite values. Throws CaseError when all are equal or none is
/// there.
Window percentile_window(std::span<const float> values, double low_percent = 0.5, double high_percent = 99.5);

/// The whole slice, extended to a square in millimetres about its centre.
SliceBox whole_box(const Grid& grid);

/// The pixels of the box, unchanged; beyond the slice's borders the nearest pixel is repeated.
Patch cut(const Volume& image, std::int64_t z, const SliceBox& box);
/// The mask as 0 and 1; 0 beyond the borders.
Patch cut(const Mask& mask, std::int64_t z, const SliceBox& box);

/// Bilinear with antialiasing: the triangle filter is widened by the factor of reduction, as in Pillow and in PyTorch's
/// interpolate(mode="bilinear", align_corners=False, antialias=True), which it matches (in double precision) to float
/// rounding.
Patch resize_image(const Patch& patch, int height, int width);
/// The same along all three axes, one after the other: columns, rows, depth.
Patch resize(const Patch& patch, int depth, int height, int width);
/// (value - low) / (high - low), clipped to [0, 1].
void normalise(Patch& patch, const Window& window);

/// The whole of slice z as size x size in [0, 1] (window as above); the square comes from whole_box.
Patch whole_slice(const Volume& image, std::int64_t z, int size, const std::optional<Window>& window);
/// The same piece of the mask, as 0 and 1 (at least half of a pixel's area inside).
Patch whole_slice(const Mask& mask, std::int64_t z, int size);

/// Writes channel `channel` of a patch, brought back to the box's own pixels, into slice z of `onto`.
void paste(const Patch& patch, int channel, const SliceBox& box, std::int64_t z, Volume& onto);

}  // namespace radfuse::raster
