// SPDX-License-Identifier: Apache-2.0
// Pictures for people, in colour: images with outlines, frames, heat maps and bars, side by side in one PNG.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "radfuse/volume/patch.hpp"

namespace radfuse::raster {

using Rgb = std::array<std::uint8_t, 3>;
inline constexpr Rgb kBlack{0, 0, 0}, kWhite{255, 255, 255}, kRegionColour{70, 225, 255};

struct Picture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  ///< rows from top to bottom, 3 bytes a pixel
  Picture() = default;
  Picture(int w, int h, const Rgb& fill);
  Rgb at(int x, int y) const;
  void set(int x, int y, const Rgb& colour);  ///< nothing beyond the borders
};

/// 0 to 1 as a colour, from dark blue through red to light yellow. Even for the eye: equal steps are equal distances in
/// CIELAB, and lightness rises all the way, so that it reads in grey print, too.
Rgb heat_colour(double value);

/// One channel of an image, 0 black and 1 white; what lies outside is clipped.
Picture grey_picture(const Patch& image, int channel = 0);
/// Lays a map of the picture's size (values in [0, 1]) over it: half see-through from a quarter of the range on, fading
/// out below, so that what the map leaves cold stays as it was.
void lay_over(Picture& picture, const Patch& map);
/// A line, `thickness` pixels wide, along the inside of what is at least 0.5 in a patch of the picture's size.
void outline(Picture& picture, const Patch& inside, const Rgb& colour, int thickness = 1);
/// The border of the rectangle [x, x + width) x [y, y + height), drawn inside it.
void frame(Picture& picture, int x, int y, int width, int height, const Rgb& colour, int thickness = 1);
void fill(Picture& picture, int x, int y, int width, int height, const Rgb& colour);
/// The colours of a heat map, cold at the bottom.
Picture colour_bar(int width, int height);

/// Pictures of any sizes in rows of `columns`, each centred in its cell; `gap` pixels between and around them.
Picture side_by_side(std::span<const Picture> pictures, int columns, int gap, const Rgb& background = kWhite);

/// 8-bit RGB; the same picture gives the same bytes.
std::string png(const Picture& picture);

}  // namespace radfuse::raster
