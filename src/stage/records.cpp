// SPDX-License-Identifier: Apache-2.0
// Per-case records as JSON.
#include "radfuse/stage/records.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"

namespace radfuse {
namespace {

using Json = nlohmann::ordered_json;

Json pairs_to_json(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json list = Json::array();
  for (const auto& [name, value] : pairs) list.push_back({name, value});
  return list;
}

std::vector<std::pair<std::string, std::string>> pairs_from_json(const Json& list) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const Json& item : list) pairs.emplace_back(item.at(0).get<std::string>(), item.at(1).get<std::string>());
  return pairs;
}

RowKey key_from_json(const Json& json) {
  return {json.at("case").get<std::string>(), json.at("roi").get<std::string>(), json.at("reader").get<std::string>()};
}

Json key_to_json(const RowKey& key) {
  return {{"case", key.case_id}, {"roi", key.roi}, {"reader", key.reader}};
}

Json numbers_to_json(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(std::isnan(value) ? Json() : Json(value));
  return list;
}

std::vector<double> numbers_from_json(const Json& list) {
  std::vector<double> values;
  for (const Json& value : list)
    values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
  return values;
}

StoredRecord from_json(const Json& json) {
  StoredRecord record;
  record.unit = json.at("unit").get<std::string>();
  record.key = json.at("key").get<std::string>();
  record.ok = json.at("ok").get<bool>();
  record.message = json.at("message").get<std::string>();
  for (const Json& row : json.at("rows"))
    record.content.rows.emplace_back(key_from_json(row), numbers_from_json(row.at("values")));
  for (const Json& note : json.at("notes"))
    record.content.notes.push_back(
        {key_from_json(note), note.at("column").get<std::string>(), note.at("reason").get<std::string>()});
  for (const Json& row : json.at("diagnostics"))
    record.content.diagnostics.push_back(
        {key_from_json(row), row.at("image").get<std::string>(), numbers_from_json(row.at("values"))});
  record.content.facts = pairs_from_json(json.at("facts"));
  record.content.files = pairs_from_json(json.at("files"));
  return record;
}

}  // namespace

std::string to_json(const StoredRecord& record) {
  Json rows = Json::array();
  for (const auto& [key, values] : record.content.rows) {
    Json row = key_to_json(key);
    row["values"] = numbers_to_json(values);
    rows.push_back(std::move(row));
  }
  Json diagnostics = Json::array();
  for (const DiagnosticRow& row : record.content.diagnostics) {
    Json item = key_to_json(row.key);
    item["image"] = row.image;
    item["values"] = numbers_to_json(row.values);
    diagnostics.push_back(std::move(item));
  }
  Json notes = Json::array();
  for (const Note& note : record.content.notes) {
    Json item = key_to_json(note.row);
    item["column"] = note.column;
    item["reason"] = note.reason;
    notes.push_back(std::move(item));
  }
  const Json json = {{"unit", record.unit},
                     {"key", record.key},
                     {"ok", record.ok},
                     {"message", record.message},
                     {"rows", std::move(rows)},
                     {"notes", std::move(notes)},
                     {"diagnostics", std::move(diagnostics)},
                     {"facts", pairs_to_json(record.content.facts)},
                     {"files", pairs_to_json(record.content.files)}};
  return json.dump() + "\n";
}

std::optional<StoredRecord> read_record(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::nullopt;
  try {
    return from_json(Json::parse(read_file(file)));
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (const InputError&) {
    return std::nullopt;
  }
}

}  // namespace radfuse
