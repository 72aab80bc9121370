// SPDX-License-Identifier: Apache-2.0
// Rescale (PS3.3, C.11.1), Philips' private scale, real-world value mapping (PS3.3, C.7.6.16.2.11).
#include "scaling.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "pet_facts.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

std::optional<double> one(DcmItem& item, const DcmTagKey& tag) {
  const auto values = numbers_of(item, tag);
  return values.empty() ? std::nullopt : std::optional(values[0]);
}

/// A floating-point attribute, as FL, FD or text. Written as implicit VR and unknown to the dictionary it is UN: four
/// bytes, little endian.
std::optional<double> floating(DcmItem& item, const DcmTagKey& tag) {
  Float32 single = 0;
  Float64 twice = 0;
  if (item.findAndGetFloat32(tag, single).good()) return single;
  if (item.findAndGetFloat64(tag, twice).good()) return twice;
  const Uint8* bytes = nullptr;
  unsigned long count = 0;
  if (item.findAndGetUint8Array(tag, bytes, &count).good() && bytes != nullptr && count == 4) {
    const std::uint32_t word = bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8 |
                               static_cast<std::uint32_t>(bytes[2]) << 16 | static_cast<std::uint32_t>(bytes[3]) << 24;
    return std::bit_cast<float>(word);
  }
  return one(item, tag);
}

Scaling rescale(DcmItem& header) {
  const Scaling scaling{one(header, DCM_RescaleSlope).value_or(1), one(header, DCM_RescaleIntercept).value_or(0)};
  if (scaling.slope == 0) throw InputError("has a RescaleSlope of 0");
  return scaling;
}

/// FP = DV / (RS x SS) with DV = stored x RS + RI (Chenevert et al., Transl Oncol 2014, doi:10.1593/tlo.13811).
Scaling philips_fp(DcmItem& header) {
  const auto scale = floating(header, kPhilipsScaleSlope);
  const auto slope = one(header, DCM_RescaleSlope), intercept = one(header, DCM_RescaleIntercept);
  if (!text::lower(text_of(header, DCM_Manufacturer)).starts_with("philips"))
    throw InputError("is not from Philips, but import.mr.scaling is philips_fp; choose rescale or stored");
  if (!scale || !slope || !intercept || !std::isfinite(*scale) || *scale == 0 || *slope == 0)
    throw InputError(
        "lacks the scale slope (2005,100E), RescaleSlope or RescaleIntercept that import.mr.scaling: philips_fp "
        "needs; choose rescale or stored");
  return {1 / *scale, *intercept / (*slope * *scale)};
}

Scaling real_world(DcmItem& header) {
  DcmItem* map = nullptr;
  if (header.findAndGetSequenceItem(DCM_RealWorldValueMappingSequence, map, 0).bad() || map == nullptr)
    throw InputError("has no real-world value mapping, but import.mr.scaling is real_world; choose rescale or stored");
  DcmItem* second = nullptr;
  if (header.findAndGetSequenceItem(DCM_RealWorldValueMappingSequence, second, 1).good() && second != nullptr)
    throw InputError("has several real-world value mappings; choose import.mr.scaling: rescale or stored");
  const auto slope = floating(*map, DCM_RealWorldValueSlope), intercept = floating(*map, DCM_RealWorldValueIntercept);
  if (!slope || !intercept || !std::isfinite(*slope) || !std::isfinite(*intercept) || *slope == 0)
    throw InputError(
        "has a real-world value mapping that is a table, not a slope and an intercept; choose "
        "import.mr.scaling: rescale or stored");
  return {*slope, *intercept};
}

Scaling mr_scaling(DcmItem& header, const DicomParams& params) {
  switch (params.mr.scaling) {
    case MrScaling::rescale:
      return rescale(header);
    case MrScaling::philips_fp:
      return philips_fp(header);
    case MrScaling::real_world:
      return real_world(header);
    case MrScaling::stored:
      return {};
  }
  return {};
}

Scaling pet_scaling(DcmItem& header, const DicomParams& params, std::vector<std::string>& notes) {
  const Scaling own = rescale(header);
  const SuvScaling suv = suv_scaling(pet_facts(header), params.pet.values);
  for (const std::string& note : suv.notes) note_once(notes, note);
  return {own.slope * suv.factor, own.intercept * suv.factor};
}

}  // namespace

Scaling scaling_of(DcmItem& header, const std::string& modality, const DicomParams& params,
                   std::vector<std::string>& notes) {
  Scaling scaling;
  if (modality == "MR")
    scaling = mr_scaling(header, params);
  else if (modality == "PT")
    scaling = pet_scaling(header, params, notes);
  else
    scaling = rescale(header);
  if (!std::isfinite(scaling.slope) || !std::isfinite(scaling.intercept))
    throw InputError("its slope and intercept are not finite numbers");
  return scaling;
}

bool is_radiograph(const std::string& modality) {
  constexpr const char* kModalities[] = {"CR", "DX", "MG", "IO", "PX", "RG", "RF", "XA"};
  return std::find(std::begin(kModalities), std::end(kModalities), modality) != std::end(kModalities);
}

bool is_inverted(const std::string& photometric, const std::string& modality, const DicomParams& params) {
  const bool white_is_low = photometric == "MONOCHROME1";
  if (modality == "CT" || modality == "PT") return false;
  if (!is_radiograph(modality)) return white_is_low;
  switch (params.radiograph.invert) {
    case Inversion::automatic:
      return white_is_low;
    case Inversion::never:
      return false;
    case Inversion::always:
      return true;
  }
  return false;
}

void note_once(std::vector<std::string>& notes, const std::string& note) {
  if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
}

}  // namespace radfuse::dicom
