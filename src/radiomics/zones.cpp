// SPDX-License-Identifier: Apache-2.0
// Zones by union-find in one array of 32 bits a voxel, which first holds distances. The second sweep of the taxicab
// distance (Rosenfeld and Pfaltz 1966) and the search for zones are one pass from the last row to the first.
#include "zones.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <vector>

#include "radfuse/base/stop.hpp"
#include "row_window.hpp"

namespace radfuse::radiomics {
namespace {

/// Neighbours that come before a voxel in the pass: those within the slice, then those in the slice above.
struct Offset {
  int x, y, z;
};
constexpr std::array<Offset, 13> kBefore{{{1, 0, 0},
                                          {-1, 1, 0},
                                          {0, 1, 0},
                                          {1, 1, 0},
                                          {-1, -1, 1},
                                          {0, -1, 1},
                                          {1, -1, 1},
                                          {-1, 0, 1},
                                          {0, 0, 1},
                                          {1, 0, 1},
                                          {-1, 1, 1},
                                          {0, 1, 1},
                                          {1, 1, 1}}};
constexpr std::size_t kInSlice = 4;

bool adjacent(const Offset& a, const Offset& b) {
  return std::abs(a.x - b.x) <= 1 && std::abs(a.y - b.y) <= 1 && std::abs(a.z - b.z) <= 1;
}

/// For a set of neighbours of one grey level: one of each connected group. The others are joined to it already.
std::vector<std::uint16_t> representatives() {
  std::array<std::uint32_t, kBefore.size()> beside{};
  for (std::size_t a = 0; a < kBefore.size(); ++a)
    for (std::size_t b = 0; b < kBefore.size(); ++b)
      if (adjacent(kBefore[a], kBefore[b])) beside[a] |= 1U << b;
  std::vector<std::uint16_t> table(std::size_t{1} << kBefore.size(), 0);
  for (std::uint32_t set = 0; set < table.size(); ++set)
    for (std::uint32_t left = set; left != 0;) {
      const std::uint32_t first = left & (~left + 1);
      table[set] = static_cast<std::uint16_t>(table[set] | first);
      std::uint32_t open = first;
      while (open != 0) {
        left &= ~open;
        const auto next = static_cast<std::size_t>(std::countr_zero(open));
        open = ((open & (open - 1)) | beside[next]) & left;
      }
    }
  return table;
}

/// Bit k of out[x]: here[x] is a grey level, and before[k][x] the same. Writes whole Lanes.
RADFUSE_CLONES void match(const std::uint16_t* here, const std::array<const std::uint16_t*, 13>& before,
                          std::size_t count, std::int64_t n, std::uint16_t* out) {
  for (std::int64_t x = 0; x < n; x += kLanes) {
    Lanes level, other, bits = {}, bit = Lanes{} + std::uint16_t{1};
    std::memcpy(&level, here + x, sizeof level);
    if (none(here + x)) {
      std::memcpy(out + x, &bits, sizeof bits);
      continue;
    }
    for (std::size_t k = 0; k < count; ++k, bit += bit) {
      std::memcpy(&other, before[k] + x, sizeof other);
      bits |= reinterpret_cast<Lanes>(other == level) & bit;
    }
    bits &= reinterpret_cast<Lanes>(level != 0);
    std::memcpy(out + x, &bits, sizeof bits);
  }
}

class ZoneFinder {
 public:
  ZoneFinder(const ZoneInput& input, unsigned size_bits)
      : in_(input), step_{1, input.size[0], input.size[0] * input.size[1]} {
    // The border lies within half of the narrowest side.
    std::int64_t narrow = std::min(in_.size[0], in_.size[1]);
    if (!in_.planar) narrow = std::min(narrow, in_.size[2]);
    const unsigned left = 31U - static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(narrow / 2 + 1)));
    size_bits_ = size_bits > 0 ? std::min(size_bits, left) : left;
    size_mask_ = (1U << size_bits_) - 1;
    cells_.resize(static_cast<std::size_t>(step_[2] * in_.size[2]));
    hits_.resize(static_cast<std::size_t>(in_.size[0]));
    edge_.resize(static_cast<std::size_t>(in_.size[0]));
  }

  void run() {
    measure_forward();
    const std::size_t neighbours = in_.size[2] > 1 ? kBefore.size() : kInSlice;
    RowWindow rows(in_.levels, in_.size, 1, 0, in_.size[2] > 1 ? 1 : 0);
    std::vector<std::uint16_t> matches(static_cast<std::size_t>((in_.size[0] + kLanes - 1) / kLanes * kLanes));
    // Distances of the row below (y + 1) and, where there are several slices, of the slice above.
    std::vector<std::uint32_t> finished(static_cast<std::size_t>(in_.planar ? step_[1] : step_[2]), 0);
    std::array<std::ptrdiff_t, 13> offset{};
    for (std::size_t k = 0; k < neighbours; ++k)
      offset[k] = kBefore[k].x + kBefore[k].y * step_[1] + kBefore[k].z * step_[2];
    for (std::int64_t z = in_.size[2] - 1; z >= 0; --z) {
      throw_if_stopped();
      for (std::int64_t y = in_.size[1] - 1; y >= 0; --y) {
        finish_row(y, z, finished);
        rows.move_to(y, z);
        std::array<const std::uint16_t*, 13> before{};
        for (std::size_t k = 0; k < neighbours; ++k) before[k] = rows.row(kBefore[k].y, kBefore[k].z) + kBefore[k].x;
        match(rows.row(0, 0), before, neighbours, in_.size[0], matches.data());
        join_row(y * step_[1] + z * step_[2], matches, offset);
      }
    }
  }

