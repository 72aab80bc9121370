// SPDX-License-Identifier: Apache-2.0
// All mistakes of a study file at once, each with file, line, column, key path, the line itself and a caret.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse::config {

/// A place in the study file; both count from 1, 0 means unknown.
struct Place {
  std::size_t line = 0, column = 0;
};

class Problems {
 public:
  Problems(std::string file, std::string_view text);
  void add(Place place, std::string_view path, std::string_view message);
  bool empty() const { return found_.empty(); }
  std::size_t count() const { return found_.size(); }
  /// All problems in the order of the file, ended by "N errors in FILE; nothing was run."
  std::string text() const;
  /// Throws StudyError with text() when there is any problem.
  void throw_if_any() const;

 private:
  struct Problem {
    Place place;
    std::string path, message;
  };
  std::string file_;
  std::vector<std::string> lines_;
  std::vector<Problem> found_;
};

}  // namespace radfuse::config
