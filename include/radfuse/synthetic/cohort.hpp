// SPDX-License-Identifier: Apache-2.0
// Synthetic cohorts with known truth: who is in them, what makes their outcome, and each case's image and masks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/base/named.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::synthetic {

enum class Kind { us2d, xray2d, ct3d, mri3d, pet3d };
inline constexpr Named<Kind> kKinds[] = {
    {"us2d", Kind::us2d, "speckled ultrasound of a soft-tissue lesion, 8 bits, PNG"},
    {"xray2d", Kind::xray2d, "radiograph of a lucent bone lesion, 16 bits, PNG"},
    {"ct3d", Kind::ct3d, "contrast-enhanced CT of a liver-like lesion, Hounsfield units, NIfTI and DICOM"},
    {"mri3d", Kind::mri3d, "T1-weighted MR of an enhancing brain-like lesion, arbitrary units, NIfTI"},
    {"pet3d", Kind::pet3d, "FDG-PET of a tumour, standardised uptake values, NIfTI"},
};
constexpr bool is_plane(Kind kind) {
  return kind == Kind::us2d || kind == Kind::xray2d;
}

/// The form of the files.
enum class Form { native, dicom };
inline constexpr Named<Form> kForms[] = {
    {"native", Form::native, "PNG for pictures, NIfTI for volumes"},
    {"dicom", Form::dicom,
     "as scanners and contouring workstations write them: DICOM, regions of volumes as RTSTRUCT "
     "or SEG"},
};

enum class Role { train, test, external };
inline constexpr Named<Role> kRoles[] = {
    {"train", Role::train, "centres C1 and C2, seven of ten cases"},
    {"test", Role::test, "centres C1 and C2, the others"},
    {"external", Role::external, "all cases of centre C3"},
};

/// What makes the outcome: P(positive) = 1 / (1 + exp(-logit)), logit = intercept + sum of coefficient x latent. The
/// latents are uncorrelated standard normal variables, cut off at +-2.5, spread evenly within each centre.
struct Coefficients {
  double intercept = -0.6;
  double texture = 2.0;   ///< heterogeneity and coarseness inside the lesion: seen by grey-level features
  double shape = 1.6;     ///< irregularity of the contour: seen by shape features
  double rim = 2.8;       ///< brightness of the 3 mm around the lesion: outside the mask, seen by networks
  double clinical = 1.9;  ///< marker_a
};
inline constexpr Coefficients kCoefficients;

/// The hidden truth of a case.
struct Truth {
  double texture = 0, shape = 0, rim = 0, clinical = 0;
  double logit = 0, probability = 0;
};

/// Age (years), sex and marker_b say nothing about the outcome; marker_a = 50 + 12 x the clinical latent.
struct Clinical {
  int age = 0;
  char sex = 'F';
  double marker_a = 0;
  double marker_b = 0;
};

struct PlannedCase {
  std::string case_id;     ///< "S001"
  std::string patient_id;  ///< "P001"
  std::string site;        ///< "C1", "C2" or "C3"
  std::size_t centre = 0;  ///< 0, 1 or 2
  Role role = Role::train;
  int outcome = 0;
  Clinical clinical;
  Truth truth;
  double spacing_mm = 0;  ///< pixel size in the plane
  bool as_dicom = false;  ///< every fifth CT of the native form is a DICOM series
};

struct CohortPlan {
  Kind kind = Kind::us2d;
  std::uint64_t seed = 0;
  Form form = Form::native;
  std::vector<PlannedCase> cases;  ///< by case id
};

/// The readers who outline every lesion, in the order of SyntheticCase::masks. The first is the reference.
inline constexpr std::array<std::string_view, 2> kReaders = {"R1", "R2"};
inline constexpr std::size_t kLeastCases = 12, kMostCases = 9999;

/// Fast: draws no image. Depends on (kind, cases, seed) only; the form changes nothing but the files. Every split holds
/// both outcomes. Throws StudyError when `cases` is outside [kLeastCases, kMostCases].
CohortPlan plan_cohort(Kind kind, std::size_t cases, std::uint64_t seed, Form form = Form::native);

/// How the numbers of Volume::values are meant to be stored; they are whole numbers in that range already, or
/// thousandths of an SUV (float32).
enum class Storage { uint8, uint16, int16, float32 };
Storage storage_of(Kind kind);

struct SyntheticCase {
  Volume image;             ///< one slice for the 2-D kinds
  std::vector<Mask> masks;  ///< one for each reader
  Mask truth_mask;          ///< the lesion as it was drawn, without any reader
};

/// Depends on (plan.seed, plan.kind, index) and plan.cases[index] only, so cases can be made in any order and in
/// parallel.
SyntheticCase make_case(const CohortPlan& plan, std::size_t index);

}  // namespace radfuse::synthetic
