// SPDX-License-Identifier: Apache-2.0
// Facts of acquisition.csv, summed up by site.
#include "protocol.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <Eigen/Core>

#include "format.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kMostWords = 6;
// Said elsewhere, or without a meaning for a reader.
constexpr std::string_view kLeftOut[] = {"size",          "series",           "notes", "photometric_interpretation",
                                         "rescale_slope", "rescale_intercept"};
constexpr std::pair<std::string_view, std::string_view> kUnits[] = {
    {"_mm", " (mm)"},       {"_ms", " (ms)"},   {"_ma", " (mA)"},   {"_mas", " (mAs)"},
    {"_deg", " (degrees)"}, {"_t", " (T)"},     {"_hz", " (Hz)"},   {"_khz", " (kHz)"},
    {"_min", " (min)"},     {"_mgy", " (mGy)"}, {"_mbq", " (MBq)"}, {"_s_per_mm2", " (s/mm²)"},
};

// Names of columns that are no words.
constexpr std::pair<std::string_view, std::string_view> kWords[] = {
    {"kvp", "tube voltage (kV)"},
    {"model", "scanner model"},
    {"ctdi_vol_mgy", "CTDIvol (mGy)"},
};

std::string label(const std::string& name) {
  for (const auto& [column, shown] : kWords)
    if (name == column) return std::string(shown);
  std::string words = name;
  std::string unit;
  for (const auto& [suffix, shown] : kUnits)
    if (name.ends_with(suffix) && unit.empty()) {
      words = name.substr(0, name.size() - suffix.size());
      unit = shown;
    }
  std::ranges::replace(words, '_', ' ');
  return words + unit;
}

// "0.7 0.7 2.5" and "0.7\0.7" are numbers; nothing for words.
std::optional<std::vector<double>> numbers(const std::string& value) {
  std::string spaced = value;
  std::ranges::replace(spaced, '\\', ' ');
  std::vector<double> all;
  for (const std::string& part : text::split(spaced, ' ')) {
    const auto number = text::to_double(part);
    if (!number) return std::nullopt;
    all.push_back(*number);
  }
  return all;
}

