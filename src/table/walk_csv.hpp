// SPDX-License-Identifier: Apache-2.0
// A CSV file row by row, for tables that are too large to be kept as text.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse {

/// With the rules, limits and messages of parse_csv().
void walk_csv(std::string_view text, const std::filesystem::path& file_for_messages,
              const std::function<void(std::vector<std::string>)>& on_header,
              const std::function<void(std::vector<std::string>, std::size_t line)>& on_row);

}  // namespace radfuse
