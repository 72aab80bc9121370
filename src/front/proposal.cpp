// SPDX-License-Identifier: Apache-2.0
// Cases and candidates from a scan.
#include "proposal.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

using dicom::FoundSeries;
using dicom::ObjectKind;

struct KnownModality {
  std::string_view dicom, name;
  Modality modality;
  Dimension dimension;
};
// DICOM PS3.3, C.7.3.1.1.1: the modalities that make pictures of patients.
constexpr KnownModality kModalityTable[] = {
    {"CT", "ct", Modality::ct, Dimension::three},     {"MR", "mr", Modality::mr, Dimension::three},
    {"PT", "pet", Modality::pet, Dimension::three},   {"NM", "spect", Modality::spect, Dimension::three},
    {"US", "us", Modality::us, Dimension::two},       {"IVUS", "us", Modality::us, Dimension::two},
    {"CR", "xr", Modality::xray, Dimension::two},     {"DX", "xr", Modality::xray, Dimension::two},
    {"MG", "xr", Modality::xray, Dimension::two},     {"IO", "xr", Modality::xray, Dimension::two},
    {"PX", "xr", Modality::xray, Dimension::two},     {"RG", "xr", Modality::xray, Dimension::two},
    {"OT", "other", Modality::other, Dimension::two},
};

const KnownModality* known(const FoundSeries& series) {
  const auto found = std::ranges::find(kModalityTable, series.modality, &KnownModality::dicom);
  return found == std::end(kModalityTable) ? nullptr : &*found;
}

std::string fact(const FoundSeries& series, std::string_view name) {
  for (const auto& [key, value] : series.acquisition)
    if (key == name) return value;
  return {};
}

// Scout views and what was computed from other images come last.
int derived_rank(const FoundSeries& series) {
  const std::string type = fact(series, "image_type");
  const auto says = [&](std::string_view word) { return type.find(word) != std::string::npos; };
  if (says("LOCALIZER")) return 3;
  if (says("SECONDARY") || says("SCREEN SAVE")) return 2;
  return says("DERIVED") || says("PROJECTION") || says("MIP") ? 1 : 0;
}

// Regions first, then originals, then many slices, then thin ones; the UID makes the order the same always.
auto likelihood(const Candidate& candidate) {
  const auto thickness = text::to_double(fact(*candidate.series, "slice_thickness_mm")).value_or(1e9);
  return std::tuple(candidate.regions.empty() ? 1 : 0, derived_rank(*candidate.series),
                    -static_cast<std::int64_t>(candidate.files), thickness, candidate.cell);
}

struct Patient {
  std::vector<const FoundSeries*> images, regions;
};

std::vector<Candidate> candidates_of(const Patient& patient, const ProposedImage& image) {
  std::vector<Candidate> all;
  for (const FoundSeries* series : patient.images) {
    if (known(*series)->name != image.name) continue;
    Candidate whole{series, series->series_uid, series->files.size(), {}};
    for (const FoundSeries* regions : patient.regions)
      if (std::ranges::find(regions->references, series->series_uid) != regions->references.end())
        whole.regions.push_back(regions);
    if (image.dimension == Dimension::three || series->files.size() == 1) {
      all.push_back(whole);
      continue;
    }
    for (const std::string& instance : series->instances) {  // each picture is an image of its own
      all.push_back(whole);
      all.back().cell = instance;
      all.back().files = 1;
    }
  }
  std::ranges::sort(all, {}, likelihood);
  return all;
}

std::string numbered(char letter, std::size_t number) {
  const std::string digits = std::to_string(number);
  return letter + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

}  // namespace

std::string cell_of(const FoundSeries& regions) {
  return regions.instances.front().empty() ? regions.series_uid : regions.instances.front();
}

Proposal propose(const dicom::Scan& scan) {
  Proposal proposal;
  std::map<std::string, Patient> patients;
  std::set<std::string_view> seen;
  for (const FoundSeries& series : scan.series) {
    Patient& patient = patients[series.patient_key];
    const bool regions = series.kind == ObjectKind::structure_set || series.kind == ObjectKind::segmentation;
    if (regions) patient.regions.push_back(&series);
    const KnownModality* modality = series.kind == ObjectKind::image ? known(series) : nullptr;
    if (modality == nullptr) continue;
    patient.images.push_back(&series);
    seen.insert(modality->name);
  }
  for (const KnownModality& modality : kModalityTable)  // in the order of the table, each name once
    if (seen.erase(modality.name) > 0)
      proposal.images.push_back({std::string(modality.name), modality.modality, modality.dimension});

  std::size_t number = 0;
  for (const auto& [key, patient] : patients) {
    if (patient.images.empty()) {
      ++proposal.patients_without_images;
      continue;
    }
    ++number;
    ProposedCase one{numbered('C', number), numbered('P', number), {}, {}};
    for (const ProposedImage& image : proposal.images) one.images.push_back(candidates_of(patient, image));
    for (const FoundSeries* regions : patient.regions)
      if (regions->references.empty()) one.unpaired.push_back(regions);
    proposal.cases.push_back(std::move(one));
  }
  return proposal;
}

}  // namespace radfuse
