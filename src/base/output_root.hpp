// SPDX-License-Identifier: Apache-2.0
// The folder that a file is written into, opened so that no symbolic link below the declared root leads out of it.
#pragma once

#include <filesystem>

namespace radfuse {

/// Opens a folder, makes it and its parents where they are missing; throws OutputError. Below the declared root no link
/// out of it is followed; elsewhere links are the user's own.
class OutputFolder {
 public:
  explicit OutputFolder(const std::filesystem::path& folder);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  /// For openat and its kin.
  int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

/// For tests of the way that kernels without openat2 go.
void pretend_no_openat2(bool pretend);

}  // namespace radfuse
