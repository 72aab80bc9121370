// SPDX-License-Identifier: Apache-2.0
// Where reference data lie that are too big, or not ours, to ship.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace radfuse::test {

inline constexpr const char* kHowToGetReferenceData =
    "reference data not found: set RADFUSE_REFERENCE_DATA to the folder (see docs/reference-data.md)";

/// RADFUSE_REFERENCE_DATA, else ../shared/data beside the source tree; nothing when neither is there.
inline std::optional<std::filesystem::path> reference_data() {
  namespace fs = std::filesystem;
  if (const char* named = std::getenv("RADFUSE_REFERENCE_DATA"))
    return fs::is_directory(named) ? std::optional<fs::path>(named) : std::nullopt;
  const fs::path beside = fs::path(RADFUSE_SOURCE_DIR) / ".." / "shared" / "data";
  return fs::is_directory(beside) ? std::optional<fs::path>(fs::weakly_canonical(beside)) : std::nullopt;
}

}  // namespace radfuse::test

#define RADFUSE_REFERENCE_DATA_OR_SKIP(variable)                                \
  const auto variable##_found = radfuse::test::reference_data();                \
  if (!variable##_found) GTEST_SKIP() << radfuse::test::kHowToGetReferenceData; \
  const std::filesystem::path variable = *variable##_found
