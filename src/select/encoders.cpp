// SPDX-License-Identifier: Apache-2.0
// The tables that say which network made which feature.
#include "radfuse/select/encoders.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

constexpr const char* kPurpose = "which network made the deep features";

// Cells of one row by column name; messages name file, line and column.
class Line {
 public:
  Line(const CsvTable& csv, std::size_t row) : csv_(csv), row_(row) {}
  const std::string& text(std::string_view column) const {
    return csv_.rows[row_][csv_.require_column(column, kPurpose)];
  }
  const std::string& filled(std::string_view column) const {
    const std::string& cell = text(column);
    if (cell.empty()) fail(column, "must not be empty");
    return cell;
  }
  bool yes(std::string_view column) const {
    const std::string& cell = text(column);
    if (cell != "yes" && cell != "no") fail(column, "'" + cell + "' is neither yes nor no");
    return cell == "yes";
  }
  EncodedKind kind(std::string_view column) const {
    const std::string& cell = text(column);
    for (const auto& kind : kEncodedKinds)
      if (kind.name == cell) return kind.value;
    fail(column, "'" + cell + "' is neither vector nor score");
  }

 private:
  [[noreturn]] void fail(std::string_view column, const std::string& why) const {
    throw InputError(csv_.file.string() + ":" + std::to_string(csv_.lines[row_]) + ", column " + std::string(column) +
                     ": " + why);
  }
  const CsvTable& csv_;
  std::size_t row_;
};

}  // namespace

std::string encoders_to_csv(const std::vector<Encoded>& rows) {
  std::string text = csv_line({"table", "set", "columns", "kind", "encoder", "case_id", "reader", "fitted"});
  for (const Encoded& row : rows)
    text += csv_line({row.table, row.set, row.columns, std::string(name_of(kEncodedKinds, row.kind)), row.encoder,
                      row.case_id, row.reader, row.fitted ? "yes" : "no"});
  return text;
}

std::string networks_to_csv(const std::vector<FittedEncoder>& networks) {
  std::string text = csv_line({"encoder", "set", "file", "supervised", "case_id"});
  for (const FittedEncoder& n : networks) {
    const std::string supervised = n.supervised ? "yes" : "no";
    if (n.cases.empty()) text += csv_line({n.encoder, n.set, n.file, supervised, ""});
    for (const std::string& id : n.cases) text += csv_line({n.encoder, n.set, n.file, supervised, id});
  }
  return text;
}

Encoders read_encoders(const CsvTable& rows, const CsvTable& networks) {
  Encoders encoders;
  for (std::size_t r = 0; r < rows.rows.size(); ++r) {
    const Line line(rows, r);
    encoders.rows.push_back({line.filled("table"), line.filled("set"), line.filled("columns"), line.kind("kind"),
                             line.filled("encoder"), line.filled("case_id"), line.text("reader"), line.yes("fitted")});
  }
  std::map<std::pair<std::string, std::string>, std::size_t> at;  // set and file -> place
  for (std::size_t r = 0; r < networks.rows.size(); ++r) {
    const Line line(networks, r);
    FittedEncoder network{line.filled("encoder"), line.filled("set"), line.text("file"), line.yes("supervised"), {}};
    const auto [found, is_new] =
        at.try_emplace({network.set, network.encoder + network.file}, encoders.networks.size());
    if (is_new) encoders.networks.push_back(std::move(network));
    if (!line.text("case_id").empty()) encoders.networks[found->second].cases.push_back(line.text("case_id"));
  }
  for (FittedEncoder& network : encoders.networks) std::ranges::sort(network.cases);
  return encoders;
}

Encoders of_table(const Encoders& encoders, std::string_view table) {
  Encoders some{.rows = {}, .networks = encoders.networks};
  std::ranges::copy_if(encoders.rows, std::back_inserter(some.rows),
                       [table](const Encoded& row) { return row.table == table; });
  return some;
}

}  // namespace radfuse
