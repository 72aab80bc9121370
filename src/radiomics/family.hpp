// SPDX-License-Identifier: Apache-2.0
// What every family of features is given, and where it puts its values.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/radiomics/extract.hpp"
#include "radfuse/radiomics/features.hpp"

namespace radfuse::radiomics {

struct Context {
  const Prepared& prepared;
  const RadiomicsParams& params;
  std::span<const Aggregation> aggregations;  ///< those that apply to this image
};

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
};
std::span<const Family> family_rows();

extern const FamilyDef kMorphology, kMorphology2d, kIntensityStatistics, kIntensityHistogram, kGlcm;
void morphology(const Context&, std::span<Cells>);
void morphology_2d(const Context&, std::span<Cells>);
void intensity_statistics(const Context&, std::span<Cells>);
void intensity_histogram(const Context&, std::span<Cells>);
void glcm(const Context&, std::span<Cells>);

}  // namespace radfuse::radiomics
