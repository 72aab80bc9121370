// SPDX-License-Identifier: Apache-2.0
// Tells one training from another: a hash of all that decides its result.
#pragma once

#include <string>
#include <string_view>

#include "radfuse/volume/patch.hpp"
#include "tensors.hpp"

namespace radfuse::network {

class Fingerprint {
 public:
  Fingerprint& add(std::string_view text);
  Fingerprint& add(double number);
  Fingerprint& add(const Patch& patch);
  Fingerprint& add(const Parameters& parameters);
  std::string hex() const;

 private:
  std::string text_;
};

}  // namespace radfuse::network
