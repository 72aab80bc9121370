// SPDX-License-Identifier: Apache-2.0
// radfuse sample and radfuse init: folders to begin with.
#include <iostream>

#include "commands.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/imaging/write.hpp"
#include "radfuse/synthetic/cohort.hpp"
#include "radfuse/synthetic/texts.hpp"
#include "sample_dicom.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

using namespace synthetic;

template <class T>
std::vector<T> pixels(const std::vector<float>& values) {
  std::vector<T> out(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) out[i] = static_cast<T>(values[i]);
  return out;
}

void write_image(const CohortPlan& plan, const PlannedCase& planned, const Volume& image, const fs::path& file) {
  if (planned.as_dicom) {
    write_dicom_image(plan, planned, image, file);
  } else if (!is_plane(plan.kind)) {
    write_nifti(file, image);
  } else if (storage_of(plan.kind) == Storage::uint8) {
    write_png8(file, image.grid.size[0], image.grid.size[1], pixels<std::uint8_t>(image.values));
  } else {
    write_png16(file, image.grid.size[0], image.grid.size[1], pixels<std::uint16_t>(image.values));
  }
}

void write_mask(const CohortPlan& plan, const PlannedCase& planned, std::string_view reader, const Mask& mask,
                const fs::path& folder) {
  const fs::path file = folder / mask_path(plan, planned, reader);
  if (region_form(plan, reader) != RegionForm::file) return write_dicom_regions(plan, planned, reader, mask, file);
  if (!is_plane(plan.kind)) return write_nifti(file, mask);
  const Mask drawn = plan.kind == Kind::us2d && planned.as_dicom ? whole_picture(mask) : mask;
  std::vector<std::uint8_t> visible(drawn.values.size());
  for (std::size_t i = 0; i < visible.size(); ++i) visible[i] = drawn.values[i] != 0 ? 255 : 0;
  write_png8(file, drawn.grid.size[0], drawn.grid.size[1], visible);
}

}  // namespace

void require_free(const fs::path& folder, bool force) {
  std::error_code ignored;
  if (!force && fs::exists(folder, ignored) && !fs::is_empty(folder, ignored))
    throw OutputError(folder.string() + ": is not empty; choose another folder, or add --force to write into it");
}

ExitCode sample_command(const SampleRequest& r) {
  const Kind kind = find(kKinds, r.kind, "kind");
  require_free(r.folder, r.force);
  const CohortPlan plan = plan_cohort(kind, static_cast<std::size_t>(std::max<std::int64_t>(r.cases, 0)), r.seed,
                                      find(kForms, r.form, "form"));
  parallel_for(plan.cases.size(), r.threads, [&](std::size_t i) {
    const PlannedCase& planned = plan.cases[i];
    const SyntheticCase made = make_case(plan, i);
    write_image(plan, planned, made.image, r.folder / image_path(kind, planned));
    for (std::size_t reader = 0; reader < made.masks.size(); ++reader)
      write_mask(plan, planned, kReaders[reader], made.masks[reader], r.folder);
  });
  write_file(r.folder / "manifest.csv", manifest_csv(plan));
  write_file(r.folder / "truth.csv", truth_csv(plan));
  write_file(r.folder / "study.yaml", study_yaml(plan));
  std::cout << "radfuse sample: " << plan.cases.size() << " cases in " << r.folder.string() << "\n  next: radfuse run "
            << (r.folder / "study.yaml").string() << "\n";
  return ExitCode::done;
}

ExitCode init_command(const fs::path& folder, const std::string& preset) {
  const Kind kind = find(kKinds, preset, "preset");
  require_free(folder, false);
  const CohortPlan plan = plan_cohort(kind, 60, 1);
  const std::string manifest = manifest_csv(plan);
  write_file(folder / "study.yaml", study_yaml(plan));
  write_file(folder / "manifest.csv", manifest.substr(0, manifest.find('\n') + 1));
  std::cout << "radfuse init: wrote " << (folder / "study.yaml").string() << " and "
            << (folder / "manifest.csv").string()
            << "\n  fill in the manifest (one row for each case and reader), change the study to your columns, then:"
            << "\n  radfuse check " << (folder / "study.yaml").string() << "\n";
  return ExitCode::done;
}

}  // namespace radfuse
