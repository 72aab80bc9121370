// SPDX-License-Identifier: Apache-2.0
// Seeded streams by name: the same study seed and name give the same numbers on every machine, whatever else ran.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace radfuse {

/// xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64 from the study seed, a name and an index.
class Rng {
 public:
  Rng(std::uint64_t seed, std::string_view name, std::uint64_t index = 0);
  std::uint64_t next();
  /// In [0, 1), 53 random bits.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal (Box-Muller; one draw uses two uniforms, so that streams stay in step).
  double normal();
  /// In [0, n), without bias; n > 0.
  std::uint64_t below(std::uint64_t n);
  /// 0..n-1 in random order (Fisher-Yates).
  std::vector<std::size_t> permutation(std::size_t n);
  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace radfuse
