// SPDX-License-Identifier: Apache-2.0
// The fast way: grey levels in bytes, a table of pairs for each direction in the nearest cache, runs found eight voxels
// at a time.
#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>
#include <utility>

#include "directional.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

constexpr std::size_t kAll = kDirections.size();
constexpr std::uint64_t kHigh = 0x8080808080808080U;
static_assert(std::endian::native == std::endian::little, "byte k of a word is voxel k of a row");

std::uint64_t eight(const std::uint8_t* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}
/// The high bit of every byte that is 0.
std::uint64_t zero_bytes(std::uint64_t word) {
  return ~(((word & ~kHigh) + ~kHigh) | word | ~kHigh);
}

/// Pairs in order (first voxel, its neighbour). Rank 0 (outside) has a column of its own, so that no neighbour needs
/// to be asked whether it is inside; the column is never read. 16-bit counters keep the tables of 32 grey levels
/// within 32 KiB; they are emptied into wide ones before any can overflow.
template <std::size_t kSide>
class PairTables {
 public:
  explicit PairTables(std::size_t directions)
      : directions_(directions), small_(kSide * kAll * kSide, 0), wide_(directions * kSide * kSide, 0) {}

  template <bool kDepth>
  void add_row(const Ranks<std::uint8_t>& ranks, std::int64_t y, std::int64_t z) {
    if (since_emptied_ + ranks.size[0] > 65535) empty();
    since_emptied_ += ranks.size[0];
    const std::uint8_t* const here = ranks.row(y, z);
    const std::ptrdiff_t dx = ranks.reach[0], dy = ranks.reach[1] * ranks.step[1], dz = ranks.reach[2] * ranks.step[2];
    const std::uint8_t* const next_row = here + dy;
    const std::uint8_t *const above = here + dz, *const above_next = above + dy, *const above_last = above - dy;
    std::uint16_t* const tables = small_.data();
    const std::ptrdiff_t end = static_cast<std::ptrdiff_t>(ranks.size[0]);
    for (std::ptrdiff_t x = 0; x < end; ++x) {
      if (here[x] == 0) continue;
      std::uint16_t* const t = tables + here[x] * (kAll * kSide);
      const std::ptrdiff_t right = x + dx, left = x - dx;
      ++t[0 * kSide + here[right]];
      ++t[1 * kSide + next_row[x]];
      ++t[2 * kSide + next_row[right]];
      ++t[3 * kSide + next_row[left]];
      if constexpr (kDepth) {
        ++t[4 * kSide + above[x]];
        ++t[5 * kSide + above[right]];
        ++t[6 * kSide + above[left]];
        ++t[7 * kSide + above_next[x]];
        ++t[8 * kSide + above_last[x]];
        ++t[9 * kSide + above_next[right]];
        ++t[10 * kSide + above_next[left]];
        ++t[11 * kSide + above_last[right]];
        ++t[12 * kSide + above_last[left]];
      }
    }
  }
  /// Call before list() and end_slice().
  void empty() {
    since_emptied_ = 0;
    for (std::size_t a = 1; a < kSide; ++a)
      for (std::size_t d = 0; d < directions_; ++d) {
        std::uint16_t* from = &small_[(a * kAll + d) * kSide];
        std::uint32_t* to = &wide_[(d * kSide + a) * kSide];
        for (std::size_t b = 0; b < kSide; ++b) to[b] += from[b];
        std::fill(from, from + kSide, std::uint16_t{0});
      }
  }
  PairList list(std::size_t direction, const LevelTable& levels, bool symmetric) const {
    const std::uint32_t* t = &wide_[direction * kSide * kSide];
    PairList list;
    for (std::size_t a = 1; a < levels.side(); ++a)
      for (std::size_t b = symmetric ? a : 1; b < levels.side(); ++b) {
        const std::uint64_t n = t[a * kSide + b] + (symmetric && a != b ? std::uint64_t{t[b * kSide + a]} : 0U);
        if (n > 0) list.push_back({levels.level[a], levels.level[b], static_cast<double>(n)});
      }
    return list;
  }
  /// Lays the counts of the directions within slices aside, and starts them anew.
  void end_slice() {
    ended_.resize(kInPlane * kSide * kSide, 0);
    for (std::size_t k = 0; k < ended_.size(); ++k) ended_[k] += wide_[k];
    std::fill_n(wide_.begin(), ended_.size(), 0U);
  }
  /// After the last slice: the counts are those of all slices again.
  void join_slices() { std::copy(ended_.begin(), ended_.end(), wide_.begin()); }

 private:
  std::size_t directions_;
  std::vector<std::uint16_t> small_;  ///< [first voxel][direction][neighbour]
  std::vector<std::uint32_t> wide_;   ///< [direction][first voxel][neighbour]
  std::vector<std::uint32_t> ended_;  ///< of ended slices
  std::int64_t since_emptied_ = 0;
};

