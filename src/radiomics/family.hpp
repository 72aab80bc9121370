// SPDX-License-Identifier: Apache-2.0
// What every family of features is given, and where it puts its values.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intensities.hpp"
#include "radfuse/radiomics/extract.hpp"
#include "radfuse/radiomics/features.hpp"

namespace radfuse::radiomics {

struct DirectionalFeatures;
struct ZoneTables;

/// What several families read: made by the family that comes first, in one pass over the region.
struct Shared {
  std::shared_ptr<const DirectionalFeatures> directional;  ///< of glcm and glrlm
  std::shared_ptr<const ZoneTables> zones;                 ///< zones.hpp; of glszm and gldzm
  std::optional<Intensities> intensities;
  const Intensities& intensities_of(const Prepared& p) {
    if (!intensities) intensities = radiomics::intensities_of(p.image, p.intensity);
    return *intensities;
  }
};

struct Context {
  const Prepared& prepared;
  const RadiomicsParams& params;
  bool two_dimensional;
  Shared& shared;
};

/// Those asked for that apply, in the order of their table; nothing asked for: the default for this kind of image. In
/// one slice the 2.5d ones repeat the 2d ones and are left out. Throws StudyError that names `key` when none applies.
std::vector<Aggregation> aggregations_for(const std::vector<Aggregation>& asked, bool two_dimensional,
                                          std::string_view key);
std::vector<ZoneAggregation> aggregations_for(const std::vector<ZoneAggregation>& asked, bool two_dimensional,
                                              std::string_view key);
template <class T, std::size_t N>
std::vector<std::string_view> names_of_all(const Named<T> (&table)[N], const std::vector<T>& values) {
  std::vector<std::string_view> names;
  for (const T value : values) names.push_back(name_of(table, value));
  return names;
}

/// The cells of one family (and aggregation), by feature. A feature that is forgotten is our bug, not a NaN.
class Cells {
 public:
  Cells(const FamilyDef& family, std::string_view aggregation) : family_(family), aggregation_(aggregation) {
    values_.resize(family.features.size());
    reasons_.resize(family.features.size(), kForgotten);
  }
  /// A NaN or infinite value is undefined for `reason`.
  void set(std::string_view feature, double value, std::string_view reason = "not_finite") {
    set(index_of(feature), value, reason);
  }
  void set(std::size_t index, double value, std::string_view reason);
  void undefined(std::string_view feature, std::string_view reason);
  /// Every feature not yet set.
  void undefined_rest(std::string_view reason);
  std::string_view aggregation() const { return aggregation_; }
  void append_to(Extraction& out) const;

 private:
  static constexpr std::string_view kForgotten = "?";
  std::size_t index_of(std::string_view feature) const;
  const FamilyDef& family_;
  std::string_view aggregation_;
  std::vector<double> values_;
  std::vector<std::string_view> reasons_;
};

std::string column_name(const FamilyDef& family, const FeatureDef& feature, std::string_view aggregation);

/// A family: its table, and the function that fills one Cells (or one for each aggregation).
struct Family {
  const FamilyDef& def;
  void (*compute)(const Context&, std::span<Cells>);
  /// The aggregations' names, one for each Cells; null: not aggregated.
  std::vector<std::string_view> (*aggregations)(const RadiomicsParams&, bool two_dimensional) = nullptr;
};
std::span<const Family> family_rows();

extern const FamilyDef kMorphology, kMorphology2d, kIntensityStatistics, kIntensityHistogram, kGlcm, kGlrlm;
extern const FamilyDef kGlszm, kGldzm, kNgtdm, kNgldm;
extern const FamilyDef kLocalIntensity, kIntensityVolumeHistogram;
void morphology(const Context&, std::span<Cells>);
void morphology_2d(const Context&, std::span<Cells>);
void intensity_statistics(const Context&, std::span<Cells>);
void intensity_histogram(const Context&, std::span<Cells>);
void local_intensity(const Context&, std::span<Cells>);
void intensity_volume_histogram(const Context&, std::span<Cells>);
void glcm(const Context&, std::span<Cells>);
void glrlm(const Context&, std::span<Cells>);
void glszm(const Context&, std::span<Cells>);
void gldzm(const Context&, std::span<Cells>);
void ngtdm(const Context&, std::span<Cells>);
void ngldm(const Context&, std::span<Cells>);

}  // namespace radfuse::radiomics