  void report(const std::function<void(const Zone&)>& each) {
    std::map<std::uint32_t, std::int64_t> large;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      const std::uint32_t cell = cells_[i];
      if ((cell & kRoot) == 0) continue;
      if ((cell & size_mask_) == size_mask_)
        large.emplace(static_cast<std::uint32_t>(i), 0);
      else
        each({in_.levels[i], cell & size_mask_, (cell & ~kRoot) >> size_bits_});
    }
    if (large.empty()) return;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (in_.levels[i] == 0) continue;
      const auto found = large.find(root_of(static_cast<std::uint32_t>(i)));
      if (found != large.end()) ++found->second;
    }
    for (const auto& [root, size] : large) each({in_.levels[root], size, (cells_[root] & ~kRoot) >> size_bits_});
  }

 private:
  /// A root holds this bit, the least distance of its zone and the size (at most size_mask_); another voxel of the zone
  /// the index of one nearer to the root.
  static constexpr std::uint32_t kRoot = 1U << 31;

  /// Steps from outside, coming from lower indices only.
  void measure_forward() {
    const std::vector<std::uint32_t> outside(static_cast<std::size_t>(in_.size[0]), in_.planar ? kRoot : 0);
    for (std::int64_t z = 0; z < in_.size[2]; ++z) {
      throw_if_stopped();
      for (std::int64_t y = 0; y < in_.size[1]; ++y) {
        const std::int64_t start = y * step_[1] + z * step_[2];
        std::uint32_t* row = cells_.data() + start;
        const std::uint32_t* up = y > 0 ? row - step_[1] : edge_.data();
        const std::uint32_t* under = z > 0 ? row - step_[2] : outside.data();
        const std::uint8_t* region = in_.region + start;
        std::uint32_t run = 0;
        for (std::int64_t x = 0; x < in_.size[0]; ++x) {
          const std::uint32_t inside = 0U - static_cast<std::uint32_t>(region[x] != 0);
          run = std::min(run + 1, (std::min(up[x], under[x]) + 1) & inside);
          row[x] = run;
        }
      }
    }
  }

  /// The same from higher indices; distances end up in `finished`, and every voxel of the intensity mask is a zone.
  void finish_row(std::int64_t y, std::int64_t z, std::vector<std::uint32_t>& finished) {
    const std::int64_t start = y * step_[1] + z * step_[2];
    std::uint32_t* row = cells_.data() + start;
    std::uint32_t* done = finished.data() + (in_.planar ? 0 : y * step_[1]);
    const std::uint32_t* below = in_.planar ? done : y + 1 == in_.size[1] ? edge_.data() : done + step_[1];
    const std::uint16_t* level = in_.levels + start;
    std::uint32_t run = 0;
    for (std::int64_t x = in_.size[0] - 1; x >= 0; --x) {
      run = std::min(run + 1, std::min(row[x], std::min(below[x], done[x]) + 1));
      done[x] = run;
      row[x] = level[x] != 0 ? kRoot | run << size_bits_ | 1U : 0;
    }
  }

  /// Unites the voxels of a row with those before them.
  void join_row(std::int64_t start, const std::vector<std::uint16_t>& matches,
                const std::array<std::ptrdiff_t, 13>& offset) {
    static const std::vector<std::uint16_t> kRepresentatives = representatives();
    // Noise has few matches: collecting their places first spares the processor wrong guesses.
    std::size_t count = 0;
    for (std::size_t x = 0; x < hits_.size(); ++x) {
      hits_[count] = static_cast<std::uint32_t>(x);
      count += matches[x] != 0;
    }
    for (std::size_t k = 0; k < count; ++k) {
      const std::int64_t i = start + hits_[k];
      for (std::uint32_t set = kRepresentatives[matches[hits_[k]]]; set != 0; set &= set - 1)
        unite(static_cast<std::uint32_t>(i),
              static_cast<std::uint32_t>(i + offset[static_cast<std::size_t>(std::countr_zero(set))]));
    }
  }

  std::uint32_t root_of(std::uint32_t i) {
    for (;;) {
      const std::uint32_t parent = cells_[i];
      if ((parent & kRoot) != 0) return i;
      const std::uint32_t above = cells_[parent];
      if ((above & kRoot) != 0) return parent;
      cells_[i] = above;
      i = above;
    }
  }

  void unite(std::uint32_t a, std::uint32_t b) {
    a = root_of(a);
    b = root_of(b);
    if (a == b) return;
    if ((cells_[a] & size_mask_) < (cells_[b] & size_mask_)) std::swap(a, b);
    const std::uint32_t nearer = std::min(cells_[a], cells_[b]) & ~size_mask_;
    cells_[a] = nearer | std::min((cells_[a] & size_mask_) + (cells_[b] & size_mask_), size_mask_);
    cells_[b] = a;
  }

  ZoneInput in_;
  std::array<std::ptrdiff_t, 3> step_;
  unsigned size_bits_ = 0;
  std::uint32_t size_mask_ = 0;
  std::vector<std::uint32_t> cells_, hits_, edge_;  // edge_: distances of a row outside
};

}  // namespace

bool zones_fit(const std::array<std::int64_t, 3>& size) {
  return size[0] * size[1] * size[2] < std::int64_t{1} << 31;
}

void find_zones(const ZoneInput& input, const std::function<void(const Zone&)>& each, unsigned size_bits) {
  ZoneFinder finder(input, size_bits);
  finder.run();
  finder.report(each);
}

}  // namespace radfuse::radiomics
