// SPDX-License-Identifier: Apache-2.0
// The six ways of the IBSI to make one value of a feature from the matrices of slices and directions.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "directions.hpp"
#include "family.hpp"

namespace radfuse::radiomics {

/// What is known of a matrix besides its entries.
struct MatrixFacts {
  double voxels = 0;  ///< of the region (or slice), once for each matrix merged, times its weight
  double scale = 1;   ///< entries and voxels are to be multiplied by this
};

/// The sum of sparse matrices; `List` is a vector of entries with key() and count, ascending in key().
template <class List>
class Merged {
 public:
  explicit Merged(std::size_t most_entries) : most_entries_(most_entries) {}
  /// The matrix weighs exp(-exponent). Entries are kept relative to the largest weight so far: at a distance of many
  /// voxels weights alone would vanish.
  void add(const List& more, double voxels, double exponent) {
    if (more.empty() || too_large_) return;
    if (exponent < least_) rescale(exponent);
    const double weight = std::exp(least_ - exponent);
    if (weight == 0) return;
    voxels_ += weight * voxels;
    List sum;
    sum.reserve(list_.size() + more.size());
    auto a = list_.cbegin();
    for (auto entry : more) {
      while (a != list_.cend() && a->key() < entry.key()) sum.push_back(*a++);
      entry.count *= weight;
      if (a != list_.cend() && a->key() == entry.key()) entry.count += (a++)->count;
      sum.push_back(entry);
    }
    sum.insert(sum.end(), a, list_.cend());
    list_ = std::move(sum);
    if (list_.size() > most_entries_) {
      too_large_ = true;
      list_ = {};
    }
  }
  const List& list() const { return list_; }
  MatrixFacts facts() const { return {voxels_, list_.empty() ? 1 : std::exp(-least_)}; }
  bool too_large() const { return too_large_; }

 private:
  void rescale(double exponent) {
    const double factor = std::exp(exponent - least_);
    for (auto& entry : list_) entry.count *= factor;
    voxels_ *= factor;
    least_ = exponent;
  }
  List list_;
  double voxels_ = 0, least_ = std::numeric_limits<double>::infinity();
  std::size_t most_entries_;
  bool too_large_ = false;
};

/// Takes the matrices as they are counted, and keeps of them no more than the aggregations asked for need.
template <class List, std::size_t kCount>
class Aggregate {
 public:
  using Values = std::array<double, kCount>;
  using Features = std::function<Values(const List&, const MatrixFacts&)>;
  static constexpr std::size_t kMostEntries = std::size_t{1} << 25;  ///< 512 MiB for the largest merged matrix

  Aggregate(const std::vector<Aggregation>& asked, Features features, const std::array<double, 13>& exponents,
            std::size_t most_entries = kMostEntries)
      : features_(std::move(features)), exponents_(exponents), plane_(most_entries), volume_(most_entries) {
    for (const Aggregation a : asked) asked_[index(a)] = true;
  }
  bool wants(Aggregation a) const { return asked_[index(a)]; }
  bool wants_slices() const { return wants(Aggregation::average_2d) || wants(Aggregation::slice_merged_2d); }
  bool wants_plane() const { return wants(Aggregation::direction_merged_2_5d) || wants(Aggregation::merged_2_5d); }
  bool wants_depth() const { return wants(Aggregation::average_3d) || wants(Aggregation::merged_3d); }

  /// The matrices of a slice, one for each of the four directions in it.
  void add_slice(const std::vector<List>& directions, std::size_t voxels) {
    const double n = static_cast<double>(voxels);
    if (wants(Aggregation::average_2d))
      for (const List& list : directions) average(Aggregation::average_2d, list, {n, 1});
    if (!wants(Aggregation::slice_merged_2d)) return;
    Merged<List> slice(kMostEntries);
    for (std::size_t d = 0; d < directions.size(); ++d) slice.add(directions[d], n, exponents_[d]);
    average(Aggregation::slice_merged_2d, slice.list(), slice.facts());
  }
  /// The matrix of a direction in the whole region, the directions in the order of kDirections.
  void add_direction(std::size_t direction, const List& list, std::size_t voxels) {
    const double n = static_cast<double>(voxels);
    if (direction < kInPlane) {
      if (wants(Aggregation::direction_merged_2_5d)) average(Aggregation::direction_merged_2_5d, list, {n, 1});
      if (wants(Aggregation::merged_2_5d)) plane_.add(list, n, exponents_[direction]);
    }
    if (wants(Aggregation::average_3d)) average(Aggregation::average_3d, list, {n, 1});
    if (wants(Aggregation::merged_3d)) volume_.add(list, n, exponents_[direction]);
  }
  /// When all matrices are in.
  void finish() {
    average(Aggregation::merged_2_5d, plane_.list(), plane_.facts());
    average(Aggregation::merged_3d, volume_.list(), volume_.facts());
    too_large_[index(Aggregation::merged_2_5d)] = plane_.too_large();
    too_large_[index(Aggregation::merged_3d)] = volume_.too_large();
    plane_ = volume_ = Merged<List>(0);
  }
  /// `undefined`: why a feature that no matrix has a value for has none.
  void store(Aggregation a, Cells& cells, std::string_view undefined) const {
    const Mean& mean = means_[index(a)];
    const std::string_view reason = too_large_[index(a)] ? "too_many_grey_levels"
                                    : mean.any           ? undefined
                                                         : "no_neighbours";
    for (std::size_t k = 0; k < kCount; ++k) cells.set(k, mean.sum[k] / mean.matrices[k], reason);
  }

 private:
  struct Mean {
    bool any = false;
    Values sum{}, matrices{};
  };
  static std::size_t index(Aggregation a) { return static_cast<std::size_t>(a); }
  /// Matrices without entries have no features and do not count, nor does a matrix for a feature that it does not have.
  void average(Aggregation a, const List& list, const MatrixFacts& facts) {
    if (list.empty()) return;
    Mean& mean = means_[index(a)];
    const Values values = features_(list, facts);
    mean.any = true;
    for (std::size_t k = 0; k < kCount; ++k)
      if (std::isfinite(values[k])) {
        mean.sum[k] += values[k];
        ++mean.matrices[k];
      }
  }

  Features features_;
  std::array<double, 13> exponents_;
  std::array<bool, std::size(kAggregations)> asked_{}, too_large_{};
  std::array<Mean, std::size(kAggregations)> means_{};
  Merged<List> plane_, volume_;
};

}  // namespace radfuse::radiomics
