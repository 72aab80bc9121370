// SPDX-License-Identifier: Apache-2.0
// The images of one object: itself, the frames of an enhanced object (PS3.3, C.7.6.16), or of a reconstructed SPECT.
#pragma once

#include <string>
#include <vector>

#include "slice.hpp"

namespace radfuse::dicom {

/// One for each frame, in the order of the file; names and files are left to the caller. Throws InputError for
/// multi-frame objects whose frames have no places of their own: planar and dynamic nuclear images, clips.
std::vector<Slice> slices_of(DcmDataset& data, const DicomParams& params, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
