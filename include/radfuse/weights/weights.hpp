// SPDX-License-Identifier: Apache-2.0
// Weights as plain data: reads PyTorch's and safetensors' files without running anything in them, writes safetensors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace radfuse::weights {

struct NamedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;  ///< row-major; half, bfloat16 and double are converted
};

struct StateDict {
  std::vector<NamedTensor> tensors;                           ///< in the file's order
  std::vector<std::pair<std::string, std::string>> metadata;  ///< safetensors' __metadata__
  std::vector<std::string> skipped;                           ///< "name (why)": integers, numbers, other objects
  const NamedTensor* find(std::string_view name) const;
};

/// The format is recognised by content: safetensors; PyTorch's zip format (1.6 and later); its format before that.
/// Pickles are walked by a small interpreter with an allow-list (ordered dicts, tensors, parameters, storages); any
/// other object is looked through for parameters, buffers and modules, and nothing is ever imported or called.
/// Throws InputError for anything malformed, cut short or inconsistent.
StateDict parse_weights(std::string_view bytes);
/// The same from a file; messages name it.
StateDict read_weights(const std::filesystem::path& file);
/// Throws InputError unless the file's SHA-256 is `sha256` (any case). An empty `sha256` is never right.
StateDict read_weights(const std::filesystem::path& file, std::string_view sha256);

/// Removes prefixes that all tensors share and that only say how the network was wrapped: module., model., backbone.,
/// _orig_mod., encoder., network.
void strip_prefixes(StateDict& weights);

/// Throws InputError that lists the tensors that are missing or have another shape (first 8), else returns the tensors
/// in the order of `expected`. Further tensors are allowed.
struct Expected {
  std::string name;
  std::vector<std::int64_t> shape;
};
std::vector<const NamedTensor*> match(const StateDict& weights, std::span<const Expected> expected);

/// Same tensors, same bytes: u64 header length, JSON, little-endian float32; Python reads it with `safetensors`.
std::string to_safetensors(const StateDict& weights);

}  // namespace radfuse::weights
