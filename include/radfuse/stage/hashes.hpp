// SPDX-License-Identifier: Apache-2.0
// SHA-256 of files, remembered by size and time stamp so that unchanged gigabytes are not read twice.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

namespace radfuse {

/// Thread-safe. The memory is a cache: losing it costs time only.
class FileHashes {
 public:
  explicit FileHashes(const std::filesystem::path& output);
  /// SHA-256 of a file; of a folder (a DICOM series): of its files' names and sums, sorted; "missing" when absent.
  std::string of(const std::filesystem::path& path);
  /// Writes the cache when something was added; failures are ignored.
  void save();

 private:
  struct Known {
    std::string stamp, sha256;
  };
  std::string of_file(const std::filesystem::path& path);

  std::filesystem::path cache_;
  std::mutex guard_;
  std::map<std::string, Known> known_;
  bool changed_ = false;
};

}  // namespace radfuse
