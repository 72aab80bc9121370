// SPDX-License-Identifier: Apache-2.0
// The manifest CSV as the study describes it.
#include "radfuse/stage/manifest.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "clinical.hpp"
#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"
#include "sources.hpp"
#include "split.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

// Where each thing stands in the CSV; missing columns are collected, not thrown one by one.
struct Columns {
  std::size_t case_id = kAbsent, patient_id = kAbsent, reader = kAbsent, outcome = kAbsent, site = kAbsent,
              split = kAbsent;
  std::vector<std::size_t> clinical;
  struct Image {
    std::size_t image = kAbsent, mask = kAbsent, spacing = kAbsent;
  };
  std::vector<Image> images;
};

class ManifestReader {
 public:
  ManifestReader(const Study& study, CsvTable csv)
      : study_(study), csv_(std::move(csv)), places_(study, csv_.file.parent_path()) {}

  Manifest read() {
    manifest_.file = csv_.file;
    find_columns();
    throw_if_any();
    const ClinicalColumns clinical = read_clinical(csv_, columns_.clinical);
    manifest_.clinical_columns = clinical.names;
    for (std::size_t r = 0; r < csv_.rows.size(); ++r) manifest_.rows.push_back(read_row(r, clinical));
    if (manifest_.rows.empty()) problems_.push_back(csv_.file.string() + ": has no cases");
    throw_if_any();
    choose_reference_reader();
    check_duplicates();
    check_outcome();
    throw_if_any();
    std::ranges::sort(manifest_.rows, {},
                      [](const ManifestRow& row) { return std::pair(row.row.case_id, row.row.reader); });
    for (const std::string& problem : assign_splits(study_, manifest_)) problems_.push_back(problem);
    throw_if_any();
    return std::move(manifest_);
  }

 private:
  std::string where(std::size_t r, std::size_t c) const {
    return csv_.file.string() + ":" + std::to_string(csv_.lines[r]) + ":" + std::to_string(c + 1) + ": " +
           csv_.header[c] + ": ";
  }

  std::size_t column(const std::string& name, const std::string& purpose) {
    try {
      return csv_.require_column(name, purpose);
    } catch (const InputError& error) {
      problems_.push_back(error.what());
      return kAbsent;
    }
  }
  std::size_t optional_column(const std::string& name) const {
    const std::size_t at = csv_.column(name);
    return at == csv_.header.size() ? kAbsent : at;
  }

  void find_columns() {
    const CohortParams& cohort = study_.cohort;
    columns_.case_id = column("case_id", "names each case");
    columns_.patient_id = optional_column("patient_id");
    columns_.reader = optional_column("reader");
    columns_.outcome = column(cohort.outcome.column, "cohort.outcome.column");
    if (!cohort.site.empty()) columns_.site = column(cohort.site, "cohort.site");
    if (!cohort.split.column.empty()) columns_.split = column(cohort.split.column, "cohort.split.column");
    for (const std::string& name : cohort.clinical) columns_.clinical.push_back(column(name, "cohort.clinical"));
    for (const auto& [name, params] : study_.images) {
      Columns::Image image;
      image.image = column(params.image, "images." + name + ".image");
      if (!params.mask.empty()) image.mask = column(params.mask, "images." + name + ".mask");
      if (!params.spacing_column.empty())
        image.spacing = column(params.spacing_column, "images." + name + ".spacing_column");
      columns_.images.push_back(image);
      manifest_.image_names.push_back(name);
    }
  }

  ManifestRow read_row(std::size_t r, const ClinicalColumns& clinical) {
    const auto& cells = csv_.rows[r];
    ManifestRow out;
    out.line = csv_.lines[r];
    CaseRow& row = out.row;
    row.case_id = cells[columns_.case_id];
    if (!text::is_identifier(row.case_id))
      problems_.push_back(where(r, columns_.case_id) + "'" + text::printable(row.case_id) +
                          "' cannot name a case; use letters, digits, '.', '_' and '-', at most 64");
    row.patient_id =
        columns_.patient_id == kAbsent || cells[columns_.patient_id].empty() ? row.case_id : cells[columns_.patient_id];
    if (columns_.reader != kAbsent) row.reader = cells[columns_.reader];
    if (!row.reader.empty() && !text::is_identifier(row.reader))
      problems_.push_back(where(r, columns_.reader) + "'" + text::printable(row.reader) + "' cannot name a reader");
    if (columns_.site != kAbsent) {
      row.site = cells[columns_.site];
      if (row.site.empty()) out.problem = where(r, columns_.site) + "is empty; every case needs its site";
    }
    const std::string& outcome = cells[columns_.outcome];
    if (!outcome.empty()) row.outcome = outcome == study_.cohort.outcome.positive ? 1 : 0;
    read_split(r, out);
    row.clinical = clinical.values[r];
    if (!clinical.problems[r].empty()) out.problem = clinical.problems[r];
    read_images(r, out);
    return out;
  }

  void read_split(std::size_t r, ManifestRow& out) {
    if (columns_.split == kAbsent) return;
    try {
      out.row.split = find(kSplits, csv_.rows[r][columns_.split], "split");
    } catch (const StudyError& error) {
      out.problem = where(r, columns_.split) + confidential(error.what()) +
                    (csv_.rows[r][columns_.split].empty() ? "" : "; write train, validation, test or external");
    }
  }

