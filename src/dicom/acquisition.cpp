// SPDX-License-Identifier: Apache-2.0
// What may be told of how an image was made.
#include "acquisition.hpp"

#include <algorithm>
#include <cmath>

#include "dcmtk.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

bool is_numbers(std::string_view value) {
  return std::ranges::all_of(text::split(value, '\\'),
                             [](const std::string& part) { return text::to_double(text::trim(part)).has_value(); });
}

DcmItem* first_item(DcmItem& object, const DcmTagKey& sequence) {
  DcmItem* item = nullptr;
  return object.findAndGetSequenceItem(sequence, item, 0).good() ? item : nullptr;
}

std::optional<double> number_in(DcmItem& item, const DcmTagKey& tag) {
  const std::string value = text_of(item, tag);
  return text::to_double(text::trim(text::split(value, '\\')[0]));
}

// Half-lives in seconds (Decay Data Evaluation Project), of what is injected for PET and SPECT.
struct Nuclide {
  std::string_view name;
  double half_life_s;
};
constexpr Nuclide kNuclides[] = {
    {"C-11", 1221.8},   {"N-13", 597.9},  {"O-15", 122.3},    {"F-18", 6584},     {"Cu-64", 45724},
    {"Ga-68", 4063},    {"Rb-82", 76.38}, {"Zr-89", 282300},  {"I-124", 360800},  {"Tc-99m", 21624},
    {"In-111", 242330}, {"I-123", 47606}, {"Tl-201", 262480}, {"Lu-177", 574340},
};

// By half-life, because a number cannot hold a name; files state it with up to 2 % of difference.
std::string radionuclide(DcmItem& object) {
  DcmItem* item = first_item(object, DCM_RadiopharmaceuticalInformationSequence);
  const auto half_life = item == nullptr ? std::nullopt : number_in(*item, DCM_RadionuclideHalfLife);
  if (!half_life) return {};
  const auto nearest = std::ranges::min_element(kNuclides, {}, [&](const Nuclide& nuclide) {
    return std::abs(std::log(std::max(*half_life, 1e-9) / nuclide.half_life_s));
  });
  const bool same = std::abs(*half_life / nearest->half_life_s - 1) < 0.02;
  return same ? std::string(nearest->name) : "half-life " + text::from_double(*half_life) + " s";
}

std::string injected_mbq(DcmItem& object) {
  DcmItem* item = first_item(object, DCM_RadiopharmaceuticalInformationSequence);
  const auto dose = item == nullptr ? std::nullopt : number_in(*item, DCM_RadionuclideTotalDose);
  return dose ? text::from_double(*dose / 1e6) : "";  // Bq in the file
}

/// Seconds since midnight of a TM or DT value (hhmmss from `at`).
std::optional<double> clock_s(std::string_view value, std::size_t at = 0) {
  if (value.size() < at + 6) return std::nullopt;
  const auto hours = text::to_int(value.substr(at, 2)), minutes = text::to_int(value.substr(at + 2, 2)),
             seconds = text::to_int(value.substr(at + 4, 2));
  if (!hours || !minutes || !seconds) return std::nullopt;
  return static_cast<double>(*hours * 3600 + *minutes * 60 + *seconds);
}

// Whole minutes from injection to the start of the series, by the clock: no date is needed and none leaves.
std::string uptake_min(DcmItem& object) {
  constexpr double kDay = 86400;
  DcmItem* item = first_item(object, DCM_RadiopharmaceuticalInformationSequence);
  if (item == nullptr) return {};
  auto injected = clock_s(text_of(*item, DCM_RadiopharmaceuticalStartDateTime), 8);
  if (!injected) injected = clock_s(text_of(*item, DCM_RadiopharmaceuticalStartTime));
  const auto series = clock_s(text_of(object, DCM_SeriesTime)), slice = clock_s(text_of(object, DCM_AcquisitionTime));
  const auto start = series && slice && *series > *slice ? slice : series ? series : slice;
  if (!injected || !start) return {};
  const double waited = *start < *injected ? *start - *injected + kDay : *start - *injected;
  return std::to_string(std::lround(waited / 60));
}

std::string transducer_khz(DcmItem& object) {
  DcmItem* item = first_item(object, DCM_SequenceOfUltrasoundRegions);
  Uint32 khz = 0;
  return item != nullptr && item->findAndGetUint32(DCM_TransducerFrequency, khz).good() && khz > 0 ? std::to_string(khz)
                                                                                                   : "";
}

// Empty for objects whose kind never says (pictures without the contrast module say nothing about contrast).
std::string contrast(DcmItem& object) {
  const bool given =
      !text_of(object, DCM_ContrastBolusAgent).empty() || first_item(object, DCM_ContrastBolusAgentSequence) != nullptr;
  return given ? "1" : object.tagExists(DCM_ContrastBolusAgent) ? "0" : "";
}

std::string computed(DcmItem& object, std::string_view name) {
  if (name == "contrast_agent") return contrast(object);
  if (name == "pet_radionuclide") return radionuclide(object);
  if (name == "pet_injected_mbq") return injected_mbq(object);
  if (name == "pet_uptake_min") return uptake_min(object);
  if (name == "us_transducer_frequency_khz") return transducer_khz(object);
  throw Error(ExitCode::bug, "an attribute of acquisition.csv is computed by nothing");
}

/// Enhanced objects call some attributes otherwise.
const std::pair<DcmTagKey, DcmTagKey> kAlsoCalled[] = {
    {DCM_EchoTime, DCM_EffectiveEchoTime},
    {DCM_XRayTubeCurrent, DCM_XRayTubeCurrentInmA},
    {DCM_Exposure, DCM_ExposureInmAs},
};

std::string value_of(DcmItem& object, const AllowedAttribute& allowed) {
  if (allowed.form == Form::computed) return computed(object, allowed.name);
  const DcmTagKey tag(allowed.group, allowed.element);
  std::string value = text_of(object, tag);
  for (const auto& [classic, enhanced] : kAlsoCalled)
    if (value.empty() && tag == classic) value = text_of(object, enhanced);
  const bool fits = allowed.form == Form::code     ? is_code(value)
                    : allowed.form == Form::number ? value.empty() || is_numbers(value)
                                                   : value.size() <= 64;
  return fits ? value : "";
}

}  // namespace

std::vector<std::string> acquisition_values(DcmItem& object) {
  std::vector<std::string> values;
  for (const AllowedAttribute& allowed : kAllowedAttributes) values.push_back(value_of(object, allowed));
  return values;
}

std::string acquisition_value(DcmItem& object, std::string_view name) {
  for (const AllowedAttribute& allowed : kAllowedAttributes)
    if (allowed.name == name) return value_of(object, allowed);
  throw Error(ExitCode::bug, "there is no attribute '" + std::string(name) + "' in acquisition.csv");
}

}  // namespace radfuse::dicom
