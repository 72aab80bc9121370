// SPDX-License-Identifier: Apache-2.0
// Progress of one long thing on standard error: an updating line on a terminal, elsewhere a line every few seconds.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace radfuse {

/// From one thread at a time. Says nothing about things that are done within two seconds.
class LineProgress {
 public:
  /// "radfuse init: reading headers"
  explicit LineProgress(std::string what);
  ~LineProgress();
  LineProgress(const LineProgress&) = delete;
  LineProgress& operator=(const LineProgress&) = delete;
  void at(std::size_t done, std::size_t total);

 private:
  std::string what_;
  bool terminal_, line_open_ = false;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace radfuse
