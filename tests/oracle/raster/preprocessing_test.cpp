// SPDX-License-Identifier: Apache-2.0
// What a network sees, against numpy, scipy and PyTorch (scripts/oracles/preprocessing.py): every choice of slices,
// masking and grey scale within 1e-6.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/raster/views.hpp"

namespace radfuse::raster {
namespace {

Grid grid(const std::vector<std::string>& row) {
  Grid g;
  g.size = {*text::to_int(row[3]), *text::to_int(row[2]), *text::to_int(row[1])};
  g.spacing = {0.7, 0.9, 2.5};
  return g;
}

Volume volume(const Grid& g) {
  Volume v(g);
  for (int z = 0; z < g.size[2]; ++z)
    for (int y = 0; y < g.size[1]; ++y)
      for (int x = 0; x < g.size[0]; ++x)
        v.at(x, y, z) =
            static_cast<float>(100 + 90 * std::sin(0.04 * x * x + 0.3 * y) + 40 * std::cos(0.9 * z + 0.05 * x * y));
  return v;
}

Mask region(const Grid& g) {
  Mask m(g);
  const auto middle = std::min<std::int64_t>(6, g.size[2] - 1);
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x)
        m.at(x, y, z) =
            (x - 30) * (x - 30) * 324 + (y - 10) * (y - 10) * 576 + (z - middle) * (z - middle) * 2304 <= 20736;
  return m;
}

ViewSettings settings(const std::vector<std::string>& row) {
  static const std::map<std::string, Views> views = {
      {"largest_area", Views::largest_area}, {"n_largest", Views::n_largest},       {"all", Views::all},
      {"2.5d", Views::two_and_a_half},       {"three_planes", Views::three_planes}, {"3d", Views::block}};
  static const std::map<std::string, Masking> maskings = {
      {"none", Masking::none}, {"zero", Masking::zero}, {"soft", Masking::soft}};
  static const std::map<std::string, GreyScale::Kind> greys = {{"percentiles", GreyScale::Kind::percentiles},
                                                               {"window", GreyScale::Kind::window},
                                                               {"z_score", GreyScale::Kind::z_score}};
  ViewSettings s;
  s.views = views.at(row[4]);
  s.count = static_cast<int>(*text::to_int(row[5]));
  s.margin_mm = *text::to_double(row[6]);
  s.margin_fraction = *text::to_double(row[7]);
  s.masking = maskings.at(row[8]);
  s.soft_mm = *text::to_double(row[9]);
  s.grey = {greys.at(row[10]), *text::to_double(row[11]), *text::to_double(row[12])};
  s.size = static_cast<int>(*text::to_int(row[13]));
  return s;
}

TEST(Preprocessing, MatchesNumpyAndPyTorch) {
  const std::string table = read_file(RADFUSE_SOURCE_DIR "/tests/oracle/raster/preprocessing.csv");
  std::map<std::string, Seen> cases;
  std::map<std::string, std::size_t> images;
  std::size_t compared = 0;
  for (const std::string& line : text::split(table, '\n')) {
    if (line.empty() || line[0] == '#' || line.starts_with("case,")) continue;
    const auto row = text::split(line, ',');
    ASSERT_EQ(row.size(), 16U);
    if (!cases.contains(row[0])) cases[row[0]] = see(volume(grid(row)), region(grid(row)), settings(row));
    const auto wanted = text::split(row[15], ' ');
    const auto i = static_cast<std::size_t>(*text::to_int(row[14]));
    ASSERT_LT(i, cases[row[0]].images.size()) << row[0];
    const Patch& ours = cases[row[0]].images[i];
    ASSERT_EQ(ours.values.size(), wanted.size()) << row[0];
    double worst = 0;
    for (std::size_t k = 0; k < wanted.size(); ++k)
      worst = std::max(worst, std::abs(ours.values[k] - *text::to_double(wanted[k])));
    EXPECT_LE(worst, 1e-6) << row[0] << ", image " << i;
    ++images[row[0]];
    compared += wanted.size();
  }
  EXPECT_EQ(cases.size(), 11U);
  for (const auto& [name, seen] : cases) EXPECT_EQ(images[name], seen.images.size()) << name;
  EXPECT_GT(compared, 13000U);
}

}  // namespace
}  // namespace radfuse::raster
