// SPDX-License-Identifier: Apache-2.0
// Batches: which group of cases a row belongs to.
#include "batches.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

constexpr const char* kSite = "site";

std::string full_name(const std::string& variable) {
  return variable.starts_with("clin.") ? variable : "clin." + variable;
}

std::vector<std::string> columns_among(const std::string& variable, std::span<const std::string> columns) {
  const std::string full = full_name(variable);
  std::vector<std::string> found;
  for (const std::string& column : columns)
    if (column == full || column.starts_with(full + "=")) found.push_back(column);
  return found;
}

// One row's part of a batch's name, by one clinical variable.
std::string part_of(const std::string& variable, const std::vector<std::string>& columns, const FeatureTable& table,
                    const std::vector<Eigen::Index>& at, Eigen::Index row) {
  const std::string full = full_name(variable);
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const double value = table.values()(row, at[c]);
    if (std::isnan(value)) return "?";
    if (columns[c] == full) return text::from_double(value);
    if (value == 1) return columns[c].substr(full.size() + 1);
  }
  return "(other)";
}

}  // namespace

std::vector<std::string> clinical_columns_of(const std::string& variable, std::span<const std::string> columns,
                                             const std::string& role) {
  const auto found = columns_among(variable, columns);
  if (!found.empty()) return found;
  std::vector<std::string> clinical;
  for (const std::string& column : columns)
    if (column.starts_with("clin.")) clinical.push_back(column);
  throw InputError(role + " '" + variable + "' is not a clinical column" +
                   text::did_you_mean(full_name(variable), clinical) +
                   (clinical.empty() ? " (the cohort has none)" : " (" + text::join(clinical, ", ") + ")"));
}

BatchKey batch_key(const std::vector<std::string>& by, const FeatureTable& table) {
  BatchKey key{by, {}};
  for (const std::string& variable : by) {
    if (variable == kSite) continue;
    const auto found = clinical_columns_of(variable, table.columns(), "batch");
    key.columns.insert(key.columns.end(), found.begin(), found.end());
  }
  return key;
}

std::vector<std::string> batch_names(const BatchKey& key, const FeatureTable& table,
                                     std::span<const std::string> sites) {
  std::vector<std::string> names(sites.size());
  for (std::size_t part = 0; part < key.by.size(); ++part) {
    const bool is_site = key.by[part] == kSite;
    const auto columns = is_site ? std::vector<std::string>{} : columns_among(key.by[part], key.columns);
    std::vector<Eigen::Index> at;
    for (const std::string& column : columns) {
      at.push_back(table.column_index(column));
      if (at.back() < 0) throw InputError("the table lacks the column " + column + ", which tells batches apart");
    }
    for (std::size_t r = 0; r < names.size(); ++r)
      names[r] += (part > 0 ? " / " : "") +
                  (is_site ? sites[r] : part_of(key.by[part], columns, table, at, static_cast<Eigen::Index>(r)));
  }
  return names;
}

std::vector<std::pair<std::string, std::vector<Eigen::Index>>> rows_by_name(std::span<const std::string> names) {
  std::map<std::string, std::vector<Eigen::Index>> rows;
  for (std::size_t r = 0; r < names.size(); ++r) rows[names[r]].push_back(static_cast<Eigen::Index>(r));
  return {rows.begin(), rows.end()};
}

BatchFate fate_of(const std::string& name, std::size_t rows, const Batches& batches, const std::string& step,
                  const std::string& gave, std::vector<std::string>& remarks) {
  const std::vector<std::string>& known = batches.known;
  if (const auto at = std::find(known.begin(), known.end(), name); at != known.end())
    return {BatchFate::Kind::known, static_cast<std::size_t>(at - known.begin())};
  const std::string what = batches.key.what();
  const UnseenSite unseen = batches.unseen;
  const std::string about = step + ": " + what + " '" + name + "' (" + std::to_string(rows) +
                            (rows == 1 ? " row" : " rows") + ") gave " + gave;
  if (unseen == UnseenSite::error)
    throw InputError(about + ", so its shift is not known; set 'unseen' of the " + step +
                     " step to skip, global or adapt_unlabelled");
  if (unseen == UnseenSite::global) {
    remarks.push_back(about + ": treated by the mean and variance of all training rows together");
    return {BatchFate::Kind::pooled, 0};
  }
  if (unseen == UnseenSite::skip) {
    remarks.push_back(about + ": left as they are");
    return {BatchFate::Kind::left, 0};
  }
  if (rows < static_cast<std::size_t>(batches.min_samples)) {
    remarks.push_back(about + ": left as they are (" + std::string(name_of(kUnseenSites, unseen)) + " needs " +
                      std::to_string(batches.min_samples) + " rows)");
    return {BatchFate::Kind::left, 0};
  }
  remarks.push_back(about + ": its shift and scale were estimated from these rows themselves, without labels" +
                    (unseen == UnseenSite::reference ? ", towards the reference site" : "") +
                    "; the values of each row depend on the other rows of the " + what);
  return {BatchFate::Kind::own, 0};
}

}  // namespace radfuse
