// SPDX-License-Identifier: Apache-2.0
// Sums over cubes that slide along z, y and x, with the number of voxels in the upper bits of the sum of their grey
// levels; comparisons of rows with the rows around them.
#include "neighbourhood.hpp"

#include <algorithm>
#include <cstring>

#include "radfuse/base/stop.hpp"
#include "row_window.hpp"

namespace radfuse::radiomics {
namespace {

/// A sum of grey levels below, the number of voxels above: 41^3 voxels of level 65,535 need 33 and 17 bits. Differences
/// of such words are exact, since they wrap.
using Word = std::uint64_t;
constexpr unsigned kCountShift = 40;
constexpr Word kOne = Word{1} << kCountShift;

using FourLevels = std::uint16_t __attribute__((vector_size(8)));
using FourWords = Word __attribute__((vector_size(32)));

RADFUSE_CLONES void add_row(const std::uint16_t* levels, std::int64_t n, bool subtract, Word* sums) {
  const Word flip = subtract ? ~Word{0} : 0;
  const std::int64_t whole = n / 4 * 4;
  for (std::int64_t x = 0; x < whole; x += 4) {
    FourLevels some;
    FourWords sum;
    std::memcpy(&some, levels + x, sizeof some);
    std::memcpy(&sum, sums + x, sizeof sum);
    FourWords word = __builtin_convertvector(some, FourWords);
    word |= reinterpret_cast<FourWords>(word != 0) & kOne;
    sum += (word ^ flip) - flip;  // two's complement: -word
    std::memcpy(sums + x, &sum, sizeof sum);
  }
  for (std::int64_t x = whole; x < n; ++x) {
    const Word word = levels[x] == 0 ? 0 : kOne | levels[x];
    sums[x] += (word ^ flip) - flip;
  }
}

/// Sums over cubes, moved slice by slice: what enters is added, what leaves is taken away.
class CubeSums {
 public:
  CubeSums(const std::uint16_t* levels, const std::array<std::int64_t, 3>& size, int distance)
      : levels_(levels), size_(size), reach_(distance), deep_(size[2] > 1 ? distance : 0) {
    column_.resize(static_cast<std::size_t>(size[0] + 2 * reach_));
    cubes_.assign(static_cast<std::size_t>(size[0] * (size[2] > 1 ? size[1] : 1)), 0);
  }

  /// Calls on_row(y, z, sums of the row's cubes) for every row in order.
  template <class OnRow>
  void run(const OnRow& on_row) {
    for (std::int64_t enter = 0; enter < size_[2] + deep_; ++enter) {
      throw_if_stopped();
      const std::int64_t leave = enter - 2 * deep_ - 1, z = enter - deep_;
      std::fill(column_.begin(), column_.end(), 0);
      for (std::int64_t y = 0; y < std::min(reach_, size_[1]); ++y) add_rows(y, enter, leave, false);
      for (std::int64_t y = 0; y < size_[1]; ++y) {
        add_rows(y + reach_, enter, leave, false);
        add_rows(y - reach_ - 1, enter, leave, true);
        Word* row = cubes_.data() + (size_[2] > 1 ? y * size_[0] : 0);
        slide(row);
        if (z >= 0) on_row(y, z, row);
      }
    }
  }

 private:
  void add_rows(std::int64_t y, std::int64_t enter, std::int64_t leave, bool subtract) {
    if (y < 0 || y >= size_[1]) return;
    Word* column = column_.data() + reach_;
    if (enter < size_[2]) add_row(levels_ + (enter * size_[1] + y) * size_[0], size_[0], subtract, column);
    if (leave >= 0) add_row(levels_ + (leave * size_[1] + y) * size_[0], size_[0], !subtract, column);
  }
  /// Adds the windows over the columns to a row of cubes; in one slice they are all there is.
  void slide(Word* row) const {
    const Word* first = column_.data();
    const Word* last = first + 2 * reach_;
    const Word keep = size_[2] > 1 ? ~Word{0} : 0;
    Word sum = 0;
    for (const Word* w = first; w != last; ++w) sum += *w;
    for (std::int64_t x = 0; x < size_[0]; ++x) {
      sum += last[x];
      row[x] = (row[x] & keep) + sum;
      sum -= first[x];
    }
  }

