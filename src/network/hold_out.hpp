// SPDX-License-Identifier: Apache-2.0
// Which samples tell when to stop: whole patients, so that nobody is on both sides.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse::network {

struct HeldOut {
  std::vector<std::size_t> training, validation;  ///< ascending
};

/// A share of the patients, drawn from their sorted names, so that the order of the samples does not matter; with
/// `outcomes` (one for each sample), the share of those with an outcome 1 and of those without. At least one patient of
/// each kind stays in training, and of a kind with two or more at least one is held out (share > 0).
HeldOut hold_out(std::span<const std::string> patients, double share, std::uint64_t seed, std::string_view stream,
                 std::span<const int> outcomes = {});

}  // namespace radfuse::network
