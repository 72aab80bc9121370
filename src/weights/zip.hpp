// SPDX-License-Identifier: Apache-2.0
// The part of the zip format that torch.save writes: stored (never compressed) entries.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace radfuse::weights {

/// True when the bytes begin like a zip file.
bool is_zip(std::string_view bytes);
/// Name and content of every entry; the contents point into `bytes`. Throws InputError.
std::map<std::string, std::string_view, std::less<>> read_zip(std::string_view bytes);

}  // namespace radfuse::weights
