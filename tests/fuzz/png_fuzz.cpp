// SPDX-License-Identifier: Apache-2.0
// The PNG decoder. Checksums are put right first: a hostile file has right ones.
#include <zlib.h>

#include "fuzzing.hpp"
#include "png.hpp"

using namespace radfuse;

namespace {

std::uint32_t big32(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

std::string with_checksums(std::string bytes) {
  for (std::size_t at = 8; at + 12 <= bytes.size();) {
    const std::uint64_t length = big32(bytes, at);
    if (length > bytes.size() - at - 12) break;
    const auto crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data() + at + 4), static_cast<uInt>(length + 4));
    for (std::size_t i = 0; i < 4; ++i)
      bytes[at + 8 + length + i] = static_cast<char>(static_cast<std::uint8_t>(crc >> (24 - 8 * i)));
    at += 12 + length;
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes = with_checksums(std::string(fuzzing::view(data, size)));
  fuzzing::try_to([&] {
    const RawImage raw = read_png(bytes, Part::voxels);
    const std::size_t wide = raw.component == Component::u16 ? 2 : 1;
    fuzzing::require(raw.bytes.size() == raw.grid.count() * static_cast<std::size_t>(raw.channels) * wide,
                     "as many bytes as pixels");
  });
  return 0;
}
