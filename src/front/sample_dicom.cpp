// SPDX-License-Identifier: Apache-2.0
// The files of a sample cohort in the DICOM form.
#include "sample_dicom.hpp"

#include "radfuse/base/error.hpp"
#include "radfuse/dicom/write_regions.hpp"
#include "radfuse/dicom/write_series.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

using namespace synthetic;

// MR of the three centres: what tells scanners apart.
constexpr dicom::MrText kMrProtocols[3] = {{1.5, 12, 550, 70}, {3.0, 9, 650, 75}, {1.0, 15, 480, 70}};

}  // namespace

dicom::SeriesText series_text(const CohortPlan& plan, const PlannedCase& planned) {
  dicom::SeriesText text;
  text.uid_name = std::to_string(plan.seed) + "." + planned.case_id;
  // Series of another kind are other series; CT's names are those of the native form.
  if (plan.kind != Kind::ct3d) text.uid_name += "." + std::string(name_of(kKinds, plan.kind));
  text.patient_id = planned.patient_id;
  text.manufacturer = "Radfuse " + planned.site;
  return text;
}

void write_dicom_image(const CohortPlan& plan, const PlannedCase& planned, const Volume& image, const fs::path& place) {
  const dicom::SeriesText text = series_text(plan, planned);
  switch (plan.kind) {
    case Kind::ct3d:
      return dicom::write_ct_series(place, image, text);
    case Kind::mri3d:
      return dicom::write_mr_series(place, image, text, kMrProtocols[planned.centre]);
    case Kind::pet3d:
    case Kind::xray2d:
    case Kind::us2d:
      break;
  }
  throw Error(ExitCode::bug, "no such kind of cohort");
}

void write_dicom_regions(const CohortPlan& plan, const PlannedCase& planned, std::string_view reader, const Mask& mask,
                         const fs::path& file) {
  const dicom::ReferenceFrame frame = dicom::written_frame(mask.grid, series_text(plan, planned),
                                                           plan.kind == Kind::ct3d    ? "CT"
                                                           : plan.kind == Kind::mri3d ? "MR"
                                                                                      : "PT");
  dicom::SeriesText text = series_text(plan, planned);
  if (reader != kReaders[0]) text.uid_name += "." + std::string(reader);  // objects of their own
  const std::vector<dicom::NamedMask> regions = {{std::string(kRegionName), mask}};
  if (region_form(plan, reader) == RegionForm::structure_set)
    dicom::write_structure_set(file, regions, frame, text);
  else
    dicom::write_segmentation(file, regions, frame, text);
}

}  // namespace radfuse
