// SPDX-License-Identifier: Apache-2.0
// The sixteen features that run length, size zone, distance zone and dependence matrices have in common.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "count_list.hpp"
#include "family.hpp"

namespace radfuse::radiomics {

inline constexpr std::size_t kZoneFeatures = 16;
/// Emphasis of small and large numbers, of low and high grey levels, their four combinations; non-uniformity of grey
/// levels and of numbers, plain and normalised; percentage (entries for each of `voxels`); variance of grey levels and
/// of numbers; entropy. `list` is not empty.
std::array<double, kZoneFeatures> zone_features(const CountList& list, double voxels);

/// The mean over slices. A slice without voxels is not added; a value that a slice does not have does not count.
template <std::size_t kCount>
class SliceMean {
 public:
  void add(const std::array<double, kCount>& values) {
    for (std::size_t k = 0; k < kCount; ++k)
      if (std::isfinite(values[k])) {
        sum_[k] += values[k];
        ++n_[k];
      }
  }
  /// NaN where no slice has a value.
  std::array<double, kCount> mean() const {
    std::array<double, kCount> m{};
    for (std::size_t k = 0; k < kCount; ++k)
      m[k] = n_[k] > 0 ? sum_[k] / n_[k] : std::numeric_limits<double>::quiet_NaN();
    return m;
  }

 private:
  std::array<double, kCount> sum_{}, n_{};
};

/// The features in the order of the family's table.
template <std::size_t kCount>
void store(const std::array<double, kCount>& values, std::string_view reason, Cells& cells) {
  for (std::size_t k = 0; k < kCount; ++k) cells.set(k, values[k], reason);
}

}  // namespace radfuse::radiomics
