// SPDX-License-Identifier: Apache-2.0
// A pickle as data: nodes in one array, made by an interpreter that knows names but never imports or calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bytes.hpp"

namespace radfuse::weights {

using NodeId = std::uint32_t;

struct Node {
  enum class Kind {
    none,
    number,  ///< `number` (booleans and integers), or a float that nobody needs
    text,    ///< text, bytes, or an integer of more than 64 bits
    tuple,
    list,
    dict,     ///< items: key, value, key, value ...
    global,   ///< text = "module.name"
    storage,  ///< text = key, number = values, dtype
    tensor,   ///< items[0] = storage, number = offset, shape, stride
    object,   ///< anything else; text = its class, items = the states it was built with
  };
  Kind kind = Kind::none;
  std::int64_t number = 0;
  Dtype dtype = Dtype::other;
  std::string text = {};
  std::vector<NodeId> items = {};
  std::vector<std::int64_t> shape = {}, stride = {};
};

/// The nodes of one pickle. They refer to each other by index, so that no nesting can exhaust the stack.
struct Pickle {
  std::vector<Node> nodes;
  NodeId root = 0;
  std::size_t end = 0;  ///< first byte after the pickle
  const Node& operator[](NodeId id) const { return nodes[id]; }
};

/// The pickle that begins at byte `at`. Throws InputError.
Pickle read_pickle(std::string_view bytes, std::size_t at);

}  // namespace radfuse::weights
