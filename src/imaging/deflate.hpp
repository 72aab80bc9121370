// SPDX-License-Identifier: Apache-2.0
// Compression with fixed settings: the same bytes in give the same bytes out.
#pragma once

#include <string>
#include <string_view>

namespace radfuse {

/// A gzip file without name and time stamp.
std::string gzip(std::string_view bytes);
/// A zlib stream, as PNG wants it.
std::string zlib(std::string_view bytes);

}  // namespace radfuse
