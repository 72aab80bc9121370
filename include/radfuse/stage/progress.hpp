// SPDX-License-Identifier: Apache-2.0
// What a person sees while a stage works: one updating line on a terminal, a plain line every 30 s elsewhere.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "radfuse/config/study.hpp"
#include "radfuse/stage/options.hpp"

namespace spdlog {
class logger;
}

namespace radfuse {

/// Thread-safe. Everything also goes to <output>/logs/<program>.log, with times, and there without paths of other
/// places than the study's folder.
class Progress {
 public:
  Progress(const Study& study, std::string program, const Options& options);
  ~Progress();
  /// "training fold 2 of 4: epoch 12 of 40".
  void at(std::string_view what, std::size_t done, std::size_t total);
  /// A remark worth a line of its own.
  void info(const std::string& text);
  void warn(const std::string& text);
  /// A case that failed: as the terminal tells it, and as the log keeps it.
  void failed(const std::string& unit, const std::string& told, const std::string& kept);
  void clear_line();
  const std::filesystem::path& log_file() const { return log_file_; }

 private:
  void line(const std::string& told, const std::string& kept);
  const Study& study_;
  std::filesystem::path log_file_;
  std::string program_;
  bool terminal_, quiet_, json_;
  std::shared_ptr<spdlog::logger> file_, console_;
  std::mutex guard_;
  std::string what_;
  std::chrono::steady_clock::time_point phase_start_, last_shown_;
  bool line_open_ = false;
};

}  // namespace radfuse
