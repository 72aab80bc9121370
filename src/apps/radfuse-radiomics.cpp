// SPDX-License-Identifier: Apache-2.0
// radfuse-radiomics: IBSI radiomic features of every case, region and reader.
#include <algorithm>
#include <map>

#include "radfuse/base/error.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/radiomics/diagnostics.hpp"
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

/// The masks of one image of one case: each file is read and decoded once, however many regions lie in it.
class CaseMasks {
 public:
  CaseMasks(const StageRun& run, const CaseRow& row, std::size_t image) : run_(run), row_(row), image_(image) {}
  Mask region(const std::string& roi) {
    return radiomics::region(
        *run_.study.radiomics, roi, two_dimensional(run_.study, image_),
        [this](RoiSource source, std::optional<int> label) { return file_of(source).mask(label); });
  }

 private:
  const MaskFile& file_of(RoiSource source) {
    const std::string& image = run_.study.images[image_].first;
    const std::string file = source == RoiSource::segment ? segment_mask_file(row_, image) : row_.images[image_].mask;
    if (file.empty()) throw CaseError("has no mask of image " + image);
    const auto known = files_.find(file);
    return known != files_.end() ? known->second : files_.emplace(file, MaskFile(run_.input(file))).first->second;
  }
  const StageRun& run_;
  const CaseRow& row_;
  std::size_t image_;
  std::map<std::string, MaskFile> files_;
};

/// Adds what one image has to say about every region; `rows` follows the order of the regions.
void extract_image(const StageRun& run, const CaseRow& row, std::size_t index, int threads, CaseRecord& record) {
  const RadiomicsParams& params = *run.study.radiomics;
  const std::string& name = run.study.images[index].first;
  const bool planar = two_dimensional(run.study, index);
  const Volume image = with_context("image " + name, [&] { return read_image(run.input(row.images[index].image)); });
  const std::vector<double> of_image = radiomics::image_diagnostics(image, params, planar);
  CaseMasks masks(run, row, index);
  for (std::size_t r = 0; r < params.rois.size(); ++r) {
    auto& [key, values] = record.rows[r];
    const auto extraction = with_context("region " + key.roi + ", image " + name, [&] {
      return radiomics::extract(image, masks.region(key.roi), params, planar, threads);
    });
    for (const auto& [feature, reason] : extraction.notes)
      record.notes.push_back({key, "rad." + name + "." + feature, reason});
    values.insert(values.end(), extraction.values.begin(), extraction.values.end());
    std::vector<double> diagnostics = of_image;
    diagnostics.insert(diagnostics.end(), extraction.region_diagnostics.begin(), extraction.region_diagnostics.end());
    record.diagnostics.push_back({key, name, std::move(diagnostics)});
  }
}

CaseRecord extract_case(const StageRun& run, const CaseRow& row, const std::vector<std::string>& columns, int threads) {
  CaseRecord record;
  for (const auto& [roi, definition] : run.study.radiomics->rois)
    record.rows.push_back({RowKey{row.case_id, roi, row.reader}, {}});
  for (std::size_t i = 0; i < row.images.size(); ++i) extract_image(run, row, i, threads, record);
  for (const auto& [key, values] : record.rows)
    if (values.size() != columns.size()) throw Error(ExitCode::bug, "features and columns differ in number");
  return record;
}

std::vector<std::string> diagnostic_columns() {
  std::vector<std::string> columns;
  for (const auto& diagnostic : radiomics::diagnostics()) columns.emplace_back(diagnostic.name);
  return columns;
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
  // Cases first; threads that are left over help within large regions.
  const int within =
      std::max(1, run.options.threads / static_cast<int>(std::clamp<std::size_t>(units.size(), 1, 1024)));
  run.for_each_case(units, [&](const CaseUnit& unit) { return extract_case(run, *rows.at(unit.id), columns, within); });
  if (!run.whole()) return;
  run.write_features("features.radiomics", columns);
  run.write_diagnostics("features.radiomics", diagnostic_columns());
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  return radfuse::stage_main(argc, argv, radfuse::StageId::radiomics, radfuse::extract_cohort);
}
