// SPDX-License-Identifier: Apache-2.0
// Words for types and ranges, shared by messages and by the reference.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "radfuse/base/fields.hpp"

namespace radfuse::config {

std::string words(IntRange range);                   ///< "integer, 2 to 50"
std::string words(Range range);                      ///< "number, at least 0"
std::string words(const ListRange& range);           ///< "list of 2 or 3 numbers, each ..."
std::string words(std::span<const Choice> choices);  ///< "one of: a, b"
std::vector<std::string> names(std::span<const Choice> choices);
/// Double-quoted, with JSON's escapes: valid YAML.
std::string quoted(std::string_view text);
std::string number(double value);  ///< also infinity, for ranges never; finite only

}  // namespace radfuse::config
