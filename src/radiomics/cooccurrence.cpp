// SPDX-License-Identifier: Apache-2.0
// One pass over the grey levels, a counter for each direction; outside voxels count into a row that nobody reads.
#include "cooccurrence.hpp"

#include <algorithm>
#include <array>

#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

/// Counters that all matrices together may have (4 bytes each).
constexpr std::size_t kMostCounters = std::size_t{1} << 27;

/// Half of the 26 neighbours; the first four lie in the slice.
constexpr std::array<std::array<int, 3>, 13> kDirections{{{1, 0, 0},
                                                          {0, 1, 0},
                                                          {1, 1, 0},
                                                          {-1, 1, 0},
                                                          {0, 0, 1},
                                                          {1, 0, 1},
                                                          {-1, 0, 1},
                                                          {0, 1, 1},
                                                          {0, -1, 1},
                                                          {1, 1, 1},
                                                          {-1, 1, 1},
                                                          {1, -1, 1},
                                                          {-1, -1, 1}}};
constexpr std::size_t kInPlane = 4;

/// Grey levels as ranks among those present (1...; 0 outside), with a margin of `distance` in the plane and in depth.
struct Ranks {
  std::vector<std::uint16_t> rank;
  std::array<std::ptrdiff_t, 3> step{};
  std::array<std::int64_t, 3> size{};
  std::vector<int> level;  ///< of each rank; level[0] is unused
  std::ptrdiff_t start = 0;
};

Ranks ranks_of(const Prepared& prepared, int distance) {
  const GreyLevels& grey = *prepared.grey;
  Ranks r;
  r.size = prepared.image.grid.size;
  const std::int64_t d = distance;
  r.step = {1, static_cast<std::ptrdiff_t>(r.size[0] + 2 * d), 0};
  r.step[2] = r.step[1] * static_cast<std::ptrdiff_t>(r.size[1] + 2 * d);
  r.start = static_cast<std::ptrdiff_t>(d) * (r.step[0] + r.step[1] + r.step[2]);
  r.rank.assign(static_cast<std::size_t>(r.step[2] * static_cast<std::ptrdiff_t>(r.size[2] + 2 * d)), 0);
  std::vector<std::uint16_t> rank_of(static_cast<std::size_t>(grey.count) + 1, 0);
  for (const std::uint16_t level : grey.levels) rank_of[level] = 1;
  rank_of[0] = 0;
  r.level.push_back(0);
  for (std::size_t level = 1; level < rank_of.size(); ++level)
    if (rank_of[level] != 0) {
      rank_of[level] = static_cast<std::uint16_t>(r.level.size());
      r.level.push_back(static_cast<int>(level));
    }
  std::size_t i = 0;
  for (std::int64_t z = 0; z < r.size[2]; ++z)
    for (std::int64_t y = 0; y < r.size[1]; ++y) {
      std::uint16_t* row = r.rank.data() + r.start + y * r.step[1] + z * r.step[2];
      for (std::int64_t x = 0; x < r.size[0]; ++x, ++i) row[x] = rank_of[grey.levels[i]];
    }
  return r;
}

class Counter {
 public:
  Counter(const Ranks& ranks, int distance, std::size_t directions) : ranks_(ranks), side_(ranks.level.size()) {
    for (std::size_t d = 0; d < directions; ++d) {
      std::ptrdiff_t offset = 0;
      for (std::size_t a = 0; a < 3; ++a) offset += kDirections[d][a] * ranks.step[a] * distance;
      offset_.push_back(offset);
    }
    counts_.assign(directions, std::vector<std::uint32_t>(side_ * side_, 0));
  }