  void read_images(std::size_t r, ManifestRow& out) {
    const auto& cells = csv_.rows[r];
    for (std::size_t i = 0; i < columns_.images.size(); ++i) {
      const Columns::Image& c = columns_.images[i];
      ManifestImage image;
      image.image_column = csv_.header[c.image];
      if (cells[c.image].empty())
        out.problem = where(r, c.image) + "is empty; every case needs its image";
      else
        read_image_cell(r, c.image, image, out);
      if (c.mask != kAbsent && !cells[c.mask].empty()) read_mask_cell(r, c.mask, image, out);
      image.spacing_mm = study_.images[i].second.spacing_mm;
      if (c.spacing != kAbsent && !cells[c.spacing].empty()) {
        const auto spacing = text::to_double(cells[c.spacing]);
        if (spacing && *spacing >= 1e-3 && *spacing <= 1e2)
          image.spacing_mm = {*spacing};
        else
          out.problem = where(r, c.spacing) + confidential("'" + text::printable(cells[c.spacing]) + "'") +
                        " is not a pixel size in mm between 0.001 and 100";
      }
      out.images.push_back(std::move(image));
    }
  }

  void read_image_cell(std::size_t r, std::size_t c, ManifestImage& image, ManifestRow& out) {
    Place place = places_.find(csv_.rows[r][c]);
    if (!place.problem.empty()) out.problem = where(r, c) + place.problem;
    if (place.files.empty()) return;
    image.image = place.files.front();
    if (place.by_uid) image.files = std::move(place.files);
  }

  void read_mask_cell(std::size_t r, std::size_t c, ManifestImage& image, ManifestRow& out) {
    image.mask_column = csv_.header[c];
    for (const std::string& part : text::split(csv_.rows[r][c], ';')) {
      const Place place = places_.find(text::trim(part));
      if (!place.problem.empty())
        out.problem = where(r, c) + place.problem;
      else if (place.files.size() > 1)
        out.problem = where(r, c) + "the series has " + std::to_string(place.files.size()) +
                      " objects; name the one that holds the region by its SOPInstanceUID or its file";
      image.masks.insert(image.masks.end(), place.files.begin(), place.files.end());
    }
  }

  void choose_reference_reader() {
    std::set<std::string> readers;
    for (const ManifestRow& row : manifest_.rows) readers.insert(row.row.reader);
    const std::string& named = study_.cohort.reference_reader;
    manifest_.reference_reader = named.empty() ? manifest_.rows.front().row.reader : named;
    if (!readers.contains(manifest_.reference_reader))
      problems_.push_back(csv_.file.string() + ": no row of the reader '" + named + "' (cohort.reference_reader)");
    std::set<std::string> seen;
    for (const ManifestRow& row : manifest_.rows)
      if (row.row.reader == manifest_.reference_reader) seen.insert(row.row.case_id);
    for (ManifestRow& row : manifest_.rows)
      if (!seen.contains(row.row.case_id))
        row.problem = csv_.file.string() + ":" + std::to_string(row.line) + ": the case has no row of the reader '" +
                      manifest_.reference_reader + "', whose masks the models use";
  }

  void check_duplicates() {
    std::map<std::string, const ManifestRow*> seen;
    for (const ManifestRow& row : manifest_.rows) {
      const auto [first, is_new] = seen.emplace(row.row.unit(), &row);
      if (!is_new)
        problems_.push_back(csv_.file.string() + ":" + std::to_string(row.line) + ": case " + row.row.case_id +
                            (row.row.reader.empty() ? "" : " of reader " + row.row.reader) +
                            " stands already in line " + std::to_string(first->second->line));
    }
    std::map<std::string, const ManifestRow*> cases;
    for (const ManifestRow& row : manifest_.rows) {
      const auto [first, is_new] = cases.emplace(row.row.case_id, &row);
      const CaseRow &a = first->second->row, &b = row.row;
      if (!is_new && (a.outcome != b.outcome || a.site != b.site || a.patient_id != b.patient_id || a.split != b.split))
        problems_.push_back(csv_.file.string() + ":" + std::to_string(row.line) + ": case " + b.case_id +
                            " differs from line " + std::to_string(first->second->line) +
                            " in outcome, site, patient or split; readers may differ only in their masks");
    }
  }

  void check_outcome() {
    std::set<std::string> values;
    for (const auto& cells : csv_.rows)
      if (!cells[columns_.outcome].empty()) values.insert(cells[columns_.outcome]);
    const std::vector<std::string> list(values.begin(), values.end());
    const std::string name = csv_.file.string() + ": " + csv_.header[columns_.outcome] + ": ";
    if (values.size() > 2)
      problems_.push_back(name + "has " + std::to_string(values.size()) + " different values (" +
                          text::join(std::span(list).first(3), ", ") + ", ...); the outcome must have two");
    else if (values.size() == 1)
      problems_.push_back(name + "every case has the value '" + list[0] + "'; a model needs both classes");
    else if (!values.contains(study_.cohort.outcome.positive))
      problems_.push_back(name + "no case has the positive value '" + study_.cohort.outcome.positive +
                          "' (cohort.outcome.positive); the values are " + text::join(list, " and "));
  }

  void throw_if_any() const {
    if (!problems_.empty()) throw InputError(text::join(problems_, "\n"));
  }

  const Study& study_;
  CsvTable csv_;
  Places places_;
  Columns columns_;
  Manifest manifest_;
  std::vector<std::string> problems_;
};

}  // namespace

Manifest read_manifest(const Study& study) {
  return ManifestReader(study, read_csv((study.folder / study.cohort.manifest).lexically_normal())).read();
}

}  // namespace radfuse
