// SPDX-License-Identifier: Apache-2.0
// gnuplot as a process in a folder of its own, started without a shell.
#pragma once

#include <filesystem>
#include <string>

namespace radfuse {

/// A temporary folder inside `parent`, removed with the object; remove_temporaries() knows its name.
class Sketch {
 public:
  explicit Sketch(const std::filesystem::path& parent);
  ~Sketch();
  Sketch(const Sketch&) = delete;
  Sketch& operator=(const Sketch&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  /// Runs <name>.gp here; afterwards <name>.svg and <name>.pdf exist. Throws InputError (gnuplot is not installed) or
  /// an Error with what gnuplot said.
  void run_gnuplot(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace radfuse
