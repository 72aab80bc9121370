// SPDX-License-Identifier: Apache-2.0
// radfuse-import: takes in images, masks and clinical values, checks them, and writes all in one form.
#include <algorithm>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/find.hpp"
#include "radfuse/dicom/identity.hpp"
#include "radfuse/dicom/series.hpp"
#include "radfuse/imaging/source.hpp"
#include "radfuse/imaging/write.hpp"
#include "radfuse/stage/isolation.hpp"
#include "radfuse/stage/line.hpp"
#include "radfuse/stage/manifest.hpp"
#include "radfuse/stage/stage_main.hpp"
#include "radfuse/table/csv.hpp"
#include "radfuse/volume/orient.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;
using Facts = std::vector<std::pair<std::string, std::string>>;

// Modality (0008,0060) as the study calls it; words that stand here for nothing (SC, OT) may be anything.
constexpr std::pair<std::string_view, Modality> kDicomModalities[] = {
    {"CT", Modality::ct},   {"MR", Modality::mr},   {"PT", Modality::pet},  {"NM", Modality::spect},
    {"US", Modality::us},   {"CR", Modality::xray}, {"DX", Modality::xray}, {"IO", Modality::xray},
    {"PX", Modality::xray}, {"MG", Modality::xray}, {"RG", Modality::xray}, {"XA", Modality::xray},
    {"RF", Modality::xray},
};

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

void describe(const SourceImage& source, const Grid& grid, const std::string& image, const std::string& salt,
              Facts& facts) {
  facts.emplace_back(image + "|format", source.info.format);
  facts.emplace_back(image + "|size", joined(grid.size));
  facts.emplace_back(image + "|spacing_mm", joined(grid.spacing));
  facts.emplace_back(image + "|spacing_known", source.info.spacing_known ? "1" : "0");
  facts.emplace_back(image + "|series", dicom::series_code(source.frame.series, salt));
  for (const auto& [name, value] : source.acquisition) facts.emplace_back(image + "|" + name, value);
}

void require_dimension(const Grid& grid, Dimension dimension, const fs::path& file) {
  if (dimension == Dimension::two && grid.size[2] != 1)
    throw CaseError(file.string() + ": has " + std::to_string(grid.size[2]) +
                    " slices, but the study says dimension: 2d");
  if (dimension == Dimension::three && grid.size[2] == 1)
    throw CaseError(file.string() + ": has a single slice, but the study says dimension: 3d");
}

// DICOM's word for what made the image, against the study's.
void require_modality(const SourceImage& source, Modality said, const fs::path& file) {
  const auto found = std::ranges::find(source.acquisition, "modality", &dicom::Attribute::name);
  if (found == source.acquisition.end() || said == Modality::other) return;
  for (const auto& [word, modality] : kDicomModalities)
    if (word == found->value && modality != said)
      throw CaseError(file.string() + ": is a " + found->value +
                      " image, but the study says modality: " + std::string(name_of(kModalities, said)));
}

void keep_notes(const std::vector<std::string>& notes, const std::string& image, Facts& facts) {
  for (const std::string& note : notes) facts.emplace_back(image + "|note", note);
}

// One image of one reader's row: checked against its mask, then written in the common form and orientation.
void import_image(const StageRun& run, const ManifestRow& row, std::size_t i, bool reference, CaseRecord& record) {
  const auto& [name, params] = run.study.images[i];
  const ManifestImage& source = row.images[i];
  const ImportSection& import = run.study.import;
  ReadOptions options{source.spacing_mm, std::nullopt, import};
  if (params.volume) options.volume = static_cast<int>(*params.volume);

  SourceImage image = read_source(source.image, options, reference);
  require_dimension(image.info.grid, params.dimension, source.image);
  require_modality(image, params.modality, source.image);
  const Grid grid = canonical(image.info.grid);
  if (reference) {
    describe(image, grid, name, import.salt, record.facts);
    keep_notes(image.notes, name, record.facts);
    if (!image.info.spacing_known)
      keep_notes({"pixel size unknown: lengths, areas and volumes of this image are in pixels"}, name, record.facts);
  }
  // The mask first: a case whose mask is refused leaves no image behind.
  if (!source.masks.empty()) {
    const std::optional<int> label =
        import.mask_label ? std::optional<int>(static_cast<int>(*import.mask_label)) : std::nullopt;
    SourceMask mask = read_source_mask(source.masks, params.roi, label, image, options, import.geometry_tolerance);
    if (mask.mask.count() == 0)
      throw CaseError(source.masks.front().string() + ": the mask is empty; draw the region, or leave the cell empty");
    keep_notes(mask.notes, name, record.facts);
    write_nifti(run.folder() / mask_file(row.row, name), canonical(std::move(mask.mask)));
    record.files.emplace_back(mask_file(row.row, name), "");
  }
  if (!reference) return;
  write_nifti(run.folder() / image_file(row.row, name), canonical(std::move(image.volume)));
  record.files.emplace_back(image_file(row.row, name), "");
}

