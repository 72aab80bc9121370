// SPDX-License-Identifier: Apache-2.0
// JPEG files are decoded by libjpeg directly: ITK's reader frees libjpeg's memory twice on a damaged file.
#pragma once

#include <string_view>

#include "raw_image.hpp"

namespace radfuse {

/// 8-bit grey or RGB. Throws InputError (without the file name), also where libjpeg would only warn and fill in grey.
RawImage read_jpeg(std::string_view file, Part part);

}  // namespace radfuse
