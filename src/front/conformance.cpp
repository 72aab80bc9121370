// SPDX-License-Identifier: Apache-2.0
// radfuse conformance: does this build reproduce the published reference values?
#include <cmath>
#include <iostream>

#include "commands.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/conformance/ibsi1.hpp"

namespace radfuse {
namespace {

std::string shown(const std::optional<double>& value) {
  if (!value) return "not produced";
  return std::isnan(*value) ? "undefined" : text::from_double(*value);
}

void print(const conformance::Conformance& found) {
  for (const auto& result : found.compared)
    if (!result.pass)
      std::cout << "failed: " << result.reference.configuration << " " << result.reference.tag << ": "
                << shown(result.value) << " instead of " << result.reference.printed << " +- "
                << text::from_double(conformance::allowed(result.reference)) << "\n";
  std::cout << "without a reference value:\n";
  for (const auto& result : found.without_reference)
    std::cout << "  " << result.reference.configuration << " " << result.reference.tag << ": " << shown(result.value)
              << "\n";
}

std::string of(const conformance::Score& score) {
  return std::to_string(score.passed) + "/" + std::to_string(score.total);
}

}  // namespace

ExitCode conformance_command(const std::string& chapter, const std::filesystem::path& data,
                             const std::filesystem::path& out, int threads) {
  if (chapter != "ibsi1") throw StudyError("there is no conformance check '" + chapter + "' (ibsi1)");
  const conformance::Conformance found = conformance::ibsi1(data, threads);
  if (!out.empty()) write_file(out, conformance::to_csv(found));
  print(found);
  std::cout << "ibsi1: " << of(found.features) << " features, " << of(found.diagnostics) << " diagnostics\n";
  return found.all_passed() ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace radfuse