CaseRecord import_case(const StageRun& run, const Manifest& manifest, const ManifestRow& row) {
  if (!row.problem.empty()) throw CaseError(row.problem);
  CaseRecord record;
  try {
    for (std::size_t i = 0; i < row.images.size(); ++i)
      import_image(run, row, i, row.row.reader == manifest.reference_reader, record);
  } catch (...) {
    std::error_code ignored;
    for (const auto& [file, sum] : record.files) fs::remove(run.folder() / file, ignored);
    throw;
  }
  return record;
}

// What must not have changed since: the file; for a slice that stands for its series, its folder. A folder whose files
// all stand in the manifest holds pictures.
class SourceFolders {
 public:
  explicit SourceFolders(const Manifest& manifest) {
    for (const ManifestRow& row : manifest.rows)
      for (const ManifestImage& image : row.images)
        for (const Source& source : sources_of(image)) ++cells_[source.path.parent_path()];
  }
  fs::path whole(const fs::path& file) {
    std::error_code ignored;
    if (fs::is_directory(file, ignored) || !is_dicom(file)) return file;
    const fs::path folder = file.parent_path();
    const auto [known, is_new] = files_.try_emplace(folder, 0);
    if (is_new)
      for (fs::directory_iterator it(folder, ignored), end; it != end; it.increment(ignored)) ++known->second;
    return cells_.at(folder) >= known->second ? file : folder;
  }

 private:
  std::map<fs::path, std::size_t> cells_, files_;  // of each folder: the manifest's, and the file system's
};

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
  std::set<std::string> known;
  for (const StoredRecord& record : run.records())
    for (const auto& [name, value] : record.content.facts)
      if (!value.empty()) known.insert(name.substr(name.find('|') + 1));
  std::vector<std::string> more = dicom::acquisition_names();
  more.insert(more.begin(), "series");
  for (const std::string& name : more)
    if (known.contains(name)) columns.push_back(name);
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
        cells.push_back(fact == record.content.facts.end() ? "" : csv_shown(fact->second));
      }
      if (any) all += csv_line(cells);
    }
  return all;
}

// What was mended, chosen or doubtful: a row for each.
std::string notes_csv(const StageRun& run, const Manifest& manifest) {
  std::string all = csv_line({"case", "image", "note"});
  for (const StoredRecord& record : run.records())
    for (const std::string& image : manifest.image_names)
      for (const auto& [name, note] : record.content.facts)
        if (name == image + "|note") all += csv_line({record.unit, image, csv_shown(note)});
  return all;
}

void import_cohort(StageRun& run) {
  const Manifest manifest = read_manifest(run.study);
  std::vector<CaseUnit> units;
  std::map<std::string, const ManifestRow*> rows;
  SourceFolders folders(manifest);
  for (const ManifestRow& row : manifest.rows) {
    CaseUnit unit{
        row.row.unit(), {row.problem, row.row.reader == manifest.reference_reader ? "reference" : "reader"}, {}};
    for (const ManifestImage& image : row.images) {
      for (const Source& source : sources_of(image)) {
        const bool named_by_uid = !image.files.empty();
        unit.depends.push_back(source.told + " " +
                               run.hash_of(named_by_uid ? source.path : folders.whole(source.path)));
        unit.sources.push_back(source);
      }
      unit.depends.push_back(joined(image.spacing_mm));
    }
    rows[unit.id] = &row;
    units.push_back(std::move(unit));
  }
  const auto& limits = run.study.study.limits;
  // Files from outside are decoded in processes of their own, which may crash.
  Isolation isolation(
      {limits.memory_mb, limits.seconds, limits.file_mb}, run.options.threads,
      [&](const std::string& unit) { return to_text(import_case(run, manifest, *rows.at(unit))); }, run.folder());
  run.for_each_case(units, [&](const CaseUnit& unit) { return case_record_from_text(isolation.ask(unit.id)); });
  if (!run.whole()) return;

  const Cohort cohort = imported_cohort(run, manifest);
  run.write("cohort.csv", to_csv(cohort));
  run.write("acquisition.csv", acquisition_csv(run, manifest));
  run.write("notes.csv", notes_csv(run, manifest));
  run.write_file_list();
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  radfuse::LineProgress line("radfuse-import: looking for series by their UID, headers");
  radfuse::dicom::UidIndex index(radfuse::available_threads(),
                                 [&](std::size_t done, std::size_t total) { line.at(done, total); });
  radfuse::find_uids_with([&](const auto& uid, const auto& roots) { return index.find(uid, roots); });
  return radfuse::stage_main(argc, argv, radfuse::StageId::import, radfuse::import_cohort);
}
