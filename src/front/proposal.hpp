// SPDX-License-Identifier: Apache-2.0
// From what a tree of DICOM files holds to a manifest: one case for each patient, its most likely images and regions,
// and everything that a person must choose.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/dicom/scan.hpp"
#include "radfuse/table/params.hpp"

namespace radfuse {

/// A kind of image of the study: all that one modality gave.
struct ProposedImage {
  std::string name;  ///< "ct": its columns are ct_path and ct_mask
  Modality modality = Modality::other;
  Dimension dimension = Dimension::three;
};

/// A series that may be a case's image (or, of pictures, one object of a series), best first.
struct Candidate {
  const dicom::FoundSeries* series = nullptr;
  std::string cell;  ///< what names it in the manifest: SeriesInstanceUID, or SOPInstanceUID
  std::size_t files = 0;
  std::vector<const dicom::FoundSeries*> regions;  ///< drawn on it
};

struct ProposedCase {
  std::string case_id, patient_id;                  ///< "C0001", "P0001"
  std::vector<std::vector<Candidate>> images;       ///< for each ProposedImage
  std::vector<const dicom::FoundSeries*> unpaired;  ///< regions whose images are not in the tree
};

struct Proposal {
  std::vector<ProposedImage> images;
  std::vector<ProposedCase> cases;
  std::size_t patients_without_images = 0;
};

/// `scan` must outlive the proposal.
Proposal propose(const dicom::Scan& scan);

/// The names of the regions in one file.
using NumberedNames = std::vector<std::pair<int, std::string>>;
using RegionNames = std::function<NumberedNames(const dicom::FoundSeries&)>;
/// As the file has them; none when it cannot be read.
NumberedNames region_names(const std::filesystem::path& file);

/// The SOPInstanceUID of a structure set or segmentation: its cell in the manifest.
std::string cell_of(const dicom::FoundSeries& regions);

std::string proposed_manifest(const Proposal& proposal);
/// One row for each series of a case that has several for one image.
std::string choices_csv(const Proposal& proposal);
/// Every region by name and number. Identifies patients where names do.
std::string regions_csv(const Proposal& proposal, const RegionNames& names);
/// Which case is which patient. Identifies patients.
std::string linkage_csv(const Proposal& proposal);
/// study.yaml; `root` as it shall stand there.
std::string proposed_study(const Proposal& proposal, const RegionNames& names, const std::string& root);

}  // namespace radfuse
