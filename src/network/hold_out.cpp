// SPDX-License-Identifier: Apache-2.0
// The draw of the held-out patients.
#include "hold_out.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "radfuse/base/rng.hpp"

namespace radfuse::network {

HeldOut hold_out(std::span<const std::string> patients, double share, std::uint64_t seed, std::string_view stream,
                 std::span<const int> outcomes) {
  std::map<std::string, int> outcome_of;
  for (std::size_t i = 0; i < patients.size(); ++i) {
    int& outcome = outcome_of[patients[i]];
    if (!outcomes.empty()) outcome = std::max(outcome, outcomes[i]);
  }
  std::set<std::string> held;
  for (const int outcome : {0, 1}) {
    std::vector<std::string> names;
    for (const auto& [name, own] : outcome_of)
      if (own == outcome) names.push_back(name);
    if (share <= 0 || names.size() < 2) continue;
    Rng(seed, std::string(stream) + ".validation", static_cast<std::uint64_t>(outcome)).shuffle(names);
    const auto most = static_cast<std::ptrdiff_t>(names.size()) - 1;
    const auto count = std::clamp<std::ptrdiff_t>(std::lround(share * static_cast<double>(names.size())), 1, most);
    held.insert(names.begin(), names.begin() + count);
  }
  HeldOut parts;
  for (std::size_t i = 0; i < patients.size(); ++i)
    (held.contains(patients[i]) ? parts.validation : parts.training).push_back(i);
  return parts;
}

}  // namespace radfuse::network
