// SPDX-License-Identifier: Apache-2.0
// Reference rows of the IBSI's chapter 1, and the comparison that they ask for.
#pragma once

#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/radiomics/extract.hpp"
#include "radfuse/radiomics/features.hpp"

namespace radfuse::test {

struct ReferenceRow {
  std::string configuration, family, aggregation, tag, printed;
  double value = 0, tolerance = 0;
};

inline std::vector<std::string> csv_cells(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else
      cells.back() += c;
  }
  return cells;
}

/// The rows of one configuration that have a value.
inline std::vector<ReferenceRow> reference_rows(const std::filesystem::path& file, const std::string& configuration) {
  std::vector<ReferenceRow> rows;
  for (const std::string& line : text::split(read_file(file), '\n')) {
    const auto c = csv_cells(line);
    if (c.size() != 8 || c[0] != configuration || c[6].empty()) continue;
    rows.push_back({c[0], c[1], c[2], c[4], c[6], text::to_double(c[6]).value(), text::to_double(c[7]).value()});
  }
  return rows;
}

/// A tolerance of 0 asks for the digits printed, three at least. Features are printed with three digits: a zero that
/// ends a larger whole number fills a place (1490 stands for 1494.6). Diagnostics are exact.
inline double allowed(const ReferenceRow& row) {
  if (row.tolerance > 0) return row.tolerance;
  std::string printed = row.printed;
  if (row.family != "Diagnostics" && printed.find('.') == std::string::npos)
    printed.erase(printed.find_last_not_of('0') + 1);
  int digits = 0;
  for (const char c : printed)
    if (c >= '0' && c <= '9' && (digits > 0 || c != '0')) ++digits;
  const double magnitude = row.value == 0 ? 0 : std::floor(std::log10(std::abs(row.value)));
  return 0.5 * std::pow(10, magnitude - std::max(3, digits) + 1) * (1 + 1e-9);
}
inline bool reproduces(double computed, const ReferenceRow& row) {
  return std::abs(computed - row.value) <= allowed(row);  // false for NaN
}

/// The IBSI's ending of a tag for an aggregation.
inline std::string tag_ending(const std::string& aggregation) {
  static const std::map<std::string, std::string> endings = {{"2d_average", "_2D_avg"},
                                                             {"2d_slice_merged", "_2D_comb"},
                                                             {"2.5d_direction_merged", "_2_5D_avg"},
                                                             {"2.5d_merged", "_2_5D_comb"},
                                                             {"3d_average", "_3D_avg"},
                                                             {"3d_merged", "_3D_comb"},
                                                             {"2d", "_2D"},
                                                             {"2.5d", "_2_5D"},
                                                             {"3d", "_3D"}};
  return endings.at(aggregation);
}

/// Everything that a volume offers under these settings, by the IBSI's tags.
inline std::map<std::string, double> features_by_tag(const Volume& image, const Mask& mask,
                                                     const RadiomicsParams& params) {
  const auto names = radiomics::feature_names(params, false);
  const auto values = radiomics::extract(image, mask, params, false).values;
  std::map<std::string, double> by_tag;
  for (std::size_t i = 0; i < names.size(); ++i)
    for (const auto& family : radiomics::families())
      for (const auto& feature : family.features) {
        const std::string stem = "original." + std::string(family.name) + "." + std::string(feature.name);
        if (names[i] == stem)
          by_tag[std::string(feature.tag)] = values[i];
        else if (names[i].compare(0, stem.size() + 1, stem + ".") == 0)
          by_tag[std::string(feature.tag) + tag_ending(names[i].substr(stem.size() + 1))] = values[i];
      }
  return by_tag;
}

inline RadiomicsParams settings(std::vector<Aggregation> aggregations, std::vector<ZoneAggregation> of_zones) {
  RadiomicsParams p;
  p.rois = {{"roi", {RoiSource::mask, {}, {}, {}}}};
  p.glcm.aggregations = std::move(aggregations);
  p.glszm.aggregations = p.gldzm.aggregations = p.ngtdm.aggregations = p.ngldm.aggregations = std::move(of_zones);
  return p;
}

/// Families of the IBSI that are not offered yet: their rows are counted, not compared.
inline const std::vector<std::string>& not_yet_offered() {
  static const std::vector<std::string> names = {"Local intensity", "Intensity volume histogram", "Run length matrix"};
  return names;
}

}  // namespace radfuse::test
