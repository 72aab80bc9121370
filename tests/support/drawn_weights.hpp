// SPDX-License-Identifier: Apache-2.0
// Weights by formula, the same here and in scripts/oracles/encoder_fixtures.py: splitmix64 of a name's hash and an
// index.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>
#include <vector>

namespace radfuse::test {

/// Multiples of 2^-23 in [-1, 1).
inline std::vector<float> drawn(std::string_view name, std::size_t count) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t z = hash + (static_cast<std::uint64_t>(i) + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    values[i] = static_cast<float>(z >> 40) * 0x1p-23F - 1;
  }
  return values;
}

/// As large as a trained network's: kernels keep the size of what they see, norms are near 1, the rest near 0.
inline std::vector<float> drawn_weights(std::string_view name, const std::vector<std::int64_t>& shape) {
  double count = 1;
  for (const std::int64_t n : shape) count *= static_cast<double>(n);
  std::vector<float> values = drawn(name, static_cast<std::size_t>(count));
  const bool table = name.ends_with("class_token") || name.ends_with("pos_embedding") || name.ends_with("bias_table");
  const bool one = name.ends_with("weight") || name.ends_with("running_var");
  const auto spread =
      shape.size() >= 2 ? static_cast<float>(std::sqrt(6 * static_cast<double>(shape[0]) / count)) : 0.0F;
  for (float& v : values) v = table ? v * 0.5F : shape.size() >= 2 ? v * spread : one ? 1 + 0.25F * v : 0.125F * v;
  return values;
}

}  // namespace radfuse::test
