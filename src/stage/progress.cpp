// SPDX-License-Identifier: Apache-2.0
// Progress and log, by spdlog.
#include "radfuse/stage/progress.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stage/discretion.hpp"

namespace radfuse {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kOnTerminal = std::chrono::milliseconds(200);
constexpr auto kElsewhere = std::chrono::seconds(30);

std::string duration(double seconds) {
  const long s = std::lround(seconds);
  char buffer[32];
  if (s >= 3600)
    std::snprintf(buffer, sizeof buffer, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    std::snprintf(buffer, sizeof buffer, "%02ld:%02ld", s / 60, s % 60);
  return buffer;
}

}  // namespace

Progress::Progress(const Study& study, std::string program, const Options& options)
    : study_(study),
      log_file_(study.output / "logs" / (program + ".log")),
      program_(std::move(program)),
      terminal_(isatty(STDERR_FILENO) == 1 && !options.json_log),
      quiet_(options.quiet),
      json_(options.json_log) {
  require_writable_place(log_file_);
  try {
    file_ = std::make_shared<spdlog::logger>("file",
                                             std::make_shared<spdlog::sinks::basic_file_sink_mt>(log_file_.string()));
  } catch (const spdlog::spdlog_ex& error) {
    throw OutputError(log_file_.string() + ": cannot be written: " + error.what());
  }
  file_->set_pattern("%Y-%m-%d %H:%M:%S [%P] %v");
  file_->flush_on(spdlog::level::info);
  console_ = std::make_shared<spdlog::logger>("console", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  console_->set_pattern("%v");
  last_shown_ = Clock::now();
}

Progress::~Progress() {
  clear_line();
}

void Progress::clear_line() {
  if (!line_open_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  line_open_ = false;
}

// With the lock held.
void Progress::line(const std::string& told, const std::string& kept) {
  clear_line();
  file_->info(text::printable(kept));
  if (quiet_) return;
  if (json_)
    console_->info(nlohmann::ordered_json{{"program", program_}, {"message", text::printable(told)}}.dump());
  else
    console_->info(program_ + ": " + text::printable(told));
}

void Progress::at(std::string_view what, std::size_t done, std::size_t total) {
  const std::lock_guard lock(guard_);
  const auto now = Clock::now();
  if (what_ != what) {
    what_ = what;
    phase_start_ = now;
    file_->info(text::printable(what));
  }
  if (quiet_) return;
  const bool last = done == total;
  if (now - last_shown_ < (terminal_ ? Clock::duration(kOnTerminal) : Clock::duration(kElsewhere)) &&
      !(last && terminal_))
    return;
  last_shown_ = now;
  const double spent = std::chrono::duration<double>(now - phase_start_).count();
  std::string text = what_ + " " + std::to_string(done) + "/" + std::to_string(total);
  if (done > 0 && !last)
    text += ", about " + duration(spent / static_cast<double>(done) * static_cast<double>(total - done)) + " left";
  if (json_) {
    console_->info(
        nlohmann::ordered_json{{"program", program_}, {"at", text::printable(what_)}, {"done", done}, {"total", total}}
            .dump());
  } else if (terminal_) {
    std::fputs(("\r\x1b[K" + program_ + ": " + text::printable(text)).c_str(), stderr);
    std::fflush(stderr);
    line_open_ = true;
  } else {
    console_->info(program_ + ": " + text::printable(text));
  }
}

void Progress::info(const std::string& text) {
  const std::lock_guard lock(guard_);
  line(for_terminal(text, study_), for_files(text, study_));
}

void Progress::warn(const std::string& text) {
  info("warning: " + text);
}

void Progress::failed(const std::string& unit, const std::string& told, const std::string& kept) {
  const std::lock_guard lock(guard_);
  const std::string what = "case " + unit + " failed: ";
  line(what + told, what + kept);
}

}  // namespace radfuse
