// SPDX-License-Identifier: Apache-2.0
// The YAML of a study as a plain tree that remembers where everything stood.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radfuse/config/problems.hpp"

namespace radfuse::config {

struct YamlNode {
  enum class Kind { null, scalar, sequence, map } kind = Kind::null;
  Place place;
  std::string scalar = {};
  bool quoted = false;
  std::vector<YamlNode> items = {};                      ///< of a sequence; the values of a map
  std::vector<std::pair<std::string, Place>> keys = {};  ///< of a map, one for each item
};

/// Parses one document. Aliases, anchors, tags, duplicate keys, several documents, more than 32 levels and files over
/// 1 MB are problems; so is whatever yaml-cpp refuses. The tree holds what could be understood.
YamlNode parse_yaml(std::string_view text, Problems& problems);

}  // namespace radfuse::config
