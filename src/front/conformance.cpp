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
  std::string masks;
  if (found.masks) {
    std::cout << "mask: " << found.masks->dicom << " voxels from the structure set, " << found.masks->nifti
              << " in mask.nii.gz, " << found.masks->differing << " differ\n";
    masks = " (masks differ in " + std::to_string(found.masks->differing) + " voxels)";
  }
  for (const auto& result : found.compared)
    if (!result.pass)
      std::cout << "failed: " << result.reference.configuration << " " << result.reference.tag << ": "
                << shown(result.value) << " instead of " << result.reference.printed << " +- "
                << text::from_double(conformance::allowed(result.reference)) << masks << "\n";
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
                             const std::filesystem::path& out, bool dicom, int threads) {
  if (chapter != "ibsi1") throw StudyError("there is no conformance check '" + chapter + "' (ibsi1)");
  const conformance::Conformance found =
      dicom ? conformance::ibsi1_dicom(data, threads) : conformance::ibsi1(data, threads);
  if (!out.empty()) write_file(out, conformance::to_csv(found));
  print(found);
  std::cout << (dicom ? "ibsi1 from DICOM: " : "ibsi1: ") << of(found.features) << " features, "
            << of(found.diagnostics) << " diagnostics\n";
  return found.all_passed() ? ExitCode::done : ExitCode::some_failed;
}

}  // namespace radfuse
