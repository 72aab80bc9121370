// SPDX-License-Identifier: Apache-2.0
// The text files of a synthetic cohort: manifest, truth, and a study file that is ready to run.
#pragma once

#include <string>

#include "radfuse/synthetic/cohort.hpp"

namespace radfuse::synthetic {

/// "us", "xr", "ct", "mr" or "pet": the image's name in the study file; its manifest columns are <name>_path,
/// <name>_mask.
std::string image_name(Kind kind);
/// Paths below the cohort's folder: "images/S001.png", "images/S005" (a folder of DICOM slices), "images/S001.dcm" (a
/// DICOM picture), "masks/S001_R1.png", "masks/S001_R1.dcm".
std::string image_path(Kind kind, const PlannedCase& planned);
std::string mask_path(const CohortPlan& plan, const PlannedCase& planned, std::string_view reader);

/// How a reader's outlines are written: of volumes in the DICOM form, CT has one reader's as a structure set and the
/// other's as a segmentation, MR has segmentations, PET structure sets.
enum class RegionForm { file, structure_set, segmentation };
RegionForm region_form(const CohortPlan& plan, std::string_view reader);
/// The region's name in them.
inline constexpr std::string_view kRegionName = "lesion";
/// False for PNG, which needs a column of the manifest for it.
bool states_spacing(const CohortPlan& plan);

/// One row for each case and reader, sorted by both.
std::string manifest_csv(const CohortPlan& plan);
/// One row for each case: the latents, logit and probability behind its outcome.
std::string truth_csv(const CohortPlan& plan);
/// study.yaml for this cohort, to stand beside manifest.csv: every stage, sized for the number of cases.
std::string study_yaml(const CohortPlan& plan);

}  // namespace radfuse::synthetic
