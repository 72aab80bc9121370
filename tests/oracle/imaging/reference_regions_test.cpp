// SPDX-License-Identifier: Apache-2.0
// Structure sets of real images against the masks that others made of them (NIfTI).
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "radfuse/dicom/regions.hpp"
#include "radfuse/dicom/series.hpp"
#include "radfuse/imaging/read.hpp"
#include "reference_data.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;

struct Overlap {
  std::size_t ours = 0, theirs = 0, both = 0;
  double dice() const { return 2.0 * static_cast<double>(both) / static_cast<double>(ours + theirs); }
};

Overlap overlap(const fs::path& images, const fs::path& structures, const fs::path& nifti) {
  const dicom::DicomSeries series = dicom::read_series(images);
  dicom::MaskParams params;
  const dicom::DicomMask ours = dicom::read_regions(structures, "", series.frame, params);
  for (const std::string& note : ours.notes) std::printf("%s\n", note.c_str());
  const Mask theirs = read_mask(nifti);
  EXPECT_LT(corner_distance_mm(ours.mask.grid, theirs.grid), 1e-3) << nifti;
  Overlap found;
  for (std::size_t i = 0; i < ours.mask.values.size() && i < theirs.values.size(); ++i) {
    found.ours += ours.mask.values[i];
    found.theirs += theirs.values[i];
    found.both += ours.mask.values[i] & theirs.values[i];
  }
  return found;
}

TEST(ReferenceRegions, TheCtPhantomsTumour) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const fs::path phantom = data / "ibsi1" / "ct_phantom";
  const Overlap found = overlap(phantom / "dicom" / "image", phantom / "dicom" / "rtstruct" / "DCM_RS_00060.dcm",
                                phantom / "mask.nii.gz");
  std::printf("CT phantom: %zu voxels, reference %zu, in both %zu, Dice %.6f\n", found.ours, found.theirs, found.both,
              found.dice());
  EXPECT_EQ(found.theirs, 125256U);
  EXPECT_EQ(found.ours, found.theirs);
  EXPECT_EQ(found.both, found.theirs);
}

TEST(ReferenceRegions, SarcomasInCtPetAndMr) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  std::size_t cases = 0;
  for (const char* patient : {"STS_001", "STS_002", "STS_003"})
    for (const char* modality : {"CT", "PET", "MR_T1"}) {
      const fs::path folder = data / "sts_dicom" / patient / modality;
      if (!fs::exists(folder)) continue;
      const Overlap found = overlap(folder / "image", folder / "rtstruct" / "RS.dcm",
                                    data / "sts" / patient / (std::string(modality) + "_mask.nii.gz"));
      std::printf("%s %s: %zu voxels, reference %zu, in both %zu, Dice %.6f\n", patient, modality, found.ours,
                  found.theirs, found.both, found.dice());
      EXPECT_GE(found.dice(), 0.98) << patient << " " << modality;
      ++cases;
    }
  EXPECT_EQ(cases, 7U);
}

}  // namespace
}  // namespace radfuse
