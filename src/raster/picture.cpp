// SPDX-License-Identifier: Apache-2.0
// Drawing into pictures, and PNG.
#include "radfuse/raster/picture.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "radfuse/base/error.hpp"

namespace radfuse::raster {
namespace {

// Opacity of a heat map from kFull of its range on.
constexpr double kOpacity = 0.5, kFull = 0.25;

std::size_t place(int width, int x, int y) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
}

void require_same_size(const Picture& picture, const Patch& patch, const char* who) {
  if (patch.depth != 1 || patch.height != picture.height || patch.width != picture.width)
    throw Error(ExitCode::bug, std::string(who) + ": the picture has another size");
}

}  // namespace

Picture::Picture(int w, int h, const Rgb& fill) : width(w), height(h) {
  rgb.reserve(3 * place(w, 0, h));
  for (std::size_t i = 0; i < place(w, 0, h); ++i) rgb.insert(rgb.end(), fill.begin(), fill.end());
}

Rgb Picture::at(int x, int y) const {
  const std::size_t i = 3 * place(width, x, y);
  return {rgb.at(i), rgb.at(i + 1), rgb.at(i + 2)};
}

void Picture::set(int x, int y, const Rgb& colour) {
  if (x < 0 || y < 0 || x >= width || y >= height) return;
  std::copy(colour.begin(), colour.end(), rgb.begin() + static_cast<std::ptrdiff_t>(3 * place(width, x, y)));
}

Picture grey_picture(const Patch& image, int channel) {
  if (image.depth != 1 || channel < 0 || channel >= image.channels)
    throw Error(ExitCode::bug, "grey_picture: no such channel, or a block");
  Picture picture(image.width, image.height, kBlack);
  const std::size_t first = place(image.width, 0, image.height) * static_cast<std::size_t>(channel);
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) {
    const float value = image.values[first + i / 3];
    picture.rgb[i] = static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255.0F));
  }
  return picture;
}

void lay_over(Picture& picture, const Patch& map) {
  require_same_size(picture, map, "lay_over");
  for (std::size_t i = 0; 3 * i < picture.rgb.size(); ++i) {
    const double value = std::clamp(static_cast<double>(map.values[i]), 0.0, 1.0);
    const double opacity = kOpacity * std::min(1.0, value / kFull);
    const Rgb colour = heat_colour(value);
    for (std::size_t c = 0; c < 3; ++c) {
      std::uint8_t& level = picture.rgb[3 * i + c];
      level = static_cast<std::uint8_t>(std::lround((1 - opacity) * level + opacity * colour[c]));
    }
  }
}

void outline(Picture& picture, const Patch& inside, const Rgb& colour, int thickness) {
  require_same_size(picture, inside, "outline");
  const auto is_in = [&](int x, int y) {
    return x >= 0 && y >= 0 && x < picture.width && y < picture.height &&
           inside.values[place(picture.width, x, y)] >= 0.5F;
  };
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) {
      if (!is_in(x, y)) continue;
      bool edge = false;
      for (int t = 1; t <= thickness && !edge; ++t)
        edge = !(is_in(x - t, y) && is_in(x + t, y) && is_in(x, y - t) && is_in(x, y + t));
      if (edge) picture.set(x, y, colour);
    }
}

void fill(Picture& picture, int x, int y, int width, int height, const Rgb& colour) {
  for (int row = std::max(y, 0); row < std::min(y + height, picture.height); ++row)
    for (int column = std::max(x, 0); column < std::min(x + width, picture.width); ++column)
      picture.set(column, row, colour);
}

void frame(Picture& picture, int x, int y, int width, int height, const Rgb& colour, int thickness) {
  fill(picture, x, y, width, thickness, colour);
  fill(picture, x, y + height - thickness, width, thickness, colour);
  fill(picture, x, y, thickness, height, colour);
  fill(picture, x + width - thickness, y, thickness, height, colour);
}

Picture colour_bar(int width, int height) {
  Picture bar(width, height, kBlack);
  for (int y = 0; y < height; ++y)
    fill(bar, 0, y, width, 1, heat_colour(height == 1 ? 1.0 : 1 - static_cast<double>(y) / (height - 1)));
  return bar;
}

Picture side_by_side(std::span<const Picture> pictures, int columns, int gap, const Rgb& background) {
  if (pictures.empty() || columns < 1) throw Error(ExitCode::bug, "side_by_side: no picture");
  const int count = static_cast<int>(pictures.size());
  columns = std::min(columns, count);
  const int rows = (count + columns - 1) / columns;
  // Each column is as wide as its widest picture, each row as high as its highest.
  std::vector<int> widths(static_cast<std::size_t>(columns), 0), heights(static_cast<std::size_t>(rows), 0);
  for (int i = 0; i < count; ++i) {
    int& w = widths[static_cast<std::size_t>(i % columns)];
    int& h = heights[static_cast<std::size_t>(i / columns)];
    w = std::max(w, pictures[static_cast<std::size_t>(i)].width);
    h = std::max(h, pictures[static_cast<std::size_t>(i)].height);
  }
  int width = gap, height = gap;
  for (const int w : widths) width += w + gap;
  for (const int h : heights) height += h + gap;
  Picture all(width, height, background);
  int y = gap;
  for (int row = 0; row < rows; ++row) {
    int x = gap;
    const int h = heights[static_cast<std::size_t>(row)];
    for (int column = 0; column < columns && row * columns + column < count; ++column) {
      const Picture& one = pictures[static_cast<std::size_t>(row * columns + column)];
      const int w = widths[static_cast<std::size_t>(column)];
      for (int r = 0; r < one.height; ++r)
        for (int c = 0; c < one.width; ++c)
          all.set(x + (w - one.width) / 2 + c, y + (h - one.height) / 2 + r, one.at(c, r));
      x += w + gap;
    }
    y += h + gap;
  }
  return all;
}

std::string png(const Picture& picture) {
  cv::Mat bgr(picture.height, picture.width, CV_8UC3);  // OpenCV stores blue first
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) {
      const Rgb colour = picture.at(x, y);
      bgr.at<cv::Vec3b>(y, x) = {colour[2], colour[1], colour[0]};
    }
  std::vector<unsigned char> bytes;
  if (!cv::imencode(".png", bgr, bytes)) throw Error(ExitCode::bug, "png: OpenCV could not write a PNG");
  return {bytes.begin(), bytes.end()};
}

}  // namespace radfuse::raster
