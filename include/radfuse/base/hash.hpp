// SPDX-License-Identifier: Apache-2.0
// SHA-256 of bytes and files, as 64 lower-case hexadecimal digits.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace radfuse {

std::string sha256(std::string_view bytes);
/// Throws InputError when the file cannot be read.
std::string sha256_file(const std::filesystem::path& file);

}  // namespace radfuse
