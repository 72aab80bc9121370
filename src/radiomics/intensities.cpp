// SPDX-License-Identifier: Apache-2.0
// Ordering a region's intensities: whole numbers by counting, others by radix sort.
#include "intensities.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace radfuse::radiomics {
namespace {

/// Whole numbers that span at most this many are counted: the counters stay within the processor's second cache.
constexpr float kMostCounted = 1 << 17;
/// Beyond this many voxels the memory of a second copy counts for more than the time of comparing.
constexpr std::size_t kMostCopied = std::size_t{1} << 23;
constexpr float kExact = 1 << 24;

struct Extent {
  std::size_t count = 0;
  float least = std::numeric_limits<float>::infinity(), most = -std::numeric_limits<float>::infinity();
  bool whole = true;
};
Extent extent_of(const Volume& image, const Mask& inside) {
  Extent e;
  for (std::size_t i = 0; i < inside.values.size(); ++i) {
    if (inside.values[i] == 0) continue;
    const float v = image.values[i];
    ++e.count;
    e.least = std::min(e.least, v);
    e.most = std::max(e.most, v);
    e.whole = e.whole && std::abs(v) <= kExact && static_cast<float>(static_cast<std::int32_t>(v)) == v;
  }
  return e;
}

std::vector<Weighted> count_whole(const Volume& image, const Mask& inside, const Extent& extent) {
  const auto first = static_cast<std::int32_t>(extent.least);
  std::vector<std::uint32_t> counts(static_cast<std::size_t>(extent.most - extent.least) + 1, 0);
  for (std::size_t i = 0; i < inside.values.size(); ++i)
    if (inside.values[i] != 0) ++counts[static_cast<std::size_t>(static_cast<std::int32_t>(image.values[i]) - first)];
  std::vector<Weighted> runs;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] != 0)
      runs.push_back({static_cast<double>(first) + static_cast<double>(i), static_cast<double>(counts[i])});
  return runs;
}

/// Unsigned numbers that lie in the order of the floats, and back.
std::uint32_t key_of(float v) {
  const auto bits = std::bit_cast<std::uint32_t>(v + 0.0F);  // -0 becomes 0
  return bits >> 31 != 0 ? ~bits : bits | 0x80000000U;
}
float float_of(std::uint32_t key) {
  return std::bit_cast<float>(key >> 31 != 0 ? key & 0x7fffffffU : ~key);
}

}  // namespace

void sort_floats(std::vector<float>& values) {
  if (values.size() > kMostCopied || values.size() < 256) return std::sort(values.begin(), values.end());
  constexpr std::size_t kBits = 11, kBuckets = 1 << kBits, kPasses = 3;
  std::array<std::vector<std::uint32_t>, kPasses> starts;
  for (auto& s : starts) s.assign(kBuckets, 0);
  std::vector<std::uint32_t> from(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint32_t key = key_of(values[i]);
    from[i] = key;
    for (std::size_t p = 0; p < kPasses; ++p) ++starts[p][(key >> (p * kBits)) % kBuckets];
  }
  values = {};  // at most two copies at a time
  std::vector<std::uint32_t> to(from.size());
  for (std::size_t p = 0; p < kPasses; ++p) {
    std::uint32_t before = 0;
    for (std::uint32_t& s : starts[p]) before += std::exchange(s, before);
    for (const std::uint32_t key : from) to[starts[p][(key >> (p * kBits)) % kBuckets]++] = key;
    from.swap(to);
  }
  to = {};
  values.resize(from.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = float_of(from[i]);
}

Intensities intensities_of(const Volume& image, const Mask& inside) {
  const Extent extent = extent_of(image, inside);
  Intensities out;
  out.count = extent.count;
  out.whole = extent.whole;
  if (extent.whole && extent.most - extent.least < kMostCounted) {
    out.runs = count_whole(image, inside, extent);
    return out;
  }
  out.sorted.reserve(extent.count);
  for (std::size_t i = 0; i < inside.values.size(); ++i)
    if (inside.values[i] != 0) out.sorted.push_back(image.values[i]);
  sort_floats(out.sorted);
  return out;
}

}  // namespace radfuse::radiomics
