// SPDX-License-Identifier: Apache-2.0
// The options that every stage program takes, and no others: whatever changes a number lives in the study file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace radfuse {

struct Shard {
  std::size_t index = 0, count = 1;  ///< takes the cases whose rank modulo count is index
};

struct Options {
  std::filesystem::path study;
  int threads = 1;
  std::optional<Shard> shard;
  std::vector<std::string> cases;
  bool force = false, dry_run = false, strict = false, deterministic = false, quiet = false, json_log = false;
  bool verbose = false;

  bool partial() const { return shard.has_value() || !cases.empty(); }
};

/// "1/3"; throws StudyError.
Shard parse_shard(const std::string& text);

}  // namespace radfuse
