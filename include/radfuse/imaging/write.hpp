// SPDX-License-Identifier: Apache-2.0
// Images and masks to files: NIfTI-1 and grey PNG. The same input gives the same bytes (no names, no time stamps).
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "radfuse/volume/volume.hpp"

namespace radfuse {

/// `path` ends in .nii.gz or .nii. Stored as int16 when every value is a whole number in its range, else as float32.
/// NIfTI keeps spacing, origin and direction as 32-bit floats. Throws OutputError.
void write_nifti(const std::filesystem::path& path, const Volume& image);
/// Stored as uint8.
void write_nifti(const std::filesystem::path& path, const Mask& mask);

/// Grey PNG, rows from top to bottom; `values.size() == width * height`.
void write_png8(const std::filesystem::path& path, std::int64_t width, std::int64_t height,
                std::span<const std::uint8_t> values);
void write_png16(const std::filesystem::path& path, std::int64_t width, std::int64_t height,
                 std::span<const std::uint16_t> values);

}  // namespace radfuse
