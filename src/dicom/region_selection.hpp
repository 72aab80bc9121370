// SPDX-License-Identifier: Apache-2.0
// "GTV + /node.*/ - 3": which regions of a file are meant, and how they are put together.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "radfuse/dicom/regions.hpp"

namespace radfuse::dicom {

struct Term {
  bool adds = true;                  ///< false: what it covers is taken away
  std::vector<std::size_t> regions;  ///< indices into the file's list; united
};

/// In order, to be applied one after the other. Throws InputError that lists the regions. See read_regions for what
/// may be written; a name that itself holds " + " or " - " is found as the longest name that fits.
std::vector<Term> select(const std::vector<Region>& regions, const std::string& wanted);

}  // namespace radfuse::dicom
