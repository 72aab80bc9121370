// SPDX-License-Identifier: Apache-2.0
// Folder and file names often hold patients' names. On the terminal, paths are told relative to the study; in files
// they are not told at all: the case and the manifest's column say which file is meant.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "radfuse/config/study.hpp"

namespace radfuse {

/// A file or folder from outside, and what stands for it in files.
struct Source {
  std::filesystem::path path;
  std::string told;  ///< "ct_path"
};

/// `message` for the terminal: the study's own folders are left away from paths.
std::string for_terminal(std::string_view message, const Study& study);

/// `message` for a file below the study's output: sources read as what stands for them, quoted names of files beside
/// or below them as their place in the folder ("file 12 of 60"), and confidential parts are left out.
std::string for_files(std::string_view message, const Study& study, std::span<const Source> sources = {});

/// The study as the report may show it: without its secret, and without paths that lead out of its folder.
Study for_report(const Study& study);

}  // namespace radfuse