/// Runs, and the voxels of each rank.
class RunTables {
 public:
  RunTables(const Ranks<std::uint8_t>& ranks, std::size_t directions, std::size_t side)
      : runs_(directions, RunCounter(side)), voxels_(256, 0), ended_voxels_(256, 0) {
    for (std::size_t d = 0; d < kAll; ++d) offset_[d] = ranks.offset(d);
  }
  void add_row(const Ranks<std::uint8_t>& ranks, std::int64_t y, std::int64_t z) {
    const std::uint8_t* const row = ranks.row(y, z);
    const std::int64_t end = ranks.size[0];
    for (std::int64_t x = 0; x < end; x += 8) {
      std::uint64_t here = eight(row + x);
      if (end - x < 8) here &= (std::uint64_t{1} << 8 * (end - x)) - 1;
      if (here == 0) continue;
      for (std::uint64_t rest = here; rest != 0; rest >>= 8) ++voxels_[rest & 0xffU];
      add_eight(row + x, here);
    }
  }
  RunList list(std::size_t direction, const LevelTable& levels) const { return runs_[direction].list(levels, voxels_); }
  std::size_t voxels() const { return std::accumulate(voxels_.begin() + 1, voxels_.end(), std::size_t{0}); }
  /// As PairTables.
  void end_slice() {
    ended_.resize(std::min(kInPlane, runs_.size()), RunCounter(0));
    for (std::size_t d = 0; d < ended_.size(); ++d) ended_[d].take(runs_[d]);
    for (std::size_t k = 0; k < voxels_.size(); ++k) ended_voxels_[k] += std::exchange(voxels_[k], 0U);
  }
  void join_slices() {
    for (std::size_t d = 0; d < ended_.size(); ++d) runs_[d].take(ended_[d]);
    voxels_ = ended_voxels_;
  }

 private:
  /// A run starts where a voxel is like the next, but not like the one before.
  void add_eight(const std::uint8_t* at, std::uint64_t here) {
    const std::uint64_t inside = kHigh & ~zero_bytes(here);
    for (std::size_t d = 0; d < runs_.size(); ++d) {
      const std::ptrdiff_t step = offset_[d];
      const std::uint64_t alike = zero_bytes(here ^ eight(at + step)) & inside;
      if (alike == 0) continue;
      std::uint64_t starts = alike & ~zero_bytes(here ^ eight(at - step));
      for (; starts != 0; starts &= starts - 1) {
        const std::uint8_t* const first = at + std::countr_zero(starts) / 8;
        std::size_t length = 2;
        for (const std::uint8_t* next = first + 2 * step; *next == *first; next += step) ++length;
        runs_[d].add(*first, length);
      }
    }
  }
  std::vector<RunCounter> runs_, ended_;
  std::vector<std::uint32_t> voxels_, ended_voxels_;  ///< of each rank; those outside among them
  std::array<std::ptrdiff_t, kAll> offset_{};
};

template <std::size_t kSide>
void count(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish,
           const DirectionalSink& sink) {
  const Ranks<std::uint8_t> ranks(prepared, levels, wish.distance);
  const std::size_t directions = wish.depth ? kAll : kInPlane;
  PairTables<kSide> pairs(wish.pairs ? directions : 0);
  RunTables runs(ranks, wish.runs ? directions : 0, levels.side());
  const auto pair_list = [&](std::size_t d) { return wish.pairs ? pairs.list(d, levels, wish.symmetric) : PairList(); };
  const auto run_list = [&](std::size_t d) { return wish.runs ? runs.list(d, levels) : RunList(); };
  for (std::int64_t z = 0; z < ranks.size[2]; ++z) {
    throw_if_stopped();
    for (std::int64_t y = 0; y < ranks.size[1]; ++y) {
      if (wish.pairs && wish.depth) pairs.template add_row<true>(ranks, y, z);
      if (wish.pairs && !wish.depth) pairs.template add_row<false>(ranks, y, z);
      if (wish.runs || wish.slices) runs.add_row(ranks, y, z);
    }
    if (!wish.slices || runs.voxels() == 0) continue;
    if (wish.pairs) pairs.empty();
    std::vector<PairList> slice_pairs;
    std::vector<RunList> slice_runs;
    for (std::size_t d = 0; d < kInPlane; ++d) {
      slice_pairs.push_back(pair_list(d));
      slice_runs.push_back(run_list(d));
    }
    sink.on_slice(slice_pairs, slice_runs, runs.voxels());
    if (wish.pairs) pairs.end_slice();
    runs.end_slice();
  }
  if (!wish.directions) return;
  if (wish.pairs) pairs.empty();
  if (wish.pairs && wish.slices) pairs.join_slices();
  if (wish.slices) runs.join_slices();
  for (std::size_t d = 0; d < directions; ++d) sink.on_direction(d, pair_list(d), run_list(d));
}

}  // namespace

void count_dense(const Prepared& prepared, const LevelTable& levels, const DirectionalWish& wish,
                 const DirectionalSink& sink) {
  if (levels.side() <= 17)
    count<17>(prepared, levels, wish, sink);
  else if (levels.side() <= 33)
    count<33>(prepared, levels, wish, sink);
  else if (levels.side() <= 65)
    count<65>(prepared, levels, wish, sink);
  else if (levels.side() <= 129)
    count<129>(prepared, levels, wish, sink);
  else if (levels.side() <= 256)
    count<256>(prepared, levels, wish, sink);
  else
    throw Error(ExitCode::bug, "too many grey levels for dense tables");
}

}  // namespace radfuse::radiomics
