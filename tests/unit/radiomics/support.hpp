// SPDX-License-Identifier: Apache-2.0
// Small images and parameters, and features by name.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/radiomics/extract.hpp"

namespace radfuse::test {

inline Grid grid_of(std::int64_t x, std::int64_t y, std::int64_t z) {
  Grid g;
  g.size = {x, y, z};
  return g;
}

inline Volume image_of(const Grid& grid, std::vector<float> values) {
  Volume v(grid);
  v.values = std::move(values);
  return v;
}

/// Whole numbers 1 to 6 inside a random mask of half the voxels.
struct Sample {
  Volume image;
  Mask mask;
};
inline Sample random_sample(const Grid& grid, std::uint64_t index) {
  Sample s{Volume(grid), Mask(grid)};
  Rng rng(11, "radiomics", index);
  for (float& v : s.image.values) v = static_cast<float>(1 + rng.below(6));
  for (auto& v : s.mask.values) v = rng.uniform() < 0.6;
  return s;
}

inline RadiomicsParams params_of(std::vector<Aggregation> aggregations = {}) {
  RadiomicsParams p;
  p.discretise = DiscretiseParams{Discretisation::fixed_bin_size, 1.0, 32};
  p.glcm.aggregations = std::move(aggregations);
  return p;
}

/// Equal up to a share of the value, or both undefined.
inline bool is_same(double a, double b, double tolerance = 0) {
  return std::isnan(a) || std::isnan(b) ? std::isnan(a) == std::isnan(b)
                                        : std::abs(a - b) <= tolerance * (1 + std::abs(b));
}

struct Features {
  std::map<std::string, double> values;
  std::map<std::string, std::string> reasons;
  double at(const std::string& name) const {
    const auto found = values.find("original." + name);
    if (found == values.end()) throw std::out_of_range(name);
    return found->second;
  }
  std::string reason(const std::string& name) const {
    const auto found = reasons.find("original." + name);
    return found == reasons.end() ? std::string() : found->second;
  }
};
inline Features features_of(const Volume& image, const Mask& mask, const RadiomicsParams& params, bool planar = false) {
  const auto names = radiomics::feature_names(params, planar);
  const auto extraction = radiomics::extract(image, mask, params, planar);
  Features f;
  for (std::size_t i = 0; i < names.size(); ++i) f.values[names[i]] = extraction.values.at(i);
  for (const auto& [name, reason] : extraction.notes) f.reasons[name] = reason;
  return f;
}

}  // namespace radfuse::test
