// SPDX-License-Identifier: Apache-2.0
// PET attributes, standard (PS3.3, C.8.9) and the vendors' own.
#include "pet_facts.hpp"

#include "private_text.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

/// The first number of an attribute; what is no number counts as missing, and who needs it says so.
std::optional<double> number(const std::string& text) {
  return text::to_double(text::trim(text::split(text, '\\').front()));
}
std::optional<double> number(DcmItem& item, const DcmTagKey& tag) {
  return number(text_of(item, tag));
}

void read_injection(DcmItem& header, PetFacts& facts, const std::string& offset) {
  DcmItem* given = first_item(header, DCM_RadiopharmaceuticalInformationSequence);
  if (given == nullptr) return;
  facts.dose_bq = number(*given, DCM_RadionuclideTotalDose);
  facts.half_life_s = number(*given, DCM_RadionuclideHalfLife);
  facts.injected_at = parse_date_time(text_of(*given, DCM_RadiopharmaceuticalStartDateTime), offset);
  facts.injected_time = parse_moment({}, text_of(*given, DCM_RadiopharmaceuticalStartTime));
  if (DcmItem* nuclide = first_item(*given, DCM_RadionuclideCodeSequence))
    facts.nuclide = text_of(*nuclide, DCM_CodeValue);
}

void read_private(DcmItem& header, PetFacts& facts, const std::string& offset) {
  facts.decay_reference = parse_date_time(text_of(header, DCM_DecayCorrectionDateTime), offset);
  if (!facts.decay_reference)
    facts.decay_reference = parse_date_time(private_text(header, 0x0071, "SIEMENS MED PT", 0x22), offset);
  facts.ge_scan_start = parse_date_time(private_text(header, 0x0009, "GEMS_PETD_01", 0x0D), offset);
  facts.philips_suv = number(private_text(header, 0x7053, "Philips PET Private Group", 0x00));
  facts.philips_bqml = number(private_text(header, 0x7053, "Philips PET Private Group", 0x09));
}

}  // namespace

PetFacts pet_facts(DcmItem& header) {
  PetFacts facts;
  const std::string offset = text_of(header, DCM_TimezoneOffsetFromUTC);
  facts.units = code_of(header, DCM_Units);
  facts.suv_type = code_of(header, DCM_SUVType);
  facts.decay_correction = code_of(header, DCM_DecayCorrection);
  facts.corrected = code_of(header, DCM_CorrectedImage);
  facts.sex = text_of(header, DCM_PatientSex);
  facts.ge = text::lower(text_of(header, DCM_Manufacturer)).starts_with("ge ");
  facts.weight_kg = number(header, DCM_PatientWeight);
  facts.height_m = number(header, DCM_PatientSize);
  facts.frame_reference_ms = number(header, DCM_FrameReferenceTime);
  facts.frame_duration_ms = number(header, DCM_ActualFrameDuration);
  facts.series = parse_moment(text_of(header, DCM_SeriesDate), text_of(header, DCM_SeriesTime));
  facts.acquisition = parse_moment(text_of(header, DCM_AcquisitionDate), text_of(header, DCM_AcquisitionTime));
  read_injection(header, facts, offset);
  read_private(header, facts, offset);
  return facts;
}

}  // namespace radfuse::dicom
