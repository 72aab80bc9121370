// SPDX-License-Identifier: Apache-2.0
// From a pickle to named tensors, and the two containers around it.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "pickle.hpp"
#include "radfuse/weights/weights.hpp"

namespace radfuse::weights {

/// The raw bytes of a storage by its key; InputError when there is none.
using StorageBytes = std::function<std::string_view(const std::string& key)>;

/// Every tensor below the root, under its path joined by dots. `most` bounds the values copied, against files that
/// name one large storage many times.
/// `types`: how each tensor's values are stored, in their order.
StateDict tensors_of(const Pickle& pickle, const StorageBytes& storage, std::uint64_t most,
                     std::vector<Dtype>* types = nullptr);

StateDict parse_torch_zip(std::string_view bytes, std::vector<Dtype>* types = nullptr);
bool is_legacy_torch(std::string_view bytes);
StateDict parse_legacy_torch(std::string_view bytes, std::vector<Dtype>* types = nullptr);
bool is_safetensors(std::string_view bytes);
StateDict parse_safetensors(std::string_view bytes, std::vector<Dtype>* types = nullptr);

}  // namespace radfuse::weights
