// SPDX-License-Identifier: Apache-2.0
// zlib's deflate. The same bytes give the same bytes: no names, no time stamps.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "radfuse/base/files.hpp"

namespace radfuse {

/// A gzip member of what `produce` hands over, part by part.
void gzip_in_parts(const std::function<void(const Put& put)>& produce, const Put& put);
/// A zlib stream, as PNG keeps it.
std::string zlib(std::string_view bytes);

}  // namespace radfuse
