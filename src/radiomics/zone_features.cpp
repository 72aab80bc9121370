// SPDX-License-Identifier: Apache-2.0
// IBSI reference manual, grey level size zone based features; the other matrices' features have the same form.
#include "zone_features.hpp"

#include <algorithm>
#include <cmath>

namespace radfuse::radiomics {
namespace {

/// The sum of the squares of the sums over equal keys.
template <class Key>
double squared_sums(const CountList& sorted, Key Count::*key) {
  double squares = 0, sum = 0;
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    sum += sorted[k].count;
    if (k + 1 < sorted.size() && sorted[k + 1].*key == sorted[k].*key) continue;
    squares += sum * sum;
    sum = 0;
  }
  return squares;
}

}  // namespace

std::array<double, kZoneFeatures> zone_features(const CountList& list, double voxels) {
  double total = 0, level_mean = 0, number_mean = 0;
  for (const Count& c : list) {
    total += c.count;
    level_mean += c.count * c.level;
    number_mean += c.count * static_cast<double>(c.number);
  }
  level_mean /= total;
  number_mean /= total;
  std::array<double, 8> emphasis{};
  double level_variance = 0, number_variance = 0, entropy = 0;
  for (const Count& c : list) {
    const double p = c.count / total, level = c.level, number = static_cast<double>(c.number);
    const double level2 = level * level, number2 = number * number;
    const double terms[] = {1 / number2,      number2,          1 / level2,      level2, 1 / (level2 * number2),
                            level2 / number2, number2 / level2, level2 * number2};
    for (std::size_t k = 0; k < emphasis.size(); ++k) emphasis[k] += p * terms[k];
    level_variance += p * (level - level_mean) * (level - level_mean);
    number_variance += p * (number - number_mean) * (number - number_mean);
    if (p > 0) entropy -= p * std::log2(p);  // a matrix of vanishing weight may count 0
  }
  const double level_squares = squared_sums(list, &Count::level);
  CountList by_number = list;
  std::stable_sort(by_number.begin(), by_number.end(),
                   [](const Count& a, const Count& b) { return a.number < b.number; });
  const double number_squares = squared_sums(by_number, &Count::number);
  std::array<double, kZoneFeatures> f{};
  std::copy(emphasis.begin(), emphasis.end(), f.begin());
  f[8] = level_squares / total;
  f[9] = level_squares / (total * total);
  f[10] = number_squares / total;
  f[11] = number_squares / (total * total);
  f[12] = total / voxels;
  f[13] = level_variance;
  f[14] = number_variance;
  f[15] = std::abs(entropy);
  return f;
}

}  // namespace radfuse::radiomics
