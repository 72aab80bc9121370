// SPDX-License-Identifier: Apache-2.0
// Means and maxima over images, and their gradients.
#include "aggregate.hpp"

#include <algorithm>
#include <map>

#include "radfuse/base/error.hpp"

namespace radfuse::deep {
namespace {

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ExitCode::bug, "aggregate: " + what);
}

void check(std::span<const std::vector<float>> vectors, std::span<const double> areas, Aggregate how) {
  if (vectors.empty()) refuse("no image");
  for (const auto& vector : vectors)
    if (vector.size() != vectors.front().size()) refuse("vectors of different lengths");
  if (how == Aggregate::area_weighted && areas.size() != vectors.size()) refuse("areas and images differ in number");
}

// The share of each image in a mean; they sum to 1. A plane that misses a hollow region has no area: when no image has
// any, all count alike.
std::vector<double> shares(Aggregate how, std::size_t images, std::span<const double> areas) {
  double total = 0;
  if (how == Aggregate::area_weighted)
    for (const double area : areas) total += area;
  if (!(total > 0)) return std::vector<double>(images, 1.0 / static_cast<double>(images));
  std::vector<double> each(areas.begin(), areas.end());
  for (double& share : each) share /= total;
  return each;
}

std::size_t first_largest(std::span<const std::vector<float>> vectors, std::size_t i) {
  std::size_t best = 0;
  for (std::size_t k = 1; k < vectors.size(); ++k)
    if (vectors[k][i] > vectors[best][i]) best = k;
  return best;
}

bool has_mean(Aggregate how) {
  return how != Aggregate::maximum;
}
bool has_maximum(Aggregate how) {
  return how == Aggregate::maximum || how == Aggregate::mean_maximum;
}

}  // namespace

std::size_t width_of(Aggregate how, std::size_t width) {
  return how == Aggregate::mean_maximum ? 2 * width : width;
}

std::vector<double> aggregate(Aggregate how, std::span<const std::vector<float>> vectors,
                              std::span<const double> areas) {
  check(vectors, areas, how);
  const std::size_t width = vectors.front().size();
  std::vector<double> made;
  made.reserve(width_of(how, width));
  if (has_mean(how)) {
    // Equal images are summed before they are divided, so that a mean of equal numbers is that number.
    const std::vector<double> share = shares(how, vectors.size(), areas);
    for (std::size_t i = 0; i < width; ++i) {
      double sum = 0;
      for (std::size_t k = 0; k < vectors.size(); ++k)
        sum += how == Aggregate::area_weighted ? share[k] * vectors[k][i] : static_cast<double>(vectors[k][i]);
      made.push_back(how == Aggregate::area_weighted ? sum : sum / static_cast<double>(vectors.size()));
    }
  }
  if (has_maximum(how))
    for (std::size_t i = 0; i < width; ++i) made.push_back(vectors[first_largest(vectors, i)][i]);
  return made;
}

std::vector<std::vector<double>> directions(Aggregate how, std::span<const std::vector<float>> vectors,
                                            std::span<const double> areas, std::span<const double> direction) {
  check(vectors, areas, how);
  const std::size_t width = vectors.front().size();
  if (direction.size() != width_of(how, width)) refuse("the direction has another length than the case's vector");
  std::vector<std::vector<double>> each(vectors.size(), std::vector<double>(width, 0.0));
  if (has_mean(how)) {
    const std::vector<double> share = shares(how, vectors.size(), areas);
    for (std::size_t k = 0; k < vectors.size(); ++k)
      for (std::size_t i = 0; i < width; ++i) each[k][i] += share[k] * direction[i];
  }
  const std::size_t offset = how == Aggregate::mean_maximum ? width : 0;
  if (has_maximum(how))
    for (std::size_t i = 0; i < width; ++i) each[first_largest(vectors, i)][i] += direction[offset + i];
  return each;
}

}  // namespace radfuse::deep
