// SPDX-License-Identifier: Apache-2.0
// The line-by-line text headers of NRRD and MHA.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse {

/// Text headers longer than this are not headers.
inline constexpr std::size_t kMostHeaderText = 1 << 16;

/// Fields by name, and where the voxels begin.
struct TextHeader {
  std::map<std::string, std::string> fields;
  std::uint64_t data_at = 0;

  bool has(const std::string& name) const { return fields.contains(name); }
  /// Throws InputError when the field is missing.
  const std::string& at(const std::string& name) const;
  /// Adds a field; throws InputError when it is there already.
  void add(std::string name, std::string_view value);
};

/// Numbers separated by spaces; throws InputError when one is not a finite number.
std::vector<double> numbers(std::string_view value, std::string_view field);
std::vector<std::int64_t> integers(std::string_view value, std::string_view field);
std::vector<std::string> words(std::string_view value);

}  // namespace radfuse
