// SPDX-License-Identifier: Apache-2.0
// cohort.csv: case_id,patient_id,reader,reference,outcome,site,split, then clin.<column>, image.<name>, mask.<name>.
#include "radfuse/table/cohort.hpp"

#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

const std::vector<std::string> kFixed = {"case_id", "patient_id", "reader", "reference", "outcome", "site", "split"};

struct Columns {
  std::vector<std::size_t> clinical;
  std::vector<std::pair<std::size_t, std::size_t>> images;  // image, mask
};

Columns read_header(const CsvTable& csv, Cohort& cohort) {
  if (csv.header.size() < kFixed.size() || !std::equal(kFixed.begin(), kFixed.end(), csv.header.begin()))
    throw InputError(csv.file.string() + ":1: a cohort begins with the columns " + text::join(kFixed, ","));
  Columns columns;
  for (std::size_t c = kFixed.size(); c < csv.header.size(); ++c) {
    const std::string& name = csv.header[c];
    if (name.starts_with("clin.")) {
      cohort.clinical_columns.push_back(name.substr(5));
      columns.clinical.push_back(c);
    } else if (name.starts_with("image.")) {
      cohort.image_names.push_back(name.substr(6));
      columns.images.emplace_back(c, csv.require_column("mask." + name.substr(6), "the mask beside " + name));
    }
  }
  return columns;
}

CaseRow read_row(const CsvTable& csv, std::size_t r, const Columns& columns) {
  const auto& cells = csv.rows[r];
  const std::string where = csv.file.string() + ":" + std::to_string(csv.lines[r]) + " (case " + cells[0] + "): ";
  CaseRow row;
  row.case_id = cells[0];
  row.patient_id = cells[1];
  row.reader = cells[2];
  if (!text::is_identifier(row.case_id)) throw InputError(where + "the case_id is not a valid name");
  if (!row.reader.empty() && !text::is_identifier(row.reader))
    throw InputError(where + "the reader is not a valid name");
  if (cells[4] == "0" || cells[4] == "1")
    row.outcome = cells[4] == "1" ? 1 : 0;
  else if (!cells[4].empty())
    throw InputError(where + "outcome must be 0, 1 or empty");
  row.site = cells[5];
  row.split = with_context(where + "split", [&] { return radfuse::find(kSplits, cells[6], "split"); });
  for (const std::size_t c : columns.clinical) {
    row.clinical.push_back(text::to_double(cells[c]));
    if (!cells[c].empty() && !row.clinical.back())
      throw InputError(where + csv.header[c] + ": '" + text::printable(cells[c]) + "' is not a number");
  }
  for (const auto& [image, mask] : columns.images) row.images.push_back({cells[image], cells[mask]});
  return row;
}

}  // namespace

std::vector<const CaseRow*> Cohort::reference_rows() const {
  std::vector<const CaseRow*> found;
  for (const CaseRow& row : rows)
    if (row.reader == reference_reader) found.push_back(&row);
  return found;
}

const CaseRow* Cohort::find(std::string_view case_id) const {
  const auto found = std::ranges::find_if(
      rows, [&](const CaseRow& row) { return row.case_id == case_id && row.reader == reference_reader; });
  return found == rows.end() ? nullptr : &*found;
}

std::string to_csv(const Cohort& cohort) {
  std::vector<std::string> header = kFixed;
  for (const std::string& name : cohort.clinical_columns) header.push_back("clin." + name);
  for (const std::string& name : cohort.image_names) {
    header.push_back("image." + name);
    header.push_back("mask." + name);
  }
  std::string all = csv_line(header);
  for (const CaseRow& row : cohort.rows) {
    std::vector<std::string> cells = {row.case_id,
                                      row.patient_id,
                                      row.reader,
                                      row.reader == cohort.reference_reader ? "1" : "0",
                                      row.outcome < 0 ? "" : std::to_string(row.outcome),
                                      row.site,
                                      std::string(name_of(kSplits, row.split))};
    for (const auto& value : row.clinical) cells.push_back(value ? text::from_double(*value) : "");
    for (const CaseImage& image : row.images) {
      cells.push_back(image.image);
      cells.push_back(image.mask);
    }
    all += csv_line(cells);
  }
  return all;
}

Cohort read_cohort(const std::filesystem::path& file) {
  const CsvTable csv = read_csv(file);
  Cohort cohort;
  const Columns columns = read_header(csv, cohort);
  bool reference_known = false;
  for (std::size_t r = 0; r < csv.rows.size(); ++r) {
    cohort.rows.push_back(read_row(csv, r, columns));
    if (csv.rows[r][3] == "1" && !reference_known) {
      cohort.reference_reader = cohort.rows.back().reader;
      reference_known = true;
    }
  }
  std::ranges::sort(cohort.rows, {}, [](const CaseRow& row) { return std::pair(row.case_id, row.reader); });
  for (std::size_t i = 1; i < cohort.rows.size(); ++i)
    if (cohort.rows[i].unit() == cohort.rows[i - 1].unit())
      throw InputError(file.string() + ": two rows for case " + cohort.rows[i].unit());
  return cohort;
}

}  // namespace radfuse
