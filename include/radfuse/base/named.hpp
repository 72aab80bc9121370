// SPDX-License-Identifier: Apache-2.0
// One table for each kind of nameable thing: a row is a name, a value and one line of explanation.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {

template <class T>
struct Named {
  std::string_view name;
  T value;
  std::string_view doc;
};

template <class T, std::size_t N>
std::vector<std::string> names_of(const Named<T> (&table)[N]) {
  std::vector<std::string> names;
  for (const auto& row : table) names.emplace_back(row.name);
  return names;
}

/// The name of a value that stands in the table.
template <class T, std::size_t N>
std::string_view name_of(const Named<T> (&table)[N], const T& value) {
  for (const auto& row : table)
    if (row.value == value) return row.name;
  throw Error(ExitCode::bug, "a value is missing from its table of names");
}

/// The value called `name`; otherwise a StudyError that lists the names and guesses the one that was meant.
template <class T, std::size_t N>
const T& find(const Named<T> (&table)[N], std::string_view name, std::string_view kind) {
  for (const auto& row : table)
    if (row.name == name) return row.value;
  const auto names = names_of(table);
  throw StudyError("unknown " + std::string(kind) + " '" + std::string(name) + "'" + text::did_you_mean(name, names) +
                   " (" + text::join(names, ", ") + ")");
}

}  // namespace radfuse
