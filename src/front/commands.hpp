// SPDX-License-Identifier: Apache-2.0
// The commands of the front door; each returns its exit code and throws Error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "radfuse/base/error.hpp"

namespace radfuse {

struct RunRequest {
  std::filesystem::path study;
  std::string from, to;
  int threads = 1;
  bool dry_run = false, force = false, strict = false, deterministic = false, quiet = false, json_log = false;
};
ExitCode run_command(const RunRequest& request);

ExitCode check_command(const std::filesystem::path& study, int threads);

struct SampleRequest {
  std::filesystem::path folder;
  std::string kind = "us2d";
  std::string form = "native";
  std::int64_t cases = 60;
  std::uint64_t seed = 1;
  int threads = 1;
  bool force = false;
};
ExitCode sample_command(const SampleRequest& request);

/// chapter: ibsi1. Compares with the reference values in `data`; `out` (may be empty) gets every row as CSV. `dicom`:
/// the configurations of the CT phantom only, from its DICOM form.
ExitCode conformance_command(const std::string& chapter, const std::filesystem::path& data,
                             const std::filesystem::path& out, bool dicom, int threads);

ExitCode init_command(const std::filesystem::path& folder, const std::string& preset);
/// Scans the tree and writes study.yaml, manifest.csv and the tables that help to edit them.
ExitCode init_from_dicom_command(const std::filesystem::path& folder, const std::filesystem::path& root, int threads);
/// Throws OutputError when the folder holds something, unless forced.
void require_free(const std::filesystem::path& folder, bool force);
ExitCode status_command(const std::filesystem::path& study);
ExitCode explain_command(const std::filesystem::path& study, const std::string& case_id);
/// Prints names, shapes and number formats of the tensors, the best-matching architecture, and the study's lines.
ExitCode inspect_weights_command(const std::filesystem::path& file);
/// names: "" (as they are) or torchvision.
ExitCode convert_weights_command(const std::filesystem::path& file, const std::filesystem::path& out,
                                 const std::string& names);
/// what: features, steps, learners, networks, presets, stages, keys (the reference), schema.
ExitCode list_command(const std::string& what, bool json);
std::string listable();

}  // namespace radfuse
