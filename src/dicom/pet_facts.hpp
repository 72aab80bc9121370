// SPDX-License-Identifier: Apache-2.0
// What a PET header says that uptake values need.
#pragma once

#include "dcmtk.hpp"
#include "suv.hpp"

namespace radfuse::dicom {

PetFacts pet_facts(DcmItem& header);

}  // namespace radfuse::dicom
