// SPDX-License-Identifier: Apache-2.0
// One run at a time in a stage's folder; shards share it. The lock ends with the process, however it ends.
#pragma once

#include <filesystem>
#include <string>

namespace radfuse {

class FolderLock {
 public:
  /// Waits up to `patience_s` for the other run to end, then throws TryAgain that names it.
  FolderLock(const std::filesystem::path& output, std::string_view stage, bool shared, double patience_s = 10);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace radfuse
