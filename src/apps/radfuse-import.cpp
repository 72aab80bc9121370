// SPDX-License-Identifier: Apache-2.0
// radfuse-import: takes in images, masks and clinical values, checks them, and writes all in one form.
#include <algorithm>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/find.hpp"
#include "radfuse/dicom/series.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/imaging/write.hpp"
#include "radfuse/stage/manifest.hpp"
#include "radfuse/stage/stage_main.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;
using Facts = std::vector<std::pair<std::string, std::string>>;

std::string image_file(const CaseRow& row, const std::string& image) {
  return "images/" + row.case_id + "." + image + ".nii.gz";
}
std::string mask_file(const CaseRow& row, const std::string& image) {
  return "masks/" + row.unit() + "." + image + ".nii.gz";
}

std::string joined(const auto& numbers) {
  std::vector<std::string> texts;
  for (const auto n : numbers) texts.push_back(text::from_double(static_cast<double>(n)));
  return text::join(texts, " ");
}

void describe_acquisition(const fs::path& file, const ImageInfo& info, const Grid& grid, const std::string& image,
                          Facts& facts) {
  facts.emplace_back(image + "|format", info.format);
  facts.emplace_back(image + "|size", joined(grid.size));
  facts.emplace_back(image + "|spacing_mm", joined(grid.spacing));
  facts.emplace_back(image + "|spacing_known", info.spacing_known ? "1" : "0");
  if (info.format != "DICOM") return;
  for (const auto& [name, value] : dicom::read_series(file).acquisition) facts.emplace_back(image + "|" + name, value);
}

void require_dimension(const Grid& grid, Dimension dimension, const fs::path& file) {
  if (dimension == Dimension::two && grid.size[2] != 1)
    throw CaseError(file.string() + ": has " + std::to_string(grid.size[2]) +
                    " slices, but the study says dimension: 2d");
  if (dimension == Dimension::three && grid.size[2] == 1)
    throw CaseError(file.string() + ": has a single slice, but the study says dimension: 3d");
}

// One image of one reader's row: checked against its mask, then written in the common form.
void import_image(const StageRun& run, const ManifestRow& row, std::size_t i, bool reference, CaseRecord& record) {
  const auto& [name, params] = run.study.images[i];
  const ManifestImage& source = row.images[i];
  const ReadOptions options{source.spacing_mm};
  ImageInfo info = read_image_info(source.image);
  info.spacing_known = info.spacing_known || !source.spacing_mm.empty();

  Grid grid;
  if (reference) {
    const Volume image = read_image(source.image, options);
    grid = image.grid;
    require_dimension(grid, params.dimension, source.image);
    write_nifti(run.folder() / image_file(row.row, name), image);
    record.files.emplace_back(image_file(row.row, name), "");
    describe_acquisition(source.image, info, grid, name, record.facts);
  } else {
    grid = info.grid;
    if (!source.spacing_mm.empty()) grid = read_image(source.image, options).grid;
    require_dimension(grid, params.dimension, source.image);
  }
  if (source.masks.empty()) return;

  const auto& label = run.study.import.mask_label;
  Mask mask(grid);
  for (const fs::path& file : source.masks) {
    const Mask part = read_mask(file, options, label ? std::optional<int>(static_cast<int>(*label)) : std::nullopt);
    require_same_geometry(grid, source.image.string(), part.grid, file.string(), run.study.import.geometry_tolerance);
    for (std::size_t v = 0; v < mask.values.size(); ++v) mask.values[v] |= part.values[v];
  }
  if (mask.count() == 0)
    throw CaseError(source.masks.front().string() + ": the mask is empty; draw the region, or leave the cell empty");
  write_nifti(run.folder() / mask_file(row.row, name), mask);
  record.files.emplace_back(mask_file(row.row, name), "");
}

CaseRecord import_case(const StageRun& run, const Manifest& manifest, const ManifestRow& row) {
  if (!row.problem.empty()) throw CaseError(row.problem);
  CaseRecord record;
  for (std::size_t i = 0; i < row.images.size(); ++i)
    import_image(run, row, i, row.row.reader == manifest.reference_reader, record);
  return record;
}

Cohort imported_cohort(const StageRun& run, const Manifest& manifest) {
  Cohort cohort{manifest.clinical_columns, manifest.image_names, {}, manifest.reference_reader};
  std::set<std::string> done, with_reference;
  for (const StoredRecord& record : run.records()) done.insert(record.unit);
  for (const ManifestRow& row : manifest.rows)
    if (row.row.reader == manifest.reference_reader && done.contains(row.row.unit()))
      with_reference.insert(row.row.case_id);
  for (const ManifestRow& source : manifest.rows) {
    if (!done.contains(source.row.unit()) || !with_reference.contains(source.row.case_id)) continue;
    CaseRow row = source.row;
    for (std::size_t i = 0; i < source.images.size(); ++i) {
      const std::string& name = manifest.image_names[i];
      row.images.push_back({"1_import/" + image_file(row, name),
                            source.images[i].masks.empty() ? "" : "1_import/" + mask_file(row, name)});
    }
    cohort.rows.push_back(std::move(row));
  }
  return cohort;
}

// One row for each case and image, one column for each fact that any of them has.
std::string acquisition_csv(const StageRun& run, const Manifest& manifest) {
  std::vector<std::string> columns = {"format", "size", "spacing_mm", "spacing_known"};
  for (const std::string& name : dicom::acquisition_names()) columns.push_back(name);
  std::vector<std::string> header = {"case_id", "image"};
  header.insert(header.end(), columns.begin(), columns.end());
  std::string all = csv_line(header);
  for (const StoredRecord& record : run.records())
    for (const std::string& image : manifest.image_names) {
      std::vector<std::string> cells = {record.unit.substr(0, record.unit.find('@')), image};
      bool any = false;
      for (const std::string& column : columns) {
        const auto fact =
            std::ranges::find(record.content.facts, image + "|" + column, &std::pair<std::string, std::string>::first);
        any |= fact != record.content.facts.end();
        cells.push_back(fact == record.content.facts.end() ? "" : fact->second);
      }
      if (any) all += csv_line(cells);
    }
  return all;
}

void import_cohort(StageRun& run) {
  const Manifest manifest = read_manifest(run.study);
  std::vector<CaseUnit> units;
  std::map<std::string, const ManifestRow*> rows;
  for (const ManifestRow& row : manifest.rows) {
    CaseUnit unit{
        row.row.unit(), {row.problem, row.row.reader == manifest.reference_reader ? "reference" : "reader"}, {}};
    for (const ManifestImage& image : row.images) {
      for (const Source& source : sources_of(image)) {
        unit.depends.push_back(source.told + " " + run.hash_of(source.path));
        unit.sources.push_back(source);
      }
      unit.depends.push_back(joined(image.spacing_mm));
    }
    rows[unit.id] = &row;
    units.push_back(std::move(unit));
  }
  run.for_each_case(units, [&](const CaseUnit& unit) { return import_case(run, manifest, *rows.at(unit.id)); });
  if (!run.whole()) return;

  const Cohort cohort = imported_cohort(run, manifest);
  run.write("cohort.csv", to_csv(cohort));
  run.write("acquisition.csv", acquisition_csv(run, manifest));
  run.write_file_list();
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  radfuse::dicom::UidIndex index(radfuse::available_threads());
  radfuse::find_uids_with([&](const auto& uid, const auto& roots) { return index.find(uid, roots); });
  return radfuse::stage_main(argc, argv, radfuse::StageId::import, radfuse::import_cohort);
}
