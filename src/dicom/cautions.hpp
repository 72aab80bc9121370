// SPDX-License-Identifier: Apache-2.0
// Images that can be read, but that a study may not want: lossy compression, and text burned into the pixels.
#pragma once

#include <string>
#include <vector>

#include "dcmtk.hpp"
#include "radfuse/dicom/params.hpp"

namespace radfuse::dicom {

/// Throws InputError, notes, or says nothing, as params.lossy and params.burned_in say.
void heed_cautions(DcmDataset& data, const DicomParams& params, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
