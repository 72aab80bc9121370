// SPDX-License-Identifier: Apache-2.0
// The files of a sample cohort in the DICOM form.
#include "sample_dicom.hpp"

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/dicom/write_picture.hpp"
#include "radfuse/dicom/write_regions.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

using namespace synthetic;

// MR of the three centres: what tells scanners apart.
constexpr dicom::MrText kMrProtocols[3] = {{1.5, 12, 550, 70}, {3.0, 9, 650, 75}, {1.0, 15, 480, 70}};

// Weight and dose follow the case, so that uptake values cannot come out right by chance.
dicom::PetText patient_of(const PlannedCase& planned) {
  dicom::PetText pet;
  pet.male = planned.clinical.sex == 'M';
  pet.weight_kg = 50 + planned.clinical.age % 40;
  pet.dose_bq = 3.5e6 * pet.weight_kg;
  pet.uptake_min = 55 + 5 * static_cast<double>(planned.centre);
  return pet;
}

// Detectors store 12 bits; PNG's 16 lose the lowest four.
Volume twelve_bits(const Volume& image) {
  Volume shorter = image;
  for (float& value : shorter.values) value = std::floor(value / 16);
  return shorter;
}

}  // namespace

Mask whole_picture(const Mask& mask) {
  constexpr std::int64_t kMargin = dicom::kUltrasoundMargin;
  Grid grid = mask.grid;
  grid.size = {mask.grid.size[0] + 2 * kMargin, mask.grid.size[1] + 2 * kMargin, 1};
  Mask whole(grid);
  for (std::int64_t y = 0; y < mask.grid.size[1]; ++y)
    for (std::int64_t x = 0; x < mask.grid.size[0]; ++x) whole.at(x + kMargin, y + kMargin, 0) = mask.at(x, y, 0);
  return whole;
}

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
      return dicom::write_pet_series(place, image, text, patient_of(planned));
    case Kind::xray2d:
      return dicom::write_radiograph(place, twelve_bits(image), text);
    case Kind::us2d:
      return dicom::write_ultrasound(place, image, text);
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
