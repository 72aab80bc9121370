// SPDX-License-Identifier: Apache-2.0
// The hash of a training.
#include "fingerprint.hpp"

#include "radfuse/base/hash.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::network {
namespace {

std::string hash_of(std::span<const float> values) {
  return sha256({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

}  // namespace

Fingerprint& Fingerprint::add(std::string_view text) {
  text_ += std::to_string(text.size()) + ':' + std::string(text) + '\n';
  return *this;
}
Fingerprint& Fingerprint::add(double number) {
  return add(std::string_view(text::from_double(number)));
}
Fingerprint& Fingerprint::add(const Patch& patch) {
  for (const int side : {patch.channels, patch.depth, patch.height, patch.width}) add(static_cast<double>(side));
  return add(std::string_view(hash_of(patch.values)));
}
Fingerprint& Fingerprint::add(const Parameters& parameters) {
  for (const auto& [name, tensor] : parameters) {
    add(std::string_view(name));
    for (const std::int64_t size : tensor.sizes()) add(static_cast<double>(size));
    add(std::string_view(hash_of(to_vector(tensor.detach()))));
  }
  return *this;
}
std::string Fingerprint::hex() const {
  return sha256(text_);
}

}  // namespace radfuse::network
