// SPDX-License-Identifier: Apache-2.0
// The last words of a run.
#include "verdict.hpp"

#include <algorithm>
#include <iostream>

#include "radfuse/base/error.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kShown = 5;
using Failures = std::vector<std::pair<std::string, std::string>>;

ExitCode code_for(std::size_t total, std::size_t failed) {
  if (failed == 0) return ExitCode::done;
  return failed == total ? ExitCode::none_succeeded : ExitCode::some_failed;
}

void print_failures(const Failures& failures, const std::filesystem::path& status) {
  for (std::size_t i = 0; i < std::min(kShown, failures.size()); ++i)
    std::cout << "  " << failures[i].first << ": " << failures[i].second << "\n";
  if (failures.size() > kShown) std::cout << "  and " << failures.size() - kShown << " more: " << status.string() << "\n";
}

}  // namespace

void print_plan(const StageInfo& info, const Currency& currency, const Options& options) {
  std::cout << info.program << ": ";
  if (currency.state == Currency::State::current && !options.force)
    std::cout << "up to date\n";
  else
    std::cout << "would run (" << (currency.why.empty() ? "--force" : currency.why) << ")\n";
}

ExitCode print_unchanged(const StageInfo& info, const Study& study) {
  Failures failures;
  std::size_t total = 0;
  const auto status = study.output / info.folder / "status.csv";
  if (info.by_case) {
    const CsvTable csv = read_csv(status);
    total = csv.rows.size();
    for (const auto& row : csv.rows)
      if (row[1] == "failed") failures.emplace_back(row[0], row[2]);
  }
  std::cout << info.program << ": up to date";
  if (!failures.empty()) std::cout << "; " << failures.size() << " of " << total << " cases failed";
  std::cout << "\n";
  print_failures(failures, status);
  return code_for(total, failures.size());
}

ExitCode print_verdict(const StageRun& run) {
  const auto& counts = run.counts();
  std::cout << run.info.program << ": done";
  if (run.info.by_case)
    std::cout << ": " << counts.total << " units of work, " << counts.computed << " computed, " << counts.unchanged
              << " unchanged, " << run.failures().size() << " failed";
  std::cout << "\n";
  print_failures(run.failures(), run.folder() / "status.csv");
  if (!run.whole()) std::cout << "  some cases only; run it without --shard and --cases to merge\n";
  if (!run.failures().empty())
    std::cout << "  log: " << run.progress.log_file().string() << "\n  after mending the input: " << run.info.program
              << " --study " << run.study.file.string() << "\n";
  return code_for(counts.total, run.failures().size());
}

}  // namespace radfuse
