// SPDX-License-Identifier: Apache-2.0
// What a manifest cell stands for: a file, a folder, or a DICOM object by its UID; and whether it may be used.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/stage/manifest.hpp"

namespace radfuse {

struct Place {
  std::vector<std::filesystem::path> files;
  bool by_uid = false;
  std::string problem;  ///< not empty: the cell cannot be used, and why
};

/// The folders of one study.
class Places {
 public:
  Places(const Study& study, std::filesystem::path manifest_folder);
  Place find(std::string_view cell) const;

 private:
  bool allowed(const std::filesystem::path& path) const;
  Place find_uid(const std::string& uid) const;

  std::filesystem::path folder_;
  std::vector<std::filesystem::path> roots_;   ///< as named; searched for UIDs
  std::vector<std::filesystem::path> inside_;  ///< canonical: the roots and the manifest's folder
  bool allow_outside_;
};

}  // namespace radfuse
