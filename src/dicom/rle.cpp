// SPDX-License-Identifier: Apache-2.0
// Byte planes, most significant first, each packed by itself.
#include "rle.hpp"

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::size_t kHeader = 64;  // sixteen 32-bit numbers: count of segments, then where each starts

std::size_t number_at(std::span<const std::uint8_t> stream, std::size_t place) {
  return stream[place] | static_cast<std::size_t>(stream[place + 1]) << 8 |
         static_cast<std::size_t>(stream[place + 2]) << 16 | static_cast<std::size_t>(stream[place + 3]) << 24;
}

[[noreturn]] void too_short() {
  throw InputError("truncated: its RLE stream ends before its pixels do");
}

/// Unpacks one byte of every word: PackBits (PS3.5, G.3.2).
void unpack(std::span<const std::uint8_t> packed, std::span<std::uint16_t> words, std::size_t first, std::size_t step,
            int shift) {
  std::size_t in = 0, out = first;
  const auto put = [&](std::uint8_t byte) {
    words[out] = static_cast<std::uint16_t>(words[out] | byte << shift);
    out += step;
  };
  while (out < words.size()) {
    if (in >= packed.size()) too_short();
    const unsigned code = packed[in++];
    if (code == 128) continue;
    if (code < 128) {
      if (in + code + 1 > packed.size()) too_short();
      for (unsigned k = 0; k <= code && out < words.size(); ++k) put(packed[in + k]);
      in += code + 1;
    } else {
      if (in >= packed.size()) too_short();
      for (unsigned k = 0; k <= 256 - code && out < words.size(); ++k) put(packed[in]);
      ++in;
    }
  }
}

}  // namespace

void decode_rle(std::span<const std::uint8_t> stream, StoredPixels& pixels) {
  const auto bytes = static_cast<std::size_t>(pixels.allocated / 8), samples = static_cast<std::size_t>(pixels.samples);
  const auto count = static_cast<std::size_t>(pixels.rows * pixels.columns);
  if (stream.size() < kHeader) too_short();
  if (number_at(stream, 0) != bytes * samples)
    throw InputError("its RLE stream has " + std::to_string(number_at(stream, 0)) +
                     " segments where the header needs " + std::to_string(bytes * samples));
  // A run makes at most 128 bytes of two.
  if (count * bytes * samples > 64 * stream.size()) too_short();
  pixels.words.assign(count * samples, 0);
  for (std::size_t s = 0; s < samples; ++s)
    for (std::size_t b = 0; b < bytes; ++b) {
      const std::size_t segment = s * bytes + b, start = number_at(stream, 4 * (segment + 1));
      const std::size_t end = segment + 1 < bytes * samples ? number_at(stream, 4 * (segment + 2)) : stream.size();
      if (start < kHeader || start > end || end > stream.size()) throw InputError("its RLE stream is damaged");
      unpack(stream.subspan(start, end - start), pixels.words, s, samples, static_cast<int>(8 * (bytes - 1 - b)));
    }
}

}  // namespace radfuse::dicom
