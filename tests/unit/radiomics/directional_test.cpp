// SPDX-License-Identifier: Apache-2.0
// The two ways of counting give the same lists, slice by slice and direction by direction.
#include "directional.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace radfuse::radiomics {
namespace {

struct Entry {
  std::int64_t a, b;
  double count;
  bool operator==(const Entry&) const = default;
};
using Lists = std::vector<std::vector<Entry>>;

void append(const PairList& pairs, const RunList& runs, Lists& to) {
  std::vector<Entry> list;
  for (const Pair& p : pairs) list.push_back({p.i, p.j, p.count});
  to.push_back(list);
  list.clear();
  for (const Run& r : runs) list.push_back({r.level, r.length, r.count});
  to.push_back(list);
}

Lists lists_of(const Prepared& prepared, const DirectionalWish& wish,
               void (*count)(const Prepared&, const LevelTable&, const DirectionalWish&, const DirectionalSink&)) {
  Lists lists;
  DirectionalSink sink;
  sink.on_slice = [&lists, &wish](const std::vector<PairList>& pairs, const std::vector<RunList>& runs,
                                  std::size_t voxels) {
    for (std::size_t d = 0; d < kInPlane; ++d)
      append(wish.pairs ? pairs.at(d) : PairList(), wish.runs ? runs.at(d) : RunList(), lists);
    lists.push_back({{0, 0, static_cast<double>(voxels)}});
  };
  sink.on_direction = [&lists](std::size_t direction, const PairList& pairs, const RunList& runs) {
    append(pairs, runs, lists);
    lists.push_back({{static_cast<std::int64_t>(direction), 0, 0}});
  };
  count(prepared, level_table(*prepared.grey), wish, sink);
  return lists;
}

/// Patches, so that there are runs of all lengths up to the whole row.
Prepared patches(std::uint64_t levels, double change) {
  const Grid grid = test::grid_of(45, 21, 13);
  Volume image(grid);
  Mask mask(grid, 1);
  Rng rng(8, "patches", levels);
  for (std::size_t k = 0; k < image.values.size(); ++k) {
    const bool repeat = k > 0 && rng.uniform() > change;
    image.values[k] = repeat ? image.values[k - 1] : static_cast<float>(1 + rng.below(levels));
    if (rng.uniform() < 0.02) mask.values[k] = 0;
  }
  for (std::size_t k = 0; k < 21 * 45; ++k) mask.values[5 * 21 * 45 + k] = 0;  // an empty slice within
  return prepare(image, mask, test::params_of(), false);
}

TEST(Directional, TablesAndSortingAgree) {
  for (const std::uint64_t levels : {1, 3, 16, 17, 32, 60, 100, 200, 255})
    for (const double change : {1.0, 0.3, 0.02}) {
      const Prepared prepared = patches(levels, change);
      for (int variant = 0; variant < 6; ++variant) {
        DirectionalWish wish;
        wish.pairs = variant != 4;
        wish.runs = variant < 3 || variant == 4;
        wish.distance = wish.runs ? 1 : 2 + 20 * (variant - 3);  // 22 and 42: further than the region is wide
        wish.symmetric = variant % 2 == 0;
        wish.slices = variant != 1;
        wish.depth = variant != 2;
        EXPECT_TRUE(lists_of(prepared, wish, count_dense) == lists_of(prepared, wish, count_sparse))
            << levels << " levels, variant " << variant;
      }
    }
}

TEST(Directional, CountersAreEmptiedBeforeTheyOverflow) {
  const Grid grid = test::grid_of(70, 60, 50);  // 210,000 pairs at most in one 16-bit cell
  const Prepared prepared = prepare(Volume(grid, 1), Mask(grid, 1), test::params_of(), false);
  DirectionalWish wish;
  wish.pairs = true;
  wish.symmetric = false;
  const Lists lists = lists_of(prepared, wish, count_dense);
  EXPECT_EQ(lists.at(0).at(0), (Entry{1, 1, 69.0 * 60 * 50}));
  EXPECT_EQ(lists.at(3).at(0), (Entry{1, 1, 70.0 * 59 * 50}));
}

}  // namespace
}  // namespace radfuse::radiomics
