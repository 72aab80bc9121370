// SPDX-License-Identifier: Apache-2.0
// DICOM objects by their UID.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace radfuse::dicom {

/// Each folder is searched once, when it is first needed.
class UidIndex {
 public:
  explicit UidIndex(int threads, std::function<void(std::size_t done, std::size_t total)> progress = {});
  /// The files of the series, or of the one object, with this UID, sorted; from the first of the folders that has it;
  /// empty when none has. Throws InputError when a root is no folder, and for a series of several pictures, each of
  /// which is an image of its own. From any thread.
  std::vector<std::filesystem::path> find(const std::string& uid, const std::vector<std::filesystem::path>& roots);

 private:
  using ByUid = std::map<std::string, std::vector<std::filesystem::path>>;
  const ByUid& below(const std::filesystem::path& root);

  int threads_;
  std::function<void(std::size_t, std::size_t)> progress_;
  std::mutex guard_;
  std::map<std::string, ByUid> roots_;
};

}  // namespace radfuse::dicom
