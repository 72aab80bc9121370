// SPDX-License-Identifier: Apache-2.0
// Options of the stage programs.
#include "radfuse/stage/options.hpp"

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {

Shard parse_shard(const std::string& text) {
  const auto parts = text::split(text, '/');
  if (parts.size() == 2) {
    const auto index = text::to_int(parts[0]), count = text::to_int(parts[1]);
    if (index && count && *count >= 1 && *index >= 0 && *index < *count)
      return {static_cast<std::size_t>(*index), static_cast<std::size_t>(*count)};
  }
  throw StudyError("--shard " + text + ": write i/n with i from 0 to n-1, such as 0/3");
}

}  // namespace radfuse
