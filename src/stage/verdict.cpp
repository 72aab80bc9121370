// SPDX-License-Identifier: Apache-2.0
// The last words of a run.
#include "verdict.hpp"

#include <iostream>

#include "radfuse/base/error.hpp"
#include "radfuse/stage/outcome.hpp"

namespace radfuse {

void print_plan(const StageInfo& info, const Currency& currency, const Options& options) {
  std::cout << info.program << ": ";
  if (currency.state == Currency::State::current && !options.force)
    std::cout << "up to date\n";
  else
    std::cout << "would run (" << (currency.why.empty() ? "--force" : currency.why) << ")\n";
}

ExitCode print_unchanged(const StageInfo& info, const Study& study) {
  const Outcome outcome = read_outcome(info, study);
  std::cout << info.program << ": up to date";
  if (!outcome.failures.empty())
    std::cout << "; " << outcome.failures.size() << " of " << outcome.total << " cases failed";
  std::cout << "\n" << failures_text(outcome, study.output / info.folder / "status.csv");
  return code_for(outcome);
}

ExitCode print_verdict(const StageRun& run) {
  const auto& counts = run.counts();
  const Outcome outcome{counts.total, run.failures()};
  std::cout << run.info.program << ": done";
  if (run.info.by_case)
    std::cout << ": " << counts.total << " units of work, " << counts.computed << " computed, " << counts.unchanged
              << " unchanged, " << outcome.failures.size() << " failed";
  std::cout << "\n" << failures_text(outcome, run.folder() / "status.csv");
  if (!run.whole()) std::cout << "  some cases only; run it without --shard and --cases to merge\n";
  if (!outcome.failures.empty())
    std::cout << "  log: " << run.progress.log_file().string() << "\n  after mending the input: " << run.info.program
              << " --study " << run.study.file.string() << "\n";
  return code_for(outcome);
}

}  // namespace radfuse
