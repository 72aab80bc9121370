// SPDX-License-Identifier: Apache-2.0
// LossyImageCompression (0028,2110), the lossy transfer syntaxes, and BurnedInAnnotation (0028,0301).
#include "cautions.hpp"

#include <algorithm>
#include <initializer_list>

#include "radfuse/base/error.hpp"
#include "scaling.hpp"

namespace radfuse::dicom {
namespace {

bool is_one_of(E_TransferSyntax syntax, std::initializer_list<E_TransferSyntax> several) {
  return std::find(several.begin(), several.end(), syntax) != several.end();
}

bool is_lossy(DcmDataset& data) {
  const E_TransferSyntax syntax = data.getOriginalXfer();
  const std::string said = text_of(data, DCM_LossyImageCompression);
  // A lossless syntax does not bring back what an earlier compression lost: the attribute counts by itself.
  if (said == "01") return true;
  if (is_one_of(syntax,
                {EXS_JPEGProcess1, EXS_JPEGProcess2_4, EXS_JPEGProcess3_5, EXS_JPEGProcess6_8, EXS_JPEGProcess10_12}))
    return true;
  // These may hold either: lossy unless the header denies it.
  return is_one_of(syntax, {EXS_JPEGLSLossy, EXS_JPEG2000}) && said != "00";
}

void heed(Caution caution, const std::string& what, const std::string& key, std::vector<std::string>& notes) {
  if (caution == Caution::refuse) throw InputError(what + "; " + key + " in the study file says whether to take it");
  if (caution == Caution::warn) note_once(notes, what);
}

}  // namespace

void heed_cautions(DcmDataset& data, const DicomParams& params, std::vector<std::string>& notes) {
  if (is_lossy(data)) heed(params.lossy, "the image went through a lossy compression", "import.lossy", notes);
  if (text_of(data, DCM_BurnedInAnnotation) == "YES")
    heed(params.burned_in, "the image says that a patient's data is written into its pixels", "import.burned_in",
         notes);
}

}  // namespace radfuse::dicom
