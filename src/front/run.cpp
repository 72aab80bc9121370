// SPDX-License-Identifier: Apache-2.0
// radfuse run: starts the stage programs that are not up to date, one after the other, as processes.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>
#include <vector>

#include "commands.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/config/study.hpp"
#include "radfuse/stage/outcome.hpp"
#include "radfuse/stage/provenance.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

std::atomic<pid_t> child{0};
std::atomic<bool> stopping{false};

// The child ends in order; the parent waits for it and reports.
extern "C" void pass_on(int number) {
  stopping = true;
  if (const pid_t pid = child; pid > 0) kill(pid, number);
}

fs::path program_path(std::string_view program) {
  std::error_code problem;
  const fs::path self = fs::read_symlink("/proc/self/exe", problem);
  const fs::path beside = self.parent_path() / program;
  if (!problem && fs::exists(beside, problem)) return beside;
  throw InputError(beside.string() + ": not there; the stage programs must lie beside radfuse");
}

std::vector<std::string> arguments(const StageInfo& stage, const RunRequest& r) {
  std::vector<std::string> args = {program_path(stage.program).string(), "--study", r.study.string(), "--threads",
                                   std::to_string(r.threads)};
  for (const auto& [wanted, flag] : {std::pair{r.force, "--force"},
                                     {r.strict, "--strict"},
                                     {r.deterministic, "--deterministic"},
                                     {r.quiet, "--quiet"},
                                     {r.json_log, "--json-log"}})
    if (wanted) args.emplace_back(flag);
  return args;
}

int start(const std::vector<std::string>& args) {
  std::vector<char*> raw;
  for (const std::string& arg : args) raw.push_back(const_cast<char*>(arg.c_str()));
  raw.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) throw TryAgain(std::string("cannot start a process: ") + std::strerror(errno));
  if (pid == 0) {
    // If this front door is killed, the stage must not run on unseen and hold its lock.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(static_cast<int>(ExitCode::try_again));
    execv(raw[0], raw.data());
    _exit(static_cast<int>(ExitCode::bug));
  }
  child = pid;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  child = 0;
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    throw Error(number == SIGKILL || number == SIGTERM ? ExitCode::try_again : ExitCode::bug,
                args[0] + " was ended by signal " + std::to_string(number) + " (" + strsignal(number) + ")" +
                    (number == SIGKILL ? "; when memory ran out, use fewer --threads" : ""));
  }
  return WEXITSTATUS(status);
}

std::vector<const StageInfo*> chosen(const RunRequest& r, const Study& study) {
  const StageId first = r.from.empty() ? StageId::import : stage_called(r.from).id;
  const StageId last = r.to.empty() ? StageId::attribution : stage_called(r.to).id;
  if (first > last) throw StudyError("--from " + r.from + " comes after --to " + r.to);
  std::vector<const StageInfo*> list;
  for (const StageInfo& stage : stages())
    if (stage.id >= first && stage.id <= last && is_wanted(stage, study)) list.push_back(&stage);
  return list;
}

void print_verdict(const RunRequest& r, const Study& study, std::size_t ran, ExitCode code, double seconds) {
  std::cout << "radfuse: " << study.study.name << ": ";
  if (ran == 0)
    std::cout << "nothing to do, everything is up to date";
  else
    std::cout << "done, " << ran << (ran == 1 ? " stage" : " stages") << " in " << static_cast<long>(seconds + 0.5)
              << " s";
  if (code == ExitCode::some_failed) std::cout << "; some cases failed (radfuse status " << r.study.string() << ")";
  std::cout << "\n";
  const fs::path report = study.output / "7_evaluate" / "report.html";
  std::error_code ignored;
  if (study.evaluate && fs::exists(report, ignored)) std::cout << "  report: " << report.string() << "\n";
}

void print_dry(const std::vector<const StageInfo*>& list, const Study& study, FileHashes& hashes, bool force) {
  bool earlier = false;
  for (const StageInfo* stage : list) {
    std::cout << stage->name << ": ";
    const Currency currency = check_current(*stage, study, hashes);
    if (force || currency.state != Currency::State::current) {
      std::cout << "would run (" << (force ? "--force" : currency.why) << ")\n";
      earlier = true;
    } else {
      std::cout << (earlier ? "up to date, unless an earlier stage changes its input\n" : "up to date\n");
    }
  }
}

// Runs one stage when it is not current; its exit code as the stage program gives it.
ExitCode run_stage(const StageInfo& stage, const RunRequest& r, const Study& study, FileHashes& hashes,
                   std::size_t& ran) {
  const Currency currency = check_current(stage, study, hashes);
  if (currency.state == Currency::State::edited && !r.force) throw InputError(currency.why);
  if (currency.state == Currency::State::current && !r.force) {
    const Outcome outcome = read_outcome(stage, study);
    std::cout << stage.name << ": up to date\n" << failures_text(outcome, study.output / stage.folder / "status.csv");
    return code_for(outcome);
  }
  if (!r.quiet && !r.json_log)
    std::cout << stage.name << ": " << (currency.why.empty() ? "--force" : currency.why) << "\n" << std::flush;
  ++ran;
  return static_cast<ExitCode>(start(arguments(stage, r)));
}

}  // namespace

ExitCode run_command(const RunRequest& r) {
  struct sigaction action {};
  action.sa_handler = pass_on;
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);

  const auto begin = std::chrono::steady_clock::now();
  const Study study = read_study(r.study);
  const auto list = chosen(r, study);
  FileHashes hashes(study.output);
  if (r.dry_run) {
    print_dry(list, study, hashes, r.force);
    return ExitCode::done;
  }
  ExitCode worst = ExitCode::done;
  std::size_t ran = 0;
  for (const StageInfo* stage : list) {
    const ExitCode code = run_stage(*stage, r, study, hashes, ran);
    if (code == ExitCode::some_failed) {
      worst = code;
    } else if (code != ExitCode::done) {
      std::cout << "radfuse: " << study.study.name << ": ended in stage " << stage->name << " (exit code "
                << static_cast<int>(code) << "); what is done is kept\n  log: "
                << (study.output / "logs" / (std::string(stage->program) + ".log")).string()
                << "\n  to go on: radfuse run " << r.study.string() << "\n";
      return code;
    }
    if (stopping) throw TryAgain("stopped in order; to go on: radfuse run " + r.study.string());
  }
  hashes.save();
  print_verdict(r, study, ran, worst, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return worst;
}

}  // namespace radfuse
