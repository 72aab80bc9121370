// SPDX-License-Identifier: Apache-2.0
// Standardised uptake values: what a PET header says, as plain facts, and the arithmetic on them. The two are apart so
// that the arithmetic can be checked by hand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "moment.hpp"
#include "radfuse/dicom/params.hpp"

namespace radfuse::dicom {

/// Numbers as the file has them; nothing when an attribute is absent, empty or no number. Times of one clock.
struct PetFacts {
  std::string units;             ///< (0054,1001)
  std::string suv_type;          ///< (0054,1006)
  std::string decay_correction;  ///< (0054,1102)
  std::string corrected;         ///< CorrectedImage (0028,0051), joined by backslashes
  std::string sex;               ///< (0010,0040)
  std::string nuclide;           ///< code of RadionuclideCodeSequence (0054,0300)
  bool ge = false;               ///< GE counts FrameReferenceTime to the start of the frame, others to its mean
  std::optional<double> weight_kg, height_m, dose_bq, half_life_s;
  std::optional<double> frame_reference_ms;  ///< (0054,1300), since the reference of the decay correction
  std::optional<double> frame_duration_ms;   ///< (0018,1242)
  /// RadiopharmaceuticalStartDateTime (0018,1078), and StartTime (0018,1072), which has no date.
  std::optional<Moment> injected_at, injected_time;
  std::optional<Moment> series, acquisition;  ///< (0008,0021) and (0008,0031); (0008,0022) and (0008,0032)
  std::optional<Moment> decay_reference;      ///< (0018,9701), or Siemens (0071,1022): what decay was corrected to
  std::optional<Moment> ge_scan_start;        ///< GE (0009,100D)
  std::optional<double> philips_suv, philips_bqml;  ///< (7053,1000) and (7053,1009)
};

/// Ends the refusals of this file's functions.
inline constexpr const char* kWithoutUptake =
    "; correct the file, or set import.pet.values: activity to do without uptake values";

struct SuvScaling {
  double factor = 1;               ///< rescaled value * factor is what becomes the voxel
  std::vector<std::string> notes;  ///< what was computed and from what; no dates, nothing that identifies
};

/// Throws InputError that names the attribute at fault. `activity` needs nothing and changes nothing.
SuvScaling suv_scaling(const PetFacts& facts, PetValues values);

// The parts.

/// Seconds of decay between the injection and what the voxels were corrected to (`START`: the scan's start; `NONE`:
/// each frame's own time; `ADMIN`: 0). Throws InputError when the file does not say, or what it says cannot be.
double decay_seconds(const PetFacts& facts, std::vector<std::string>& notes);

/// James, Research on Obesity, HMSO 1976 (DICOM's LBMJAMES128): kg.
double lean_body_mass_james(double weight_kg, double height_m, bool male);
/// Janmahasatian et al., Clin Pharmacokinet 2005;44:1051 (DICOM's LBMJANMA): kg.
double lean_body_mass_janmahasatian(double weight_kg, double height_m, bool male);
/// Du Bois, Arch Intern Med 1916;17:863: m2.
double body_surface_area(double weight_kg, double height_m);
/// When, counted from the start of a frame, the count rate has its mean: ln(x / (1 - e^-x)) / lambda, x = lambda T.
double mean_count_rate_time(double frame_s, double half_life_s);

}  // namespace radfuse::dicom
