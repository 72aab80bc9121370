// SPDX-License-Identifier: Apache-2.0
// How a stage ended.
#include "radfuse/stage/outcome.hpp"

#include <algorithm>

#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {
constexpr std::size_t kShown = 5;
}

Outcome read_outcome(const StageInfo& info, const Study& study) {
  const auto file = study.output / info.folder / "status.csv";
  std::error_code ignored;
  Outcome outcome;
  if (!info.by_case || !std::filesystem::exists(file, ignored)) return outcome;
  const CsvTable csv = read_csv(file);
  const std::size_t unit = csv.require_column("case", "which case"),
                    status = csv.require_column("status", "how it ended"),
                    message = csv.require_column("message", "why");
  outcome.total = csv.rows.size();
  for (const auto& row : csv.rows)
    if (row[status] == "failed") outcome.failures.emplace_back(row[unit], row[message]);
  return outcome;
}

ExitCode code_for(const Outcome& outcome) {
  if (outcome.failures.empty()) return ExitCode::done;
  return outcome.failures.size() == outcome.total ? ExitCode::none_succeeded : ExitCode::some_failed;
}

std::string failures_text(const Outcome& outcome, const std::filesystem::path& status_file) {
  std::string all;
  for (std::size_t i = 0; i < std::min(kShown, outcome.failures.size()); ++i)
    all += "  " + text::printable(outcome.failures[i].first + ": " + outcome.failures[i].second) + "\n";
  if (outcome.failures.size() > kShown)
    all += "  and " + std::to_string(outcome.failures.size() - kShown) + " more: " + status_file.string() + "\n";
  return all;
}

}  // namespace radfuse
