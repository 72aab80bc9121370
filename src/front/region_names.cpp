// SPDX-License-Identifier: Apache-2.0
// What the regions of a file are called.
#include "proposal.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/dicom/regions.hpp"

namespace radfuse {

NumberedNames region_names(const std::filesystem::path& file) {
  NumberedNames names;
  try {
    for (const dicom::Region& region : dicom::read_region_file(file).regions)
      names.emplace_back(region.number, region.name);
  } catch (const InputError&) {
    return {};  // radfuse check says what is wrong with it
  }
  return names;
}

}  // namespace radfuse
