// SPDX-License-Identifier: Apache-2.0
// Runs of inside voxels in the rows of a mask: most rows have one, so that sums over voxels become sums over rows.
#pragma once

#include <cstdint>
#include <cstring>

#include "radfuse/volume/volume.hpp"

namespace radfuse::radiomics {

/// Calls f(first, end) for each run of bytes that are not 0 among `n`.
template <class F>
void for_runs(const std::uint8_t* row, std::int64_t n, const F& f) {
  constexpr std::int64_t kWord = 8;
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  const auto word = [row](std::int64_t x) {
    std::uint64_t w = 0;
    std::memcpy(&w, row + x, kWord);
    return w;
  };
  std::int64_t x = 0;
  for (;;) {
    while (x + kWord <= n && word(x) == 0) x += kWord;
    while (x < n && row[x] == 0) ++x;
    if (x >= n) return;
    const std::int64_t first = x;
    while (x + kWord <= n && word(x) == kOnes) x += kWord;
    while (x < n && row[x] != 0) ++x;
    f(first, x);
  }
}

/// Calls f(y, z, first, end) for each run, in the order of memory.
template <class F>
void for_runs(const Mask& mask, const F& f) {
  const auto [nx, ny, nz] = mask.grid.size;
  for (std::int64_t z = 0; z < nz; ++z)
    for (std::int64_t y = 0; y < ny; ++y)
      for_runs(mask.values.data() + mask.grid.index(0, y, z), nx,
               [&](std::int64_t first, std::int64_t end) { f(y, z, first, end); });
}

}  // namespace radfuse::radiomics
