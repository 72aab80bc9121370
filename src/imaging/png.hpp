// SPDX-License-Identifier: Apache-2.0
// PNG files are decoded here and not by ITK, whose reader lets libpng abort the process on a damaged header.
#pragma once

#include <string_view>

#include "raw_image.hpp"

namespace radfuse {

/// Every depth and colour type of the specification; values keep their scale (4-bit grey is 0 to 15), a palette becomes
/// colour. Throws InputError (without the file name) for damaged files and for transparent colours (tRNS).
RawImage read_png(std::string_view file, Part part);

}  // namespace radfuse
