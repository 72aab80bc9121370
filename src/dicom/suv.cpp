// SPDX-License-Identifier: Apache-2.0
// From activity, or from one kind of uptake value, to another. The steps follow the vendor-neutral account of the
// Quantitative Imaging Biomarkers Alliance and the IBSI's note on uptake values; docs/modalities.md tells where not.
#include "suv.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

double required(const std::optional<double>& value, const char* attribute, double least, double most,
                const char* unit) {
  if (!value || *value == 0)
    throw InputError(std::string(attribute) + " is missing or zero, and uptake values need it" + kWithoutUptake);
  if (!(*value >= least && *value <= most))
    throw InputError(std::string(attribute) + " is " + text::from_double(*value) + ", which cannot be: it is in " +
                     unit + ", from " + text::from_double(least) + " to " + text::from_double(most) + kWithoutUptake);
  return *value;
}

double weight(const PetFacts& facts) {
  return required(facts.weight_kg, "PatientWeight (0010,1030)", 0.5, 500, "kg");
}
double height(const PetFacts& facts) {
  return required(facts.height_m, "PatientSize (0010,1020)", 0.3, 2.6, "m");
}
double dose(const PetFacts& facts) {
  return required(facts.dose_bq, "RadionuclideTotalDose (0018,1074)", 1e5, 1e11, "Bq (not MBq)");
}

/// By what an uptake value is normalised: grams, or cm2 for the body surface.
enum class Size { weight, james, janmahasatian, surface, lean };

/// Lean mass falls again beyond some weight in James's formula; where it is no longer a mass, it is refused.
double plausible_lean(double lean, double all) {
  if (!(lean > 0.2 * all && lean <= all))
    throw InputError(
        "the lean body mass that follows from PatientWeight (0010,1030), PatientSize (0010,1020) and PatientSex "
        "(0010,0040) is " +
        text::from_double(std::round(100 * lean / all)) +
        " % of the body, which cannot be; correct the file, or set import.pet.values: suv_bw");
  return lean;
}

bool is_male(const PetFacts& facts) {
  if (facts.sex == "M" || facts.sex == "F") return facts.sex == "M";
  throw InputError(std::string("PatientSex (0010,0040) must be M or F for a lean body mass") +
                   "; correct the file, or set import.pet.values: suv_bw");
}

double size_of(const PetFacts& facts, Size size) {
  const double kg = weight(facts);
  switch (size) {
    case Size::weight:
      return 1000 * kg;
    case Size::james:
      return 1000 * plausible_lean(lean_body_mass_james(kg, height(facts), is_male(facts)), kg);
    case Size::janmahasatian:
      return 1000 * plausible_lean(lean_body_mass_janmahasatian(kg, height(facts), is_male(facts)), kg);
    case Size::surface:
      return 1e4 * body_surface_area(kg, height(facts));
    case Size::lean:
      break;
  }
  throw Error(ExitCode::bug, "a lean body mass of unknown formula has no size");
}

Size wanted_size(PetValues values) {
  if (values == PetValues::suv_lbm) return Size::james;
  return values == PetValues::suv_bsa ? Size::surface : Size::weight;
}

std::string words(Size size) {
  switch (size) {
    case Size::weight:
      return "by body weight (g/ml)";
    case Size::james:
      return "by lean body mass (James 1976), g/ml";
    case Size::janmahasatian:
      return "by lean body mass (Janmahasatian 2005), g/ml";
    case Size::surface:
      return "by body surface area (cm2/ml)";
    case Size::lean:
      break;
  }
  return "by lean body mass, g/ml";
}

/// What the file's own uptake values are normalised by.
Size own_size(const PetFacts& facts) {
  const std::string type = facts.suv_type;
  if (facts.units == "CM2ML") {
    if (type.empty() || type == "BSA") return Size::surface;
  } else {
    if (type.empty() || type == "BW") return Size::weight;
    if (type == "LBM") return Size::lean;
    if (type == "LBMJAMES128") return Size::james;
    if (type == "LBMJANMA") return Size::janmahasatian;
  }
  throw InputError("its SUVType (0054,1006) is '" + type + "' with Units (0054,1001) " + facts.units +
                   ", from which nothing else can be computed; set import.pet.values: activity to take it as it is");
}

/// From one uptake value to another: dose and decay are in it already.
SuvScaling convert(const PetFacts& facts, Size own, Size wanted, const std::string& source) {
  SuvScaling scaling;
  if (own == wanted || (own == Size::lean && wanted == Size::james)) {
    scaling.notes.push_back("PET: " + source + " are uptake values " + words(own) + " already, and taken as they are");
    if (own == Size::lean)
      scaling.notes.push_back(
          "PET: SUVType LBM does not say which formula for lean body mass was used (120 or 128 in the one for men)");
    return scaling;
  }
  if (own == Size::lean)
    throw InputError(
        "its SUVType (0054,1006) is 'LBM', which does not say the formula for lean body mass, so that nothing else can "
        "be computed; set import.pet.values: suv_lbm to take it as it is");
  scaling.factor = size_of(facts, wanted) / size_of(facts, own);
  scaling.notes.push_back("PET: " + source + " are uptake values " + words(own) + "; converted to uptake " +
                          words(wanted));
  return scaling;
}

