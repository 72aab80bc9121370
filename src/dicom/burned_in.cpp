// SPDX-License-Identifier: Apache-2.0
// Connected strokes of one value in the margin of a picture.
#include "burned_in.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace radfuse::dicom {
namespace {

constexpr double kMargin = 0.15;          // of the width and of the height, on each side
constexpr std::int64_t kLeastHeight = 5;  // pixels: smaller letters cannot be read
constexpr double kMostHeight = 0.08;      // of the picture's height
constexpr double kMostFill = 0.8;         // of its box: letters leave room, marks do not
constexpr double kMostBackground = 0.2;   // of the margin: more is background, not ink
constexpr std::size_t kLeastLetters = 6;
constexpr std::size_t kMostStrokes = 2000;  // more is noise

struct Box {
  std::int64_t x0, y0, x1, y1, count;
  std::int64_t width() const { return x1 - x0 + 1; }
  std::int64_t height() const { return y1 - y0 + 1; }
};

class Margin {
 public:
  Margin(std::span<const float> values, std::int64_t columns, std::int64_t rows)
      : values_(values),
        columns_(columns),
        rows_(rows),
        left_(static_cast<std::int64_t>(kMargin * static_cast<double>(columns))),
        top_(static_cast<std::int64_t>(kMargin * static_cast<double>(rows))) {}

  bool has_line_of(float ink) const {
    std::vector<bool> open(values_.size());
    std::int64_t inked = 0, all = 0;
    for (std::int64_t y = 0; y < rows_; ++y)
      for (std::int64_t x = 0; x < columns_; ++x) {
        if (!inside(x, y)) continue;
        ++all;
        if (values_[at(x, y)] != ink) continue;
        open[at(x, y)] = true;
        ++inked;
      }
    if (inked == 0 || static_cast<double>(inked) > kMostBackground * static_cast<double>(all)) return false;
    return has_line(letters(open));
  }

 private:
  std::size_t at(std::int64_t x, std::int64_t y) const { return static_cast<std::size_t>(y * columns_ + x); }
  bool inside(std::int64_t x, std::int64_t y) const {
    return x < left_ || y < top_ || x >= columns_ - left_ || y >= rows_ - top_;
  }

  /// Takes the stroke that (x, y) belongs to out of `open`; neighbours touch at edges or corners.
  Box take(std::vector<bool>& open, std::int64_t x, std::int64_t y) const {
    Box box{x, y, x, y, 0};
    std::vector<std::pair<std::int64_t, std::int64_t>> todo{{x, y}};
    open[at(x, y)] = false;
    while (!todo.empty()) {
      const auto [cx, cy] = todo.back();
      todo.pop_back();
      ++box.count;
      box = {std::min(box.x0, cx), std::min(box.y0, cy), std::max(box.x1, cx), std::max(box.y1, cy), box.count};
      for (std::int64_t ny = std::max<std::int64_t>(cy - 1, 0); ny <= std::min(cy + 1, rows_ - 1); ++ny)
        for (std::int64_t nx = std::max<std::int64_t>(cx - 1, 0); nx <= std::min(cx + 1, columns_ - 1); ++nx)
          if (open[at(nx, ny)]) {
            open[at(nx, ny)] = false;
            todo.emplace_back(nx, ny);
          }
    }
    return box;
  }

  std::vector<Box> letters(std::vector<bool> open) const {
    std::vector<Box> found;
    const double most = std::max<double>(2 * kLeastHeight, kMostHeight * static_cast<double>(rows_));
    for (std::int64_t y = 0; y < rows_; ++y)
      for (std::int64_t x = 0; x < columns_; ++x) {
        if (!open[at(x, y)]) continue;
        const Box box = take(open, x, y);
        const bool thin = box.width() <= std::max<std::int64_t>(2, box.height() / 4);  // I, l, 1
        const bool sparse =
            static_cast<double>(box.count) <= kMostFill * static_cast<double>(box.width() * box.height());
        if (box.height() >= kLeastHeight && static_cast<double>(box.height()) <= most &&
            box.width() <= 2 * box.height() && (thin || sparse))
          found.push_back(box);
      }
    return found.size() > kMostStrokes ? std::vector<Box>{} : found;
  }

  /// Letters of about one height whose middles are at about one height, each near the one before.
  static bool has_line(const std::vector<Box>& letters) {
    for (const Box& first : letters) {
      std::vector<Box> line;
      for (const Box& other : letters) {
        const bool level = std::abs((other.y0 + other.y1) - (first.y0 + first.y1)) <= first.height();
        const bool alike = 2 * other.height() >= first.height() && other.height() <= 2 * first.height();
        if (level && alike) line.push_back(other);
      }
      std::sort(line.begin(), line.end(), [](const Box& a, const Box& b) { return a.x0 < b.x0; });
      std::size_t run = 1;
      for (std::size_t i = 1; i < line.size(); ++i) {
        run = line[i].x0 - line[i - 1].x1 <= 2 * first.height() ? run + 1 : 1;
        if (run >= kLeastLetters) return true;
      }
    }
    return false;
  }

  std::span<const float> values_;
  std::int64_t columns_, rows_, left_, top_;
};

}  // namespace

bool looks_written_on(std::span<const float> values, std::int64_t columns, std::int64_t rows) {
  if (values.empty()) return false;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low == *high) return false;
  const Margin margin(values, columns, rows);
  return margin.has_line_of(*high) || margin.has_line_of(*low);
}

}  // namespace radfuse::dicom