// At most four digits that mean something.
std::string rounded(double value) {
  const double size = std::abs(value);
  const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  std::string text = fixed(value, decimals);
  if (text.find('.') == std::string::npos) return text;
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string spread(const std::vector<double>& values) {
  const Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
  if (stats::is_constant(x)) return rounded(x[0]);
  return rounded(stats::median(x)) + " [" + rounded(x.minCoeff()) + ", " + rounded(x.maxCoeff()) + "]";
}

std::string counts(const std::vector<std::string>& values) {
  std::map<std::string, std::size_t> by_word;
  for (const std::string& value : values) ++by_word[value];
  std::vector<std::pair<std::string, std::size_t>> words(by_word.begin(), by_word.end());
  std::ranges::stable_sort(words, [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> shown;
  for (const auto& [word, count] : words)
    if (shown.size() < kMostWords) shown.push_back(words.size() == 1 ? word : word + ": " + std::to_string(count));
  if (words.size() > kMostWords) shown.push_back("and " + std::to_string(words.size() - kMostWords) + " others");
  return text::join(shown, "; ");
}

std::string summary(const std::vector<std::string>& filled, std::size_t cases) {
  if (filled.empty()) return "–";
  std::vector<std::vector<double>> columns;
  bool numeric = true;
  for (const std::string& value : filled) {
    const auto parts = numbers(value);
    numeric = numeric && parts && (columns.empty() || columns.size() == parts->size());
    if (!numeric) break;
    columns.resize(parts->size());
    for (std::size_t i = 0; i < parts->size(); ++i) columns[i].push_back((*parts)[i]);
  }
  std::string text;
  if (numeric)
    for (const auto& column : columns) text += (text.empty() ? "" : " × ") + spread(column);
  else
    text = counts(filled);
  const std::size_t missing = cases - filled.size();
  return text + (missing == 0 ? "" : ", " + std::to_string(missing) + " missing");
}

std::string value_of(const AcquisitionRow& row, const std::string& fact) {
  for (const auto& [name, value] : row.facts)
    if (name == fact) return value;
  return {};
}

/// Facts that some case has, in the order of the file.
std::vector<std::string> facts_of(const StudyResults& results, const std::string& image) {
  std::vector<std::string> facts;
  for (const AcquisitionRow& row : results.acquisition)
    for (const auto& [name, value] : row.facts)
      if ((image.empty() || row.image == image) && !value.empty() &&
          std::ranges::find(kLeftOut, name) == std::end(kLeftOut) && std::ranges::find(facts, name) == facts.end())
        facts.push_back(name);
  const bool all_known = std::ranges::none_of(
      results.acquisition, [](const AcquisitionRow& row) { return value_of(row, "spacing_known") == "0"; });
  if (all_known) std::erase(facts, "spacing_known");
  std::map<std::string, std::size_t> place;  // rows may lack different facts: the order is that of the columns
  for (const AcquisitionRow& row : results.acquisition)
    for (std::size_t i = 0; i < row.facts.size(); ++i) place.emplace(row.facts[i].first, i);
  std::ranges::stable_sort(facts, {}, [&](const std::string& fact) { return place[fact]; });
  return facts;
}

}  // namespace

std::vector<HtmlTable> protocol_tables(const StudyResults& results) {
  std::vector<HtmlTable> tables;
  for (const auto& [image, params] : results.images) {
    std::map<std::string, std::vector<const AcquisitionRow*>> sites;
    for (const AcquisitionRow& row : results.acquisition)
      if (const CaseRow* one = results.cohort.find(row.case_id); row.image == image && one != nullptr)
        sites[one->site].push_back(&row);
    if (sites.empty()) continue;
    HtmlTable table{.caption = "Imaging protocol of " + image + ": median [smallest, largest], or counts",
                    .header = {"What"},
                    .align = "l" + std::string(sites.size(), 'l'),
                    .rest_in = "1_import/acquisition.csv"};
    for (const auto& [site, rows] : sites)
      table.header.push_back((site.empty() ? "all" : site) + " (n = " + std::to_string(rows.size()) + ")");
    for (const std::string& fact : facts_of(results, image)) {
      std::vector<std::string> cells = {label(fact)};
      for (const auto& [site, rows] : sites) {
        std::vector<std::string> filled;
        for (const AcquisitionRow* row : rows)
          if (std::string value = value_of(*row, fact); !value.empty()) filled.push_back(std::move(value));
        cells.push_back(summary(filled, rows.size()));
      }
      table.rows.push_back(std::move(cells));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<std::string> protocol_facts(const StudyResults& results) {
  std::vector<std::string> labels;
  for (const std::string& fact : facts_of(results, ""))
    if (fact != "format" && fact != "spacing_known") labels.push_back(label(fact));
  return labels;
}

std::vector<std::string> protocol_doubts(const StudyResults& results) {
  std::vector<std::string> doubts;
  for (const auto& [image, params] : results.images) {
    std::set<std::string> intents;
    std::size_t unknown = 0, lossy = 0;
    for (const AcquisitionRow& row : results.acquisition) {
      if (row.image != image) continue;
      if (const std::string intent = value_of(row, "presentation_intent"); !intent.empty()) intents.insert(intent);
      unknown += value_of(row, "spacing_known") == "0" ? 1u : 0u;
      lossy += value_of(row, "lossy_compression") == "01" ? 1u : 0u;
    }
    if (intents.size() > 1)
      doubts.push_back("Some images of " + image +
                       " are stored for processing and some for presentation: they differ "
                       "by what the device did to their grey levels");
    if (unknown > 0)
      doubts.push_back("The pixel size of " + counted(unknown, "image", "images") + " of " + image +
                       " is not known: lengths and areas are in pixels there");
    if (lossy > 0)
      doubts.push_back(counted(lossy, "image", "images") + " of " + image + " went through a lossy compression");
  }
  return doubts;
}

}  // namespace radfuse