bool corrected_for(const PetFacts& facts, std::string_view what) {
  const auto all = text::split(facts.corrected, '\\');
  return std::any_of(all.begin(), all.end(), [&](const std::string& one) { return text::trim(one) == what; });
}

void note_corrections(const PetFacts& facts, std::vector<std::string>& notes) {
  if (!facts.corrected.empty() && !corrected_for(facts, "ATTN"))
    notes.emplace_back("PET: CorrectedImage does not name attenuation: these are no quantitative uptake values");
}

/// CorrectedImage and DecayCorrection must tell the same.
void require_consistent(const PetFacts& facts) {
  if (facts.corrected.empty()) return;
  const bool corrected = corrected_for(facts, "DECY");
  if (corrected == (facts.decay_correction == "NONE"))
    throw InputError("its DecayCorrection (0054,1102) is " + facts.decay_correction +
                     ", but CorrectedImage (0028,0051) " + (corrected ? "names" : "does not name") + " decay (DECY)" +
                     kWithoutUptake);
}

SuvScaling from_activity(const PetFacts& facts, Size wanted, double to_bqml, const std::string& source) {
  SuvScaling scaling;
  if (facts.decay_correction != "START" && facts.decay_correction != "ADMIN" && facts.decay_correction != "NONE")
    throw InputError((facts.decay_correction.empty()
                          ? std::string("DecayCorrection (0054,1102) is missing")
                          : "its DecayCorrection (0054,1102) is '" + facts.decay_correction + "'") +
                     "; START, ADMIN and NONE are understood" + kWithoutUptake);
  require_consistent(facts);
  const double injected = dose(facts);
  scaling.notes.push_back("PET: " + source + " became uptake values " + words(wanted) + ", decay correction " +
                          facts.decay_correction);
  double left = injected;
  if (const double seconds = decay_seconds(facts, scaling.notes); seconds > 0)
    left = injected * std::exp2(-seconds / *facts.half_life_s);
  scaling.factor = to_bqml * size_of(facts, wanted) / left;
  note_corrections(facts, scaling.notes);
  return scaling;
}

/// Philips states a factor to uptake by body weight, or one to activity, or both.
SuvScaling from_counts(const PetFacts& facts, Size wanted) {
  if (facts.philips_suv.value_or(0) > 0) {
    SuvScaling scaling =
        convert(facts, Size::weight, wanted, "counts times the factor that Philips states (7053,1000)");
    scaling.factor *= *facts.philips_suv;
    note_corrections(facts, scaling.notes);
    return scaling;
  }
  if (facts.philips_bqml.value_or(0) > 0)
    return from_activity(facts, wanted, *facts.philips_bqml,
                         "counts times the factor to Bq/ml that Philips states (7053,1009)");
  throw InputError(std::string("its Units (0054,1001) are CNTS (counts), and neither of the factors of Philips, "
                               "(7053,1000) and (7053,1009), is there; export it with its private attributes") +
                   ", or set import.pet.values: activity to keep the counts");
}

}  // namespace

double lean_body_mass_james(double weight_kg, double height_m, bool male) {
  const double ratio = weight_kg / (100 * height_m);  // kg/cm, as published
  return male ? 1.10 * weight_kg - 128 * ratio * ratio : 1.07 * weight_kg - 148 * ratio * ratio;
}

double lean_body_mass_janmahasatian(double weight_kg, double height_m, bool male) {
  const double bmi = weight_kg / (height_m * height_m);
  return male ? 9270 * weight_kg / (6680 + 216 * bmi) : 9270 * weight_kg / (8780 + 244 * bmi);
}

double body_surface_area(double weight_kg, double height_m) {
  return 0.007184 * std::pow(weight_kg, 0.425) * std::pow(100 * height_m, 0.725);
}

SuvScaling suv_scaling(const PetFacts& facts, PetValues values) {
  if (values == PetValues::activity)
    return {1,
            {"PET: values are in the file's own unit" + (facts.units.empty() ? "" : " (" + facts.units + ")") +
             ", without weight, dose or time"}};
  const Size wanted = wanted_size(values);
  if (facts.units == "BQML") return from_activity(facts, wanted, 1, "Bq/ml");
  if (facts.units == "CNTS") return from_counts(facts, wanted);
  if (facts.units == "GML" || facts.units == "CM2ML") {
    SuvScaling scaling = convert(facts, own_size(facts), wanted, "the file's values (" + facts.units + ")");
    note_corrections(facts, scaling.notes);
    return scaling;
  }
  throw InputError((facts.units.empty() ? std::string("Units (0054,1001) is missing")
                                        : "its Units (0054,1001) are '" + facts.units + "'") +
                   "; uptake values are computed from BQML, CNTS (Philips), GML and CM2ML; set import.pet.values: "
                   "activity to take the values as they are");
}

}  // namespace radfuse::dicom
