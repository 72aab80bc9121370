// SPDX-License-Identifier: Apache-2.0
// TIFF files are decoded by the system's libtiff, which gets security updates: ITK brings an old copy of its own that
// also writes warnings on the terminal.
#pragma once

#include <filesystem>
#include <string_view>

#include "raw_image.hpp"

namespace radfuse {

/// One page of 8- or 16-bit grey or RGB, or 32-bit float grey, in strips. Throws InputError (without the file name).
RawImage read_tiff(const std::filesystem::path& path, Part part);

}  // namespace radfuse
