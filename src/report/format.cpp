// SPDX-License-Identifier: Apache-2.0
// Numbers as a paper prints them.
#include "format.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace radfuse {

std::string fixed(double value, int decimals) {
  if (!std::isfinite(value)) return "–";
  std::array<char, 400> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals);
  const std::string digits(buffer.data(), end.ptr);
  if (!digits.starts_with('-')) return digits;
  const std::string rest = digits.substr(1);
  return rest.find_first_not_of("0.") == std::string::npos ? rest : "−" + rest;
}

std::string with_limits(const Estimate& estimate, int decimals) {
  if (!std::isfinite(estimate.value)) return "–";
  if (!std::isfinite(estimate.low) || !std::isfinite(estimate.high)) return fixed(estimate.value, decimals);
  const std::string to = estimate.low < 0 || estimate.high < 0 ? " to " : "–";
  return fixed(estimate.value, decimals) + " (" + fixed(estimate.low, decimals) + to + fixed(estimate.high, decimals) +
         ")";
}

std::string p_text(double p) {
  if (!std::isfinite(p)) return "p undefined";
  return p < 0.001 ? "p < 0.001" : "p = " + fixed(p, 3);
}

std::string percent(double share) {
  const double rounded = std::round(share * 1000) / 10;
  return fixed(rounded, rounded == std::floor(rounded) ? 0 : 1) + " %";
}

std::string counted(std::size_t n, const std::string& one, const std::string& many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string split_text(Split split) {
  switch (split) {
    case Split::train:
      return "training (cross-validated)";
    case Split::validation:
      return "validation";
    case Split::test:
      return "internal test";
    case Split::external:
      return "external test";
  }
  return {};
}

std::string map_text(const std::string& map) {
  return map == "entering" ? "before the chain" : map == "leaving" ? "after the chain" : map;
}

std::string model_text(const std::string& model, Learner learner) {
  return model + " (" + std::string(name_of(kLearners, learner)) + ")";
}

}  // namespace radfuse
