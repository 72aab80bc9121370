// SPDX-License-Identifier: Apache-2.0
// The intensities of a region in ascending order, made once for statistics and the intensity-volume histogram.
#pragma once

#include <cstddef>
#include <vector>

#include "radfuse/volume/volume.hpp"

namespace radfuse::radiomics {

/// A value and how often it occurs.
struct Weighted {
  double value;
  double count;
};

struct Intensities {
  std::size_t count = 0;
  bool whole = false;          ///< every intensity is a whole number
  std::vector<Weighted> runs;  ///< whole numbers that lie close together: each distinct one
  std::vector<float> sorted;   ///< anything else: each voxel's
  bool counted() const { return !runs.empty(); }
  double least() const { return counted() ? runs.front().value : static_cast<double>(sorted.front()); }
  double most() const { return counted() ? runs.back().value : static_cast<double>(sorted.back()); }

  /// f(value, count) for values in ascending order; equal ones may come one after the other.
  template <class F>
  void each(F f) const {
    if (counted())
      for (const Weighted& w : runs) f(w.value, w.count);
    else
      for (const float v : sorted) f(static_cast<double>(v), 1.0);
  }
};

/// The mask has at least one voxel.
Intensities intensities_of(const Volume& image, const Mask& inside);

/// Ascending order, in linear time.
void sort_floats(std::vector<float>& values);

}  // namespace radfuse::radiomics
