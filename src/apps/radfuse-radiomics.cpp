// SPDX-License-Identifier: Apache-2.0
// radfuse-radiomics: IBSI radiomic features of every case, region and reader.
#include "radfuse/base/error.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/radiomics/extract.hpp"
#include "radfuse/stage/stage_main.hpp"

namespace radfuse {
namespace {

bool two_dimensional(const Study& study, std::size_t image) {
  return study.images[image].second.dimension == Dimension::two;
}

std::vector<std::string> columns_of(const Study& study) {
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < study.images.size(); ++i)
    for (const std::string& feature : radiomics::feature_names(*study.radiomics, two_dimensional(study, i)))
      columns.push_back("rad." + study.images[i].first + "." + feature);
  return columns;
}

Mask read_region(const StageRun& run, const CaseRow& row, std::size_t image, const std::string& roi) {
  return radiomics::region(
      *run.study.radiomics, roi, two_dimensional(run.study, image), [&](RoiSource source, std::optional<int> label) {
        const std::string file = source == RoiSource::segment ? segment_mask_file(row, run.study.images[image].first)
                                                              : row.images[image].mask;
        if (file.empty()) throw CaseError("has no mask of image " + run.study.images[image].first);
        return read_mask(run.input(file), {}, label);
      });
}

CaseRecord extract_case(const StageRun& run, const CaseRow& row, const std::vector<std::string>& columns) {
  CaseRecord record;
  const RadiomicsParams& params = *run.study.radiomics;
  for (const auto& [roi, definition] : params.rois) {
    const RowKey key{row.case_id, roi, row.reader};
    std::vector<double> values;
    for (std::size_t i = 0; i < row.images.size(); ++i) {
      const Volume image = read_image(run.input(row.images[i].image));
      const auto extraction = with_context("region " + roi + ", image " + run.study.images[i].first, [&] {
        return radiomics::extract(image, read_region(run, row, i, roi), params, two_dimensional(run.study, i));
      });
      for (const auto& [feature, reason] : extraction.notes)
        record.notes.push_back({key, "rad." + run.study.images[i].first + "." + feature, reason});
      values.insert(values.end(), extraction.values.begin(), extraction.values.end());
    }
    if (values.size() != columns.size()) throw Error(ExitCode::bug, "features and columns differ in number");
    record.rows.emplace_back(key, std::move(values));
  }
  return record;
}

void extract_cohort(StageRun& run) {
  const Cohort cohort = run.cohort();
  const std::vector<std::string> columns = columns_of(run.study);
  const bool segment = uses_segmentation(run.study);
  std::vector<CaseUnit> units;
  std::map<std::string, const CaseRow*> rows;
  for (const CaseRow& row : cohort.rows) {
    CaseUnit unit{row.unit(), {}};
    for (std::size_t i = 0; i < row.images.size(); ++i) {
      unit.depends.push_back(run.imported_hash(row.images[i].image));
      unit.depends.push_back(row.images[i].mask.empty() ? "" : run.imported_hash(row.images[i].mask));
      if (segment) unit.depends.push_back(run.imported_hash(segment_mask_file(row, run.study.images[i].first)));
    }
    rows[unit.id] = &row;
    units.push_back(std::move(unit));
  }
  run.for_each_case(units, [&](const CaseUnit& unit) { return extract_case(run, *rows.at(unit.id), columns); });
  if (run.whole()) run.write_features("features.radiomics", columns);
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  return radfuse::stage_main(argc, argv, radfuse::StageId::radiomics, radfuse::extract_cohort);
}
