// SPDX-License-Identifier: Apache-2.0
// The resize against PyTorch's (scripts/oracles/antialiased_resize.py), in double precision, to 2e-7 (float32 results
// in [0, 1]).
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <utility>

#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/raster/crop.hpp"

namespace radfuse::raster {
namespace {

Patch chirp() {
  Patch p(1, 19, 27);
  for (int y = 0; y < 19; ++y)
    for (int x = 0; x < 27; ++x)
      p.values[static_cast<std::size_t>(y * 27 + x)] =
          static_cast<float>(0.5 + 0.45 * std::sin(0.05 * x * x + 0.3 * y));
  return p;
}

TEST(AntialiasedResize, MatchesPyTorch) {
  const std::string table = read_file(RADFUSE_SOURCE_DIR "/tests/oracle/raster/antialiased_resize.csv");
  std::map<std::pair<int, int>, Patch> made;
  std::size_t rows = 0;
  for (const std::string& line : text::split(table, '\n')) {
    if (line.empty() || line[0] == '#' || line[0] == 'h') continue;
    const auto cells = text::split(line, ',');
    const auto number = [&](std::size_t i) { return static_cast<int>(text::to_int(cells[i]).value()); };
    const std::pair size{number(0), number(1)};
    if (!made.contains(size)) made[size] = resize_image(chirp(), size.first, size.second);
    const float ours = made[size].values[static_cast<std::size_t>(number(2) * size.second + number(3))];
    EXPECT_NEAR(ours, text::to_double(cells[4]).value(), 2e-7) << line;
    ++rows;
  }
  EXPECT_EQ(rows, 64U + 31 * 40 + 280 + 95 + 1);
}

}  // namespace
}  // namespace radfuse::raster
