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

CaseRecord content_from_json(const Json& json) {
  CaseRecord content;
  for (const Json& row : json.at("rows"))
    content.rows.emplace_back(key_from_json(row), numbers_from_json(row.at("values")));
  for (const Json& note : json.at("notes"))
    content.notes.push_back(
        {key_from_json(note), note.at("column").get<std::string>(), note.at("reason").get<std::string>()});
  for (const Json& row : json.at("diagnostics"))
    content.diagnostics.push_back(
        {key_from_json(row), row.at("image").get<std::string>(), numbers_from_json(row.at("values"))});
  content.facts = pairs_from_json(json.at("facts"));
  content.files = pairs_from_json(json.at("files"));
  return content;
}

StoredRecord from_json(const Json& json) {
  return {json.at("unit").get<std::string>(), json.at("key").get<std::string>(), json.at("ok").get<bool>(),
          json.at("message").get<std::string>(), content_from_json(json)};
}

void add_content(Json& json, const CaseRecord& content) {
  Json& rows = json["rows"] = Json::array();
  for (const auto& [key, values] : content.rows) {
    rows.push_back(key_to_json(key));
    rows.back()["values"] = numbers_to_json(values);
  }
  Json& notes = json["notes"] = Json::array();
  for (const Note& note : content.notes) {
    notes.push_back(key_to_json(note.row));
    notes.back()["column"] = note.column;
    notes.back()["reason"] = note.reason;
  }
  Json& diagnostics = json["diagnostics"] = Json::array();
  for (const DiagnosticRow& row : content.diagnostics) {
    diagnostics.push_back(key_to_json(row.key));
    diagnostics.back()["image"] = row.image;
    diagnostics.back()["values"] = numbers_to_json(row.values);
  }
  json["facts"] = pairs_to_json(content.facts);
  json["files"] = pairs_to_json(content.files);
}

// Text from files need not be UTF-8; what is not becomes the replacement character.
std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_json(const StoredRecord& record) {
  Json json = {{"unit", record.unit}, {"key", record.key}, {"ok", record.ok}, {"message", record.message}};
  add_content(json, record.content);
  return dumped(json);
}

std::string to_text(const CaseRecord& record) {
  Json json;
  add_content(json, record);
  return dumped(json);
}

CaseRecord case_record_from_text(const std::string& text) {
  try {
    return content_from_json(Json::parse(text));
  } catch (const Json::exception& problem) {
    throw CaseError(std::string("decoding gave a record that cannot be read: ") + problem.what());
  }
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
