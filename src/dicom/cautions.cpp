// SPDX-License-Identifier: Apache-2.0
// LossyImageCompression (0028,2110), the lossy transfer syntaxes, and BurnedInAnnotation (0028,0301).
#include "cautions.hpp"

#include <algorithm>

#include "radfuse/base/error.hpp"
#include "scaling.hpp"

namespace radfuse::dicom {
namespace {

/// JPEG-LS lossy and JPEG 2000 "may" be lossless inside: the syntax alone says that loss was allowed, and so does this.
bool lossy_syntax(E_TransferSyntax syntax) {
  constexpr E_TransferSyntax kLossy[] = {EXS_JPEGProcess1,   EXS_JPEGProcess2_4,   EXS_JPEGProcess3_5,
                                         EXS_JPEGProcess6_8, EXS_JPEGProcess10_12, EXS_JPEGLSLossy};
  return std::find(std::begin(kLossy), std::end(kLossy), syntax) != std::end(kLossy);
}

void heed(Caution caution, const std::string& what, const std::string& key, std::vector<std::string>& notes) {
  if (caution == Caution::refuse) throw InputError(what + "; " + key + " in the study file says whether to take it");
  if (caution == Caution::warn) note_once(notes, what);
}

}  // namespace

void heed_cautions(DcmDataset& data, const DicomParams& params, std::vector<std::string>& notes) {
  // A lossless syntax does not bring back what an earlier compression lost: the attribute counts as well.
  if (text_of(data, DCM_LossyImageCompression) == "01" || lossy_syntax(data.getOriginalXfer()))
    heed(params.lossy, "the image went through a lossy compression", "import.lossy", notes);
  if (text_of(data, DCM_BurnedInAnnotation) == "YES")
    heed(params.burned_in, "the image says that a patient's data is written into its pixels", "import.burned_in",
         notes);
}

}  // namespace radfuse::dicom
