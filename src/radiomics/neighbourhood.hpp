// SPDX-License-Identifier: Apache-2.0
// Every voxel against the cube around it: differences from the neighbours' mean, and how many of them are alike.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace radfuse::radiomics {

/// Of one grey level: voxels that have neighbours, and the sum of how far they are from their neighbours' mean.
struct Tone {
  double difference = 0;
  std::int64_t count = 0;
};

/// Adds every voxel of the box (grey levels, 0 outside) to `by_level`. Neighbours are the other voxels with a grey
/// level within `distance` along each axis. The work does not depend on the distance; takes 8 bytes a voxel of one
/// slice.
void add_tones(const std::uint16_t* levels, const std::array<std::int64_t, 3>& size, int distance,
               std::vector<Tone>& by_level);

/// For every row of the box: its n grey levels (0 outside) and, where there is one, how many voxels of the
/// neighbourhood, itself included, differ from it by at most `coarseness`.
void count_dependences(
    const std::uint16_t* levels, const std::array<std::int64_t, 3>& size, int distance, int coarseness,
    const std::function<void(const std::uint16_t* levels, const std::uint32_t* alike, std::int64_t n)>& on_row);

}  // namespace radfuse::radiomics
