// SPDX-License-Identifier: Apache-2.0
// The one table of families: a new family is a file with its features and function, and a row here.
#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

#include "family.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::radiomics {

namespace {

/// The names of what a family's section of the study file asks for.
template <const FamilyDef& kFamily, auto kSection>
std::vector<std::string_view> aggregations_of(const RadiomicsParams& p, bool two_dimensional) {
  const std::string key = "radiomics." + std::string(kFamily.name) + ".aggregations";
  const auto used = aggregations_for((p.*kSection).aggregations, two_dimensional, key);
  if constexpr (std::is_same_v<decltype(used), const std::vector<Aggregation>>)
    return names_of_all(kAggregations, used);
  else
    return names_of_all(kZoneAggregations, used);
}

template <class T, std::size_t N>
std::vector<T> applicable(const Named<T> (&table)[N], const std::vector<T>& asked, T volumes, T planes, bool planar,
                          std::string_view key, bool (*applies_to_planes)(T)) {
  if (asked.empty()) return {planar ? planes : volumes};
  std::vector<T> used;
  for (const auto& row : table)
    if (std::find(asked.begin(), asked.end(), row.value) != asked.end() && (!planar || applies_to_planes(row.value)))
      used.push_back(row.value);
  if (used.empty())
    throw StudyError(std::string(key) + ": none of them applies to a 2-D image; add " +
                     std::string(name_of(table, planes)) + ", or leave the key out");
  return used;
}

}  // namespace

std::vector<Aggregation> aggregations_for(const std::vector<Aggregation>& asked, bool two_dimensional,
                                          std::string_view key) {
  return applicable(
      kAggregations, asked, Aggregation::merged_3d, Aggregation::slice_merged_2d, two_dimensional, key,
      +[](Aggregation a) { return a == Aggregation::average_2d || a == Aggregation::slice_merged_2d; });
}

std::vector<ZoneAggregation> aggregations_for(const std::vector<ZoneAggregation>& asked, bool two_dimensional,
                                              std::string_view key) {
  return applicable(
      kZoneAggregations, asked, ZoneAggregation::volume, ZoneAggregation::slices_averaged, two_dimensional, key,
      +[](ZoneAggregation a) { return a == ZoneAggregation::slices_averaged; });
}

std::span<const Family> family_rows() {
  static const Family rows[] = {
      {kMorphology, morphology},
      {kMorphology2d, morphology_2d},
      {kLocalIntensity, local_intensity},
      {kIntensityStatistics, intensity_statistics},
      {kIntensityHistogram, intensity_histogram},
      {kIntensityVolumeHistogram, intensity_volume_histogram},
      {kGlcm, glcm, aggregations_of<kGlcm, &RadiomicsParams::glcm>},
      {kGlrlm, glrlm, aggregations_of<kGlrlm, &RadiomicsParams::glrlm>},
      {kGlszm, glszm, aggregations_of<kGlszm, &RadiomicsParams::glszm>},
      {kGldzm, gldzm, aggregations_of<kGldzm, &RadiomicsParams::gldzm>},
      {kNgtdm, ngtdm, aggregations_of<kNgtdm, &RadiomicsParams::ngtdm>},
      {kNgldm, ngldm, aggregations_of<kNgldm, &RadiomicsParams::ngldm>},
  };
  return rows;
}

std::span<const FamilyDef> families() {
  static const std::vector<FamilyDef> defs = [] {
    std::vector<FamilyDef> all;
    for (const Family& row : family_rows()) all.push_back(row.def);
    return all;
  }();
  return defs;
}

std::string column_name(const FamilyDef& family, const FeatureDef& feature, std::string_view aggregation) {
  std::string name = "original.";
  name.append(family.name).append(".").append(feature.name);
  if (!aggregation.empty()) name.append(".").append(aggregation);
  return name;
}

std::size_t Cells::index_of(std::string_view feature) const {
  for (std::size_t i = 0; i < family_.features.size(); ++i)
    if (family_.features[i].name == feature) return i;
  throw Error(ExitCode::bug, "no feature " + std::string(feature) + " in family " + std::string(family_.name));
}

void Cells::set(std::size_t index, double value, std::string_view reason) {
  const bool defined = std::isfinite(value);
  // + 0.0 turns -0 into 0, so that tables never show "-0".
  values_[index] = defined ? value + 0.0 : std::numeric_limits<double>::quiet_NaN();
  reasons_[index] = defined ? std::string_view() : reason;
}

void Cells::undefined(std::string_view feature, std::string_view reason) {
  set(index_of(feature), std::numeric_limits<double>::quiet_NaN(), reason);
}

void Cells::undefined_rest(std::string_view reason) {
  for (std::size_t i = 0; i < values_.size(); ++i)
    if (reasons_[i] == kForgotten) set(i, std::numeric_limits<double>::quiet_NaN(), reason);
}

void Cells::append_to(Extraction& out) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const std::string name = column_name(family_, family_.features[i], aggregation_);
    if (reasons_[i] == kForgotten) throw Error(ExitCode::bug, "feature " + name + " was not computed");
    out.values.push_back(values_[i]);
    if (!reasons_[i].empty()) out.notes.emplace_back(name, std::string(reasons_[i]));
  }
}

}  // namespace radfuse::radiomics
