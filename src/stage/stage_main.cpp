// SPDX-License-Identifier: Apache-2.0
// The one main of all stage programs.
#include "radfuse/stage/stage_main.hpp"

#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stage/lock.hpp"
#include "signals.hpp"
#include "verdict.hpp"

namespace radfuse {
namespace {

void describe_options(CLI::App& app, Options& options, std::string& shard) {
  app.add_option("--study", options.study, "The study file")->required();
  app.add_option("--threads", options.threads, "Cases worked on at the same time; never changes a result")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--shard", shard, "Only every n-th case: i/n with i from 0; a later run without it merges");
  app.add_option("--cases", options.cases, "Only these cases (comma-separated)")->delimiter(',');
  app.add_flag("--force", options.force, "Do everything again, and accept inputs that were edited by hand");
  app.add_flag("--dry-run", options.dry_run, "Say what would be done, and do nothing");
  app.add_flag("--strict", options.strict, "End at the first case that fails");
  app.add_flag("--deterministic", options.deterministic,
               "The same bytes on different processors too: networks use only instructions that all have");
  app.add_flag("--quiet", options.quiet, "No progress; only the verdict and errors");
  app.add_flag("-v,--verbose", options.verbose, "Name every case as it is taken up");
  app.add_flag("--json-log", options.json_log, "Progress and messages as JSON lines on standard error");
  app.set_version_flag("--version", std::string("radfuse ") + std::string(version()));
  app.footer(exit_code_help());
}

// Read by oneDNN and ATen when they first choose their kernels, which is after this.
void pin_instruction_set() {
  setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1);
  setenv("ATEN_CPU_CAPABILITY", "avx2", 1);
}

void write_all_provenance(const StageInfo& info, const Study& study, FileHashes& hashes) {
  const std::vector<InputHash> inputs = hash_inputs(info, study, hashes);
  for (const std::string& output : outputs_of(info, study)) write_provenance(info, study, output, inputs);
}

// From here on the outputs count as unfinished: whatever ends this run early, the next one goes on with it.
void forget_provenance(const StageInfo& info, const Study& study) {
  for (const std::string& output : outputs_of(info, study)) {
    std::error_code ignored;
    std::filesystem::remove(provenance_path(study.output / info.folder / output), ignored);
  }
}

ExitCode run_stage(const StageInfo& info, const Options& options, const std::function<void(StageRun&)>& work) {
  const Study study = read_study(options.study);
  if (!is_wanted(info, study))
    throw StudyError(study.file.string() + ": has no section for " + std::string(info.name) + "; nothing to do");
  if (options.partial() && !info.by_case)
    throw StudyError(std::string(info.program) + " needs all cases at once: --shard and --cases do not apply");

  FileHashes hashes(study.output);
  require_inputs(info, study, hashes, options.force);
  const Currency currency = check_current(info, study, hashes);
  if (options.dry_run) {
    print_plan(info, currency, options);
    return ExitCode::done;
  }
  set_output_root(study.output);
  if (currency.state == Currency::State::edited && !options.force) throw InputError(currency.why);
  if (currency.state == Currency::State::current && !options.force) {
    hashes.save();
    return print_unchanged(info, study);
  }

  const FolderLock lock(study.output, info.name, options.partial());
  if (!options.partial()) remove_temporaries(study.output / info.folder);
  Progress progress(study, std::string(info.program), options);
  forget_provenance(info, study);
  StageRun run(study, info, options, progress, hashes);
  work(run);
  if (run.whole()) {
    write_all_provenance(info, study, hashes);
    // What single cases cost hours to make stays where it is, for a study that asks for it again.
    if (!info.by_case)
      for (const std::string& output : remove_outdated(info, study))
        progress.info("removed " + output + ": the study no longer asks for it");
  }
  hashes.save();
  progress.clear_line();
  return print_verdict(run);
}

ExitCode print_error(const StageInfo& info, const std::string& text, ExitCode code) {
  std::cerr << info.program << ": " << text::printable_lines(revealed(text)) << "\n";
  return code;
}

}  // namespace

std::string exit_code_help() {
  return "Exit codes: 0 done; 2 command line or study file wrong; 3 input missing or unreadable; 4 cannot write;\n"
         "8 finished, some cases failed; 9 no case succeeded; 70 a mistake of ours; 75 try again (locked, or stopped "
         "in order).";
}

int stage_main(int argc, char** argv, StageId id, const std::function<void(StageRun&)>& work) {
  const StageInfo& info = stage_info(id);
  CLI::App app{std::string(info.synopsis), std::string(info.program)};
  Options options;
  options.threads = available_threads();
  std::string shard;
  describe_options(app, options, shard);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }

  ExitCode code = ExitCode::done;
  try {
    if (!shard.empty()) options.shard = parse_shard(shard);
    if (options.deterministic) pin_instruction_set();
    catch_stop_signals();
    code = run_stage(info, options, work);
  } catch (const Error& error) {
    code = print_error(info, error.what(), error.code());
  } catch (const std::bad_alloc&) {
    code = print_error(info, "out of memory; use fewer --threads, or a machine with more", ExitCode::try_again);
  } catch (const std::exception& error) {
    code =
        print_error(info, std::string("this is a mistake of ours, please report it: ") + error.what(), ExitCode::bug);
  }
  std::cout.flush();
  return static_cast<int>(code);
}

}  // namespace radfuse
