// SPDX-License-Identifier: Apache-2.0
// Which format a weights file has, whether it is the right file, and whether its tensors fit.
#include "radfuse/weights/weights.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/weights/inspect.hpp"
#include "state_dict.hpp"
#include "zip.hpp"

namespace radfuse::weights {
namespace {

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string s = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) s += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return s + ")";
}

std::string_view name_of(Dtype type) {
  switch (type) {
    case Dtype::float32:
      return "float32";
    case Dtype::float64:
      return "float64";
    case Dtype::float16:
      return "float16";
    case Dtype::bfloat16:
      return "bfloat16";
    case Dtype::other:
      break;
  }
  return "other";
}

StateDict parse(std::string_view bytes, std::vector<Dtype>* types) {
  if (is_zip(bytes)) return parse_torch_zip(bytes, types);
  if (is_legacy_torch(bytes)) return parse_legacy_torch(bytes, types);
  if (is_safetensors(bytes)) return parse_safetensors(bytes, types);
  throw InputError("not a weights file that Radfuse knows (a state dict saved by torch.save, or safetensors)");
}

}  // namespace

const NamedTensor* StateDict::find(std::string_view name) const {
  for (const NamedTensor& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

StateDict parse_weights(std::string_view bytes) {
  return parse(bytes, nullptr);
}

StateDict parse_weights(std::string_view bytes, std::vector<std::string>& types) {
  std::vector<Dtype> found;
  StateDict weights = parse(bytes, &found);
  types.clear();
  for (const Dtype type : found) types.emplace_back(name_of(type));
  return weights;
}

StateDict read_weights(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  return with_context(file.string(), [&] { return parse_weights(bytes); });
}

StateDict read_weights(const std::filesystem::path& file, std::string_view sha) {
  const std::string bytes = read_file(file);
  // The bytes that were hashed are the bytes that are used.
  if (const std::string found = sha256(bytes); found != text::lower(sha))
    throw InputError(file.string() + ": not the file that the study names: its SHA-256 is " + found +
                     ", sha256: says " + (sha.empty() ? "nothing" : std::string(sha)));
  return with_context(file.string(), [&] { return parse_weights(bytes); });
}

void strip_prefixes(StateDict& weights) {
  constexpr std::string_view kPrefixes[] = {"module.", "model.", "backbone.", "_orig_mod.", "encoder.", "network."};
  for (bool again = true; again && !weights.tensors.empty();) {
    again = false;
    for (const std::string_view prefix : kPrefixes)
      if (std::all_of(weights.tensors.begin(), weights.tensors.end(),
                      [&](const NamedTensor& t) { return t.name.starts_with(prefix); })) {
        for (NamedTensor& tensor : weights.tensors) tensor.name.erase(0, prefix.size());
        again = true;
      }
  }
}

std::vector<const NamedTensor*> match(const StateDict& weights, std::span<const Expected> expected) {
  std::vector<const NamedTensor*> found;
  std::vector<std::string> problems;
  for (const Expected& want : expected) {
    const NamedTensor* have = weights.find(want.name);
    if (have == nullptr)
      problems.push_back(want.name + " is missing");
    else if (have->shape != want.shape)
      problems.push_back(text::printable(want.name) + " has shape " + shape_text(have->shape) + " instead of " +
                         shape_text(want.shape));
    else if (!std::all_of(have->values.begin(), have->values.end(), [](float v) { return std::isfinite(v); }))
      problems.push_back(want.name + " holds values that are not finite");
    found.push_back(have);
  }
  if (problems.empty()) return found;
  const std::size_t shown = std::min<std::size_t>(problems.size(), 8);
  std::string message = "the weights do not fit this network: " + text::join(std::span(problems).first(shown), "; ");
  if (shown < problems.size()) message += "; and " + std::to_string(problems.size() - shown) + " more";
  throw InputError(message);
}

}  // namespace radfuse::weights
