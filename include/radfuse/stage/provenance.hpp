// SPDX-License-Identifier: Apache-2.0
// <file>.prov.json beside each output: what made it, from what, with which settings. From it follow "up to date",
// "stale, because" and "edited since".
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "radfuse/stage/hashes.hpp"
#include "radfuse/stage/stages.hpp"

namespace radfuse {

struct InputHash {
  std::string file;  ///< relative to the study's output, or as the user named it
  std::string sha256;
  bool operator==(const InputHash&) const = default;
};

std::filesystem::path provenance_path(const std::filesystem::path& file);

/// Everything the stage's outputs depend on, hashed now: inputs, then sources.
std::vector<InputHash> hash_inputs(const StageInfo& stage, const Study& study, FileHashes& hashes);

/// Writes the provenance of one output file that is in place. The history is copied from the inputs' records.
void write_provenance(const StageInfo& stage, const Study& study, const std::string& output,
                      const std::vector<InputHash>& inputs);

struct Currency {
  enum class State { current, stale, edited } state = State::stale;
  std::string
      why;  ///< "no results yet", "select changed", "1_import/cohort.csv changed", "features.csv was edited ..."
};
Currency check_current(const StageInfo& stage, const Study& study, FileHashes& hashes);

/// Removes what an earlier run of the stage wrote and this study no longer asks for, with its records: beside the new
/// results it would tell of other settings. Files that were changed since stay. Returns their names.
std::vector<std::string> remove_outdated(const StageInfo& stage, const Study& study);

/// Throws InputError when an input of the stage is missing or was edited since the stage before wrote it.
void require_inputs(const StageInfo& stage, const Study& study, FileHashes& hashes, bool accept_edited);

}  // namespace radfuse
