// SPDX-License-Identifier: Apache-2.0
// radfuse list: the tables of everything that has a name.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <span>

#include "commands.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/config/study.hpp"
#include "radfuse/radiomics/features.hpp"
#include "radfuse/stage/stages.hpp"
#include "radfuse/synthetic/cohort.hpp"
#include "radfuse/weights/architectures.hpp"

namespace radfuse {
namespace {

struct Row {
  std::string name, code, doc;
};

template <class T, std::size_t N>
std::vector<Row> rows_of(const Named<T> (&table)[N]) {
  std::vector<Row> rows;
  for (const auto& row : table) rows.push_back({std::string(row.name), "", std::string(row.doc)});
  return rows;
}

std::vector<Row> rows_of(std::span<const Choice> table) {
  std::vector<Row> rows;
  for (const Choice& row : table) rows.push_back({std::string(row.name), "", std::string(row.doc)});
  return rows;
}

std::vector<Row> features() {
  std::vector<Row> rows;
  for (const auto& family : radiomics::families())
    for (const auto& feature : family.features)
      rows.push_back({std::string(family.name) + "." + std::string(feature.name), std::string(feature.code),
                      std::string(feature.doc)});
  return rows;
}

std::vector<Row> stage_rows() {
  std::vector<Row> rows;
  for (const StageInfo& stage : stages()) rows.push_back({std::string(stage.name), "", std::string(stage.synopsis)});
  return rows;
}

// With the layers at which features can be taken; * marks where they are taken unless the study says otherwise.
std::vector<Row> networks() {
  std::vector<Row> rows = rows_of(kNetworks);
  for (const auto& row : kArchitectures) {
    std::vector<std::string> points;
    for (const auto& point : weights::end_points(row.value))
      points.push_back(std::string(point.name) + (point.name == weights::default_end_point(row.value) ? "*" : ""));
    for (Row& shown : rows)
      if (shown.name == row.name) shown.doc += "; layers: " + text::join(points, ", ");
  }
  return rows;
}

struct Table {
  std::string_view name;
  std::vector<Row> (*rows)();
};
constexpr Table kTables[] = {
    {"features", features},
    {"steps", [] { return rows_of(kSteps); }},
    {"learners", [] { return rows_of(kLearners); }},
    {"networks", networks},
    {"presets", [] { return rows_of(synthetic::kKinds); }},
    {"stages", stage_rows},
};

void print(const std::vector<Row>& rows, bool json) {
  if (json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Row& row : rows) {
      nlohmann::ordered_json item = {{"name", row.name}};
      if (!row.code.empty()) item["ibsi"] = row.code;
      item["doc"] = row.doc;
      list.push_back(std::move(item));
    }
    std::cout << list.dump(2) << "\n";
    return;
  }
  std::size_t widest = 0;
  for (const Row& row : rows) widest = std::max(widest, row.name.size());
  for (const Row& row : rows) {
    std::cout << row.name << std::string(widest - row.name.size() + 2, ' ');
    if (std::ranges::any_of(rows, [](const Row& r) { return !r.code.empty(); }))
      std::cout << row.code << std::string(6 - row.code.size(), ' ');
    std::cout << row.doc << "\n";
  }
}

std::vector<std::string> table_names() {
  std::vector<std::string> names;
  for (const Table& table : kTables) names.emplace_back(table.name);
  names.emplace_back("keys");
  names.emplace_back("schema");
  return names;
}

}  // namespace

std::string listable() {
  return text::join(table_names(), ", ");
}

ExitCode list_command(const std::string& what, bool json) {
  for (const Table& table : kTables)
    if (table.name == what) {
      print(table.rows(), json);
      return ExitCode::done;
    }
  if (what == "keys") {
    std::cout << study_reference();
  } else if (what == "schema") {
    std::cout << study_schema();
  } else {
    throw StudyError("cannot list '" + what + "'" + text::did_you_mean(what, table_names()) + " (" + listable() + ")");
  }
  return ExitCode::done;
}

}  // namespace radfuse