  /// Adds the pairs that start in slice z.
  template <std::size_t kFirst, std::size_t kLast>
  void add_slice(std::int64_t z) {
    std::array<std::uint32_t*, kLast - kFirst> count;
    std::array<std::ptrdiff_t, kLast - kFirst> offset;
    for (std::size_t d = kFirst; d < kLast; ++d) {
      count[d - kFirst] = counts_[d].data();
      offset[d - kFirst] = offset_[d];
    }
    for (std::int64_t y = 0; y < ranks_.size[1]; ++y) {
      const std::uint16_t* at = ranks_.rank.data() + ranks_.start + y * ranks_.step[1] + z * ranks_.step[2];
      for (std::int64_t x = 0; x < ranks_.size[0]; ++x, ++at) {
        if (*at == 0) continue;
        const std::size_t row = *at * side_;
        for (std::size_t d = 0; d < kLast - kFirst; ++d) ++count[d][row + at[offset[d]]];
      }
    }
  }
  /// As add_slice for the in-plane directions, into `slice` instead, noting the cells that were touched.
  std::vector<PairList> slice_pairs(std::int64_t z) {
    if (slice_.empty()) slice_.assign(side_ * side_, 0);
    std::vector<PairList> lists;
    for (std::size_t d = 0; d < kInPlane; ++d) {
      touched_.clear();
      for (std::int64_t y = 0; y < ranks_.size[1]; ++y) {
        const std::uint16_t* at = ranks_.rank.data() + ranks_.start + y * ranks_.step[1] + z * ranks_.step[2];
        for (std::int64_t x = 0; x < ranks_.size[0]; ++x, ++at) {
          const std::size_t a = *at, b = at[offset_[d]];
          if (a == 0 || b == 0) continue;
          const std::size_t cell = std::min(a, b) * side_ + std::max(a, b);
          if (slice_[cell]++ == 0) touched_.push_back(cell);
          ++counts_[d][a * side_ + b];
        }
      }
      std::sort(touched_.begin(), touched_.end());
      PairList list;
      for (const std::size_t cell : touched_) {
        list.push_back({ranks_.level[cell / side_], ranks_.level[cell % side_], static_cast<double>(slice_[cell])});
        slice_[cell] = 0;
      }
      lists.push_back(std::move(list));
    }
    return lists;
  }
  /// The sum over directions [first, last).
  PairList pairs(std::size_t first, std::size_t last) const {
    PairList list;
    for (std::size_t i = 1; i < side_; ++i)
      for (std::size_t j = i; j < side_; ++j) {
        std::uint64_t n = 0;
        for (std::size_t d = first; d < last; ++d)
          n += counts_[d][i * side_ + j] + (i == j ? 0U : counts_[d][j * side_ + i]);
        if (n > 0) list.push_back({ranks_.level[i], ranks_.level[j], static_cast<double>(n)});
      }
    return list;
  }

 private:
  const Ranks& ranks_;
  std::size_t side_;
  std::vector<std::ptrdiff_t> offset_;
  std::vector<std::vector<std::uint32_t>> counts_;
  std::vector<std::uint32_t> slice_;
  std::vector<std::size_t> touched_;
};

}  // namespace

Cooccurrence count_pairs(const Prepared& prepared, int distance, const CooccurrenceWish& wish,
                         const std::function<void(const std::vector<PairList>&)>& on_slice) {
  Cooccurrence out;
  const Ranks ranks = ranks_of(prepared, distance);
  const std::size_t directions = wish.in_depth ? kDirections.size() : kInPlane;
  if (ranks.level.size() * ranks.level.size() * directions > kMostCounters) {
    out.too_large = true;
    return out;
  }
  Counter counter(ranks, distance, directions);
  for (std::int64_t z = 0; z < ranks.size[2]; ++z) {
    throw_if_stopped();
    if (wish.by_slice) {
      on_slice(counter.slice_pairs(z));
      if (wish.in_depth) counter.add_slice<kInPlane, kDirections.size()>(z);
    } else if (wish.in_depth) {
      counter.add_slice<0, kDirections.size()>(z);
    } else {
      counter.add_slice<0, kInPlane>(z);
    }
  }
  const auto lists = [&](std::size_t last) {
    std::vector<PairList> all;
    if (!wish.by_direction) all.push_back(counter.pairs(0, last));
    for (std::size_t d = 0; wish.by_direction && d < last; ++d) all.push_back(counter.pairs(d, d + 1));
    return all;
  };
  out.in_plane = lists(kInPlane);
  if (wish.in_depth) out.in_volume = lists(kDirections.size());
  return out;
}

PairList merged(const std::vector<PairList>& lists) {
  PairList all;
  for (const PairList& list : lists) all.insert(all.end(), list.begin(), list.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const Pair& a, const Pair& b) { return a.i != b.i ? a.i < b.i : a.j < b.j; });
  PairList sum;
  for (const Pair& p : all)
    if (!sum.empty() && sum.back().i == p.i && sum.back().j == p.j)
      sum.back().count += p.count;
    else
      sum.push_back(p);
  return sum;
}

}  // namespace radfuse::radiomics
