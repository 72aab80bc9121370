// SPDX-License-Identifier: Apache-2.0
// From stored values to values that mean something: slope and intercept, and the polarity of radiographs.
#pragma once

#include <string>
#include <vector>

#include "dcmtk.hpp"
#include "radfuse/dicom/params.hpp"

namespace radfuse::dicom {

inline const DcmTagKey kPhilipsScaleSlope(0x2005, 0x100E);

struct Scaling {
  double slope = 1, intercept = 0;
  bool operator==(const Scaling&) const = default;
};

/// `header`: the attributes of one slice; for a frame of an enhanced object those of its functional groups put beside
/// the object's own. Throws InputError with the reason when the file lacks what the study's choice needs. `notes` gets
/// what the user should know, each once.
Scaling scaling_of(DcmItem& header, const std::string& modality, const DicomParams& params,
                   std::vector<std::string>& notes);

/// Do the lowest and the highest storable number change places (before the scaling)? MONOCHROME1 says that low values
/// are shown white. CT and PET are never inverted, because their values are physical whatever their display;
/// radiographs as params.radiograph.invert says; others when they are MONOCHROME1. PresentationLUTShape INVERSE says
/// the same as MONOCHROME1 and is no second inversion.
bool is_inverted(const std::string& photometric, const std::string& modality, const DicomParams& params);

/// CR, DX, MG, IO, PX, RG, RF, XA.
bool is_radiograph(const std::string& modality);

/// Adds a note unless it is there.
void note_once(std::vector<std::string>& notes, const std::string& note);

}  // namespace radfuse::dicom
