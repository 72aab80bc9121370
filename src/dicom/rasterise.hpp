// SPDX-License-Identifier: Apache-2.0
// Polygons of one slice become pixels, and pixels become polygons.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace radfuse::dicom {

/// In continuous pixel indices: (0, 0) is the centre of the first pixel. At most 2^32 either way.
using PlanePoint = std::array<double, 2>;
/// Closed: an edge runs from the last point to the first.
using Polygon = std::vector<PlanePoint>;

/// Where polygons become pixels by the even-odd rule: a pixel is inside when its centre lies in an odd number of them
/// (or an odd number of times in one). An edge belongs to the pixels above and to the right of it: of a centre on an
/// edge, the region on the side of higher x (or, along a row, of higher y) has it, so that two regions with an edge in
/// common never both have a centre, and never both lack it. Points are snapped to 2^-24 pixel first, so that a centre
/// meant to lie on an edge does; from there on the decision is exact.
class SliceRaster {
 public:
  SliceRaster(std::int64_t width, std::int64_t height);
  /// Time in proportion to the points and the rows that their edges cross.
  void add(const Polygon& polygon);
  /// Sets `pixels` (width * height, row by row) to 0 and 1, and starts anew.
  void take(std::span<std::uint8_t> pixels);

 private:
  struct Fixed {
    std::int64_t x, y;  ///< in 2^-24 pixel
  };
  static Fixed fixed(const PlanePoint& point);
  void add_edge(Fixed a, Fixed b);
  /// The first pixel of row y whose centre is not to the left of the edge from a up to b.
  std::int64_t first_right_of(Fixed a, Fixed b, std::int64_t y) const;
  std::int64_t width_, height_;
  std::int64_t lowest_, highest_;      ///< rows that were touched
  std::vector<std::uint8_t> toggles_;  ///< (width + 1) a row: the parity changes from here to the right
};

/// The outlines of the pixels that are set, along pixel edges, holes as polygons of their own, corners only. Drawn back
/// by SliceRaster they give the same pixels: every centre is half a pixel away from every edge.
std::vector<Polygon> outlines(std::span<const std::uint8_t> pixels, std::int64_t width, std::int64_t height);

}  // namespace radfuse::dicom
