// SPDX-License-Identifier: Apache-2.0
// A proposal as the tables that a person edits and keeps.
#include "proposal.hpp"

#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

using dicom::FoundSeries;

constexpr std::string_view kFacts[] = {"image_type",   "slice_thickness_mm", "kernel",
                                       "echo_time_ms", "repetition_time_ms", "contrast_agent"};

// A spreadsheet takes cells that begin so for formulas (CWE-1236).
std::string free_text(std::string text) {
  text = text::printable(text);
  return !text.empty() && std::string_view("=+-@").find(text[0]) != std::string_view::npos ? "'" + text : text;
}

std::string fact(const FoundSeries& series, std::string_view name) {
  for (const auto& [key, value] : series.acquisition)
    if (key == name) return value;
  return {};
}

std::string tie_text(dicom::Tie tie) {
  switch (tie) {
    case dicom::Tie::series:
      return "series";
    case dicom::Tie::instance:
      return "slices";
    case dicom::Tie::frame:
      return "frame of reference";
    case dicom::Tie::none:
      return "";
  }
  return "";
}

}  // namespace

std::string proposed_manifest(const Proposal& proposal) {
  std::vector<std::string> header = {"case_id", "patient_id", "outcome", "site", "split"};
  for (const ProposedImage& image : proposal.images) {
    header.push_back(image.name + "_path");
    header.push_back(image.name + "_mask");
  }
  std::string csv = csv_line(header);
  for (const ProposedCase& one : proposal.cases) {
    std::vector<std::string> cells = {one.case_id, one.patient_id, "", "", ""};
    for (const auto& candidates : one.images) {
      cells.push_back(candidates.empty() ? "" : candidates[0].cell);
      cells.push_back(candidates.empty() || candidates[0].regions.empty() ? "" : cell_of(*candidates[0].regions[0]));
    }
    csv += csv_line(cells);
  }
  return csv;
}

std::string choices_csv(const Proposal& proposal) {
  std::vector<std::string> header = {"case_id", "column", "rank", "chosen", "cell", "modality", "files", "regions"};
  header.insert(header.end(), std::begin(kFacts), std::end(kFacts));
  header.emplace_back("description");
  std::string csv = csv_line(header);
  for (const ProposedCase& one : proposal.cases)
    for (std::size_t i = 0; i < one.images.size(); ++i) {
      const auto& candidates = one.images[i];
      const std::string& name = proposal.images[i].name;
      for (std::size_t k = 0; k < candidates.size() && candidates.size() > 1; ++k) {
        const FoundSeries& series = *candidates[k].series;
        std::vector<std::string> cells = {one.case_id,
                                          name + "_path",
                                          std::to_string(k + 1),
                                          k == 0 ? "1" : "0",
                                          candidates[k].cell,
                                          series.modality,
                                          std::to_string(candidates[k].files),
                                          std::to_string(candidates[k].regions.size())};
        for (const std::string_view wanted : kFacts) cells.push_back(fact(series, wanted));
        cells.push_back(free_text(series.description));
        csv += csv_line(cells);
      }
      if (candidates.empty() || candidates[0].regions.size() < 2) continue;
      for (std::size_t k = 0; k < candidates[0].regions.size(); ++k) {
        const FoundSeries& regions = *candidates[0].regions[k];
        std::vector<std::string> cells = {one.case_id,
                                          name + "_mask",
                                          std::to_string(k + 1),
                                          k == 0 ? "1" : "0",
                                          cell_of(regions),
                                          regions.modality,
                                          "1",
                                          ""};
        cells.resize(header.size() - 1);
        cells.push_back(free_text(regions.description));
        csv += csv_line(cells);
      }
    }
  return csv;
}

std::string regions_csv(const Proposal& proposal, const RegionNames& names) {
  std::string csv = csv_line({"case_id", "column", "chosen", "cell", "modality", "number", "name"});
  for (const ProposedCase& one : proposal.cases)
    for (std::size_t i = 0; i < one.images.size(); ++i)
      for (std::size_t k = 0; k < one.images[i].size(); ++k)
        for (const FoundSeries* regions : one.images[i][k].regions) {
          const bool chosen = k == 0 && regions == one.images[i][k].regions[0];
          for (const auto& [number, name] : names(*regions))
            csv += csv_line({one.case_id, proposal.images[i].name + "_mask", chosen ? "1" : "0", cell_of(*regions),
                             regions->modality, std::to_string(number), free_text(name)});
        }
  return csv;
}

std::string linkage_csv(const Proposal& proposal) {
  std::string csv = csv_line({"case_id", "patient_id", "dicom_patient_id", "column", "chosen", "modality", "cell",
                              "files", "folder", "study_uid", "series_uid", "description", "tied_by"});
  const auto line = [&](const ProposedCase& one, const std::string& column, bool chosen, const std::string& cell,
                        std::size_t files, const FoundSeries& series) {
    csv += csv_line({one.case_id, one.patient_id, free_text(series.patient_id), column, chosen ? "1" : "0",
                     series.modality, cell, std::to_string(files), series.files[0].parent_path().string(),
                     series.study_uid, series.series_uid, free_text(series.description), tie_text(series.tie)});
  };
  for (const ProposedCase& one : proposal.cases) {
    for (std::size_t i = 0; i < one.images.size(); ++i)
      for (std::size_t k = 0; k < one.images[i].size(); ++k) {
        const Candidate& candidate = one.images[i][k];
        const std::string& name = proposal.images[i].name;
        line(one, name + "_path", k == 0, candidate.cell, candidate.files, *candidate.series);
        for (const FoundSeries* regions : candidate.regions)
          line(one, name + "_mask", k == 0 && regions == candidate.regions[0], cell_of(*regions), 1, *regions);
      }
    for (const FoundSeries* regions : one.unpaired) line(one, "", false, cell_of(*regions), 1, *regions);
  }
  return csv;
}

}  // namespace radfuse
