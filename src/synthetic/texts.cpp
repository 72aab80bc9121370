// SPDX-License-Identifier: Apache-2.0
// Manifest and truth of a synthetic cohort.
#include "radfuse/synthetic/texts.hpp"

#include "radfuse/base/text.hpp"

namespace radfuse::synthetic {
namespace {

// No cell holds a comma, a quote or a line end, so none needs quoting.
std::string line(const std::vector<std::string>& cells) {
  return text::join(cells, ",") + "\n";
}

std::string extension(Kind kind) {
  return is_plane(kind) ? ".png" : ".nii.gz";
}

}  // namespace

std::string image_name(Kind kind) {
  switch (kind) {
    case Kind::us2d:
      return "us";
    case Kind::xray2d:
      return "xr";
    case Kind::ct3d:
      return "ct";
    case Kind::mri3d:
      return "mr";
    case Kind::pet3d:
      return "pet";
  }
  throw Error(ExitCode::bug, "no such kind of cohort");
}

std::string image_path(Kind kind, const PlannedCase& planned) {
  const std::string as_dicom = is_plane(kind) ? ".dcm" : "";
  return "images/" + planned.case_id + (planned.as_dicom ? as_dicom : extension(kind));
}

RegionForm region_form(const CohortPlan& plan, std::string_view reader) {
  if (plan.form == Form::native || is_plane(plan.kind)) return RegionForm::file;
  if (plan.kind == Kind::mri3d || (plan.kind == Kind::ct3d && reader != kReaders[0])) return RegionForm::segmentation;
  return RegionForm::structure_set;
}

std::string mask_path(const CohortPlan& plan, const PlannedCase& planned, std::string_view reader) {
  const bool file = region_form(plan, reader) == RegionForm::file;
  return "masks/" + planned.case_id + "_" + std::string(reader) + (file ? extension(plan.kind) : ".dcm");
}

bool states_spacing(const CohortPlan& plan) {
  return plan.form == Form::dicom || !is_plane(plan.kind);
}

std::string manifest_csv(const CohortPlan& plan) {
  const std::string image = image_name(plan.kind);
  std::vector<std::string> header = {"case_id", "patient_id", "reader", "site",     "split",
                                     "outcome", "age",        "sex",    "marker_a", "marker_b"};
  if (!states_spacing(plan)) header.push_back("spacing_mm");
  header.push_back(image + "_path");
  header.push_back(image + "_mask");
  std::string out = line(header);
  for (const PlannedCase& c : plan.cases)
    for (const std::string_view reader : kReaders) {
      std::vector<std::string> row = {c.case_id,
                                      c.patient_id,
                                      std::string(reader),
                                      c.site,
                                      std::string(name_of(kRoles, c.role)),
                                      std::to_string(c.outcome),
                                      std::to_string(c.clinical.age),
                                      std::string(1, c.clinical.sex),
                                      text::from_double(c.clinical.marker_a),
                                      text::from_double(c.clinical.marker_b)};
      if (!states_spacing(plan)) row.push_back(text::from_double(c.spacing_mm));
      row.push_back(image_path(plan.kind, c));
      row.push_back(mask_path(plan, c, reader));
      out += line(row);
    }
  return out;
}

std::string truth_csv(const CohortPlan& plan) {
  std::string out =
      line({"case_id", "site", "split", "outcome", "texture", "shape", "rim", "clinical", "logit", "probability"});
  for (const PlannedCase& c : plan.cases) {
    const Truth& t = c.truth;
    std::vector<std::string> row = {c.case_id, c.site, std::string(name_of(kRoles, c.role)), std::to_string(c.outcome)};
    for (const double value : {t.texture, t.shape, t.rim, t.clinical, t.logit, t.probability})
      row.push_back(text::from_double(value));
    out += line(row);
  }
  return out;
}

}  // namespace radfuse::synthetic