  const std::uint16_t* levels_;
  std::array<std::int64_t, 3> size_;
  std::int64_t reach_, deep_;
  std::vector<Word> column_, cubes_;
};

/// Adds to alike[x] how many of rows[...][x - reach ... x + reach] are within `coarseness` of here[x]. At most 65,535
/// are compared. Writes whole Lanes; those without any grey level are left out.
RADFUSE_CLONES void count_alike(const std::uint16_t* here, const std::uint16_t* const* rows, std::size_t count,
                                std::int64_t reach, std::uint16_t coarseness, std::int64_t n, std::uint32_t* alike) {
  const auto top = static_cast<std::uint16_t>(65535 - coarseness);
  for (std::int64_t x = 0; x < n; x += kLanes) {
    Lanes level, other;
    if (none(here + x)) continue;
    std::memcpy(&level, here + x, sizeof level);
    const Lanes one = Lanes{} + std::uint16_t{1};
    const Lanes low = level > coarseness ? level - coarseness : one;
    const Lanes width = (level > top ? ~Lanes{} : level + coarseness) - low;
    Lanes sum = {};
    for (std::size_t k = 0; k < count; ++k)
      for (std::int64_t dx = -reach; dx <= reach; ++dx) {
        std::memcpy(&other, rows[k] + x + dx, sizeof other);
        sum -= reinterpret_cast<Lanes>(other - low <= width);
      }
    std::array<std::uint16_t, kLanes> sums;
    std::memcpy(&sums, &sum, sizeof sums);
    for (std::size_t k = 0; k < sums.size(); ++k) alike[static_cast<std::size_t>(x) + k] += sums[k];
  }
}

}  // namespace

void add_tones(const std::uint16_t* levels, const std::array<std::int64_t, 3>& size, int distance,
               std::vector<Tone>& by_level) {
  CubeSums(levels, size, distance).run([&](std::int64_t y, std::int64_t z, const Word* cubes) {
    const std::uint16_t* row = levels + (z * size[1] + y) * size[0];
    for (std::int64_t x = 0; x < size[0]; ++x) {
      if (row[x] == 0) continue;
      const auto neighbours = static_cast<std::int64_t>(cubes[x] >> kCountShift) - 1;
      if (neighbours == 0) continue;
      const std::int64_t level = row[x], sum = static_cast<std::int64_t>(cubes[x] & (kOne - 1)) - level;
      Tone& tone = by_level[row[x]];
      tone.difference += static_cast<double>(std::abs(neighbours * level - sum)) / static_cast<double>(neighbours);
      ++tone.count;
    }
  });
}

void count_dependences(
    const std::uint16_t* levels, const std::array<std::int64_t, 3>& size, int distance, int coarseness,
    const std::function<void(const std::uint16_t* levels, const std::uint32_t* alike, std::int64_t n)>& on_row) {
  const int deep = size[2] > 1 ? distance : 0;
  RowWindow window(levels, size, distance, -deep, deep);
  std::vector<const std::uint16_t*> rows;
  std::vector<std::uint32_t> alike(static_cast<std::size_t>((size[0] + kLanes - 1) / kLanes * kLanes));
  const std::size_t at_once = 65535 / static_cast<std::size_t>(2 * distance + 1);
  for (std::int64_t z = 0; z < size[2]; ++z) {
    throw_if_stopped();
    for (std::int64_t y = 0; y < size[1]; ++y) {
      window.move_to(y, z);
      rows.clear();
      for (int dz = -deep; dz <= deep; ++dz)
        for (int dy = -distance; dy <= distance; ++dy) rows.push_back(window.row(dy, dz));
      std::fill(alike.begin(), alike.end(), 0);
      for (std::size_t first = 0; first < rows.size(); first += at_once)
        count_alike(window.row(0, 0), rows.data() + first, std::min(at_once, rows.size() - first), distance,
                    static_cast<std::uint16_t>(coarseness), size[0], alike.data());
      on_row(levels + (z * size[1] + y) * size[0], alike.data(), size[0]);
    }
  }
}

}  // namespace radfuse::radiomics
