// SPDX-License-Identifier: Apache-2.0
// A slice with outlines as a PNG.
#include "radfuse/raster/overlay.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "radfuse/base/error.hpp"

namespace radfuse::raster {
namespace {

void draw(const Mask& mask, std::int64_t z, const std::array<std::uint8_t, 3>& rgb, cv::Mat& picture) {
  const auto inside = [&](int row, int column) {
    if (row < 0 || column < 0 || row >= picture.rows || column >= picture.cols) return false;
    const auto x = static_cast<std::int64_t>((column + 0.5) * static_cast<double>(mask.grid.size[0]) / picture.cols);
    const auto y = static_cast<std::int64_t>((row + 0.5) * static_cast<double>(mask.grid.size[1]) / picture.rows);
    return mask.at(x, y, z) != 0;
  };
  for (int row = 0; row < picture.rows; ++row)
    for (int column = 0; column < picture.cols; ++column)
      if (inside(row, column) &&
          !(inside(row - 1, column) && inside(row + 1, column) && inside(row, column - 1) && inside(row, column + 1)))
        picture.at<cv::Vec3b>(row, column) = {rgb[2], rgb[1], rgb[0]};  // OpenCV stores blue first
}

}  // namespace

std::string overlay_png(const Volume& image, std::int64_t z, const Window& window, std::span<const Outline> outlines,
                        int side) {
  const double width_mm = static_cast<double>(image.grid.size[0]) * image.grid.spacing[0];
  const double height_mm = static_cast<double>(image.grid.size[1]) * image.grid.spacing[1];
  const double scale = side / std::max(width_mm, height_mm);
  const auto pixels = [&](double mm) { return std::max(1, static_cast<int>(std::lround(mm * scale))); };

  Patch grey = cut(image, z, {0, 0, image.grid.size[0], image.grid.size[1]});
  normalise(grey, window);
  grey = resize_image(grey, pixels(height_mm), pixels(width_mm));

  cv::Mat picture(grey.height, grey.width, CV_8UC3);
  for (int row = 0; row < grey.height; ++row)
    for (int column = 0; column < grey.width; ++column) {
      const float v = grey.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(grey.width) +
                                  static_cast<std::size_t>(column)];
      const auto level = static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0F, 1.0F) * 255.0F));
      picture.at<cv::Vec3b>(row, column) = {level, level, level};
    }
  for (const Outline& outline : outlines) {
    if (outline.mask == nullptr) continue;
    if (outline.mask->grid.size != image.grid.size)
      throw Error(ExitCode::bug, "overlay_png: the mask is on another grid");
    draw(*outline.mask, z, outline.rgb, picture);
  }
  std::vector<unsigned char> bytes;
  if (!cv::imencode(".png", picture, bytes)) throw Error(ExitCode::bug, "overlay_png: OpenCV could not write a PNG");
  return {bytes.begin(), bytes.end()};
}

}  // namespace radfuse::raster
