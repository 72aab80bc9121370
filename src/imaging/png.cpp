// SPDX-License-Identifier: Apache-2.0
// Decoding PNG (W3C, Portable Network Graphics specification, third edition); section numbers are its own.
#include "png.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "header.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

using Byte = std::uint8_t;
constexpr std::string_view kMark = "\x89PNG\r\n\x1a\n";
constexpr std::uint64_t kDeflateMost = 1032;  // zlib's highest compression ratio

struct Png {
  std::int64_t width = 0, height = 0;
  int depth = 0, samples = 0;  ///< bits of a sample, samples of a pixel as stored
  bool palette = false, interlaced = false;
  std::string colours, data;  ///< PLTE and all IDAT
};

/// Table 11.1: which depths go with which colour type.
void read_size(const ByteView& file, std::uint64_t at, Png& png) {
  static constexpr int kSamples[] = {1, 0, 3, 1, 2, 0, 4};
  png.width = file.u32(at);
  png.height = file.u32(at + 4);
  checked_product(std::array{png.width, png.height});
  png.depth = file.u8(at + 8);
  const int colour = file.u8(at + 9);
  png.samples = colour <= 6 ? kSamples[colour] : 0;
  png.palette = colour == 3;
  png.interlaced = file.u8(at + 12) == 1;
  const bool small = png.depth == 1 || png.depth == 2 || png.depth == 4;
  const bool fits = png.depth == 8 || (png.depth == 16 && !png.palette) || (small && png.samples == 1);
  if (png.samples == 0 || !fits || file.u8(at + 10) != 0 || file.u8(at + 11) != 0 || file.u8(at + 12) > 1)
    throw InputError("is damaged: its header (IHDR) is not one that PNG allows");
}

/// One of the seven interlace passes (section 8.2), or the whole picture.
struct Pass {
  std::int64_t x, y, dx, dy;
  std::int64_t columns(const Png& png) const { return (png.width - x + dx - 1) / dx; }
  std::int64_t rows(const Png& png) const { return (png.height - y + dy - 1) / dy; }
  std::uint64_t row_bytes(const Png& png) const {
    return (static_cast<std::uint64_t>(columns(png)) * static_cast<std::uint64_t>(png.depth * png.samples) + 7) / 8;
  }
};
constexpr Pass kWhole[] = {{0, 0, 1, 1}};
constexpr Pass kAdam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                           {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

std::span<const Pass> passes_of(const Png& png) {
  return png.interlaced ? std::span<const Pass>(kAdam7) : std::span<const Pass>(kWhole);
}

/// Bytes of all rows, each with its filter byte.
std::uint64_t inflated_bytes(const Png& png) {
  std::uint64_t sum = 0;
  for (const Pass& pass : passes_of(png))
    if (pass.columns(png) > 0 && pass.rows(png) > 0)
      sum += (pass.row_bytes(png) + 1) * static_cast<std::uint64_t>(pass.rows(png));
  return sum;
}

void take_chunk(std::string_view kind, std::string_view data, const ByteView& file, std::uint64_t at, Png& png) {
  if (kind == "PLTE") {
    if (!png.colours.empty() || data.empty() || data.size() % 3 != 0 || data.size() > 768)
      throw InputError("is damaged: its palette (PLTE) is not one");
    png.colours = data;
  } else if (kind == "IDAT") {
    png.data += data;
  } else if (kind == "tRNS") {
    throw InputError("declares a transparent colour; save it without transparency");
  } else if (kind == "IHDR") {
    if (png.width != 0 || data.size() != 13) throw InputError("is damaged: its header (IHDR) is not one");
    read_size(file, at, png);
  } else if ((kind[0] & 0x20) == 0) {  // an upper-case first letter: needed to understand the picture (5.4)
    throw InputError("is damaged, or of a kind that is not read: an unknown chunk");
  }
}

Png parse(std::string_view bytes) {
  if (!bytes.starts_with(kMark)) throw InputError("is not a PNG file");
  const ByteView file(bytes, true);
  Png png;
  for (std::uint64_t at = kMark.size();;) {
    const std::uint64_t length = file.u32(at), end = at + 12 + length;
    if (end > bytes.size()) truncated(end, bytes.size());
    const std::string_view kind = bytes.substr(at + 4, 4), data = bytes.substr(at + 8, length);
    if (crc32(crc32(0, nullptr, 0), reinterpret_cast<const Bytef*>(kind.data()), static_cast<uInt>(length + 4)) !=
        file.u32(end - 4))
      throw InputError("is damaged: the checksum of a part does not fit; copy the file again from its source");
    if ((png.width == 0) != (kind == "IHDR")) throw InputError("is damaged: its header (IHDR) is not where it belongs");
    if (kind == "IEND") break;
    take_chunk(kind, data, file, at + 8, png);
    at = end;
  }
  if (png.palette && png.colours.empty()) throw InputError("is damaged: its palette is missing");
  if (inflated_bytes(png) > kDeflateMost * png.data.size())
    throw InputError("is damaged: it promises " + std::to_string(png.width) + "x" + std::to_string(png.height) +
                     " pixels, more than its " + std::to_string(png.data.size()) + " bytes of data can hold");
  return png;
}

std::vector<Byte> inflate_all(const Png& png) {
  std::vector<Byte> rows(static_cast<std::size_t>(inflated_bytes(png)));
  uLongf found = rows.size();
  const int rc = uncompress(rows.data(), &found, reinterpret_cast<const Bytef*>(png.data.data()), png.data.size());
  if (rc != Z_OK || found != rows.size())
    throw InputError("is damaged: its pixels do not inflate to its size; copy the file again from its source");
  return rows;
}

Byte paeth(int left, int up, int corner) {
  const int estimate = left + up - corner;
  const int to_left = std::abs(estimate - left), to_up = std::abs(estimate - up),
            to_corner = std::abs(estimate - corner);
  if (to_left <= to_up && to_left <= to_corner) return static_cast<Byte>(left);
  return static_cast<Byte>(to_up <= to_corner ? up : corner);
}

/// Undoes the filter of a row in place (section 9.2). `above` is empty for the first row of a pass.
void unfilter(std::span<Byte> row, std::span<const Byte> above, int filter, std::size_t pixel_bytes) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int left = i >= pixel_bytes ? row[i - pixel_bytes] : 0, up = above.empty() ? 0 : above[i];
    const int corner = i >= pixel_bytes && !above.empty() ? above[i - pixel_bytes] : 0;
    switch (filter) {
      case 0:
        return;
      case 1:
        row[i] = static_cast<Byte>(row[i] + left);
        break;
      case 2:
        row[i] = static_cast<Byte>(row[i] + up);
        break;
      case 3:
        row[i] = static_cast<Byte>(row[i] + (left + up) / 2);
        break;
      case 4:
        row[i] = static_cast<Byte>(row[i] + paeth(left, up, corner));
        break;
      default:
        throw InputError("is damaged: a row has a filter that does not exist");
    }
  }
}

/// Sample number `i` of a row.
unsigned sample(std::span<const Byte> row, std::size_t i, int depth) {
  if (depth == 16) return static_cast<unsigned>(row[2 * i] << 8 | row[2 * i + 1]);
  const std::size_t bit = i * static_cast<std::size_t>(depth);
  const unsigned shift = 8U - static_cast<unsigned>(depth) - static_cast<unsigned>(bit % 8);
  return static_cast<unsigned>(row[bit / 8]) >> shift & ((1U << depth) - 1U);
}

/// Puts the samples of one row of a pass where they belong in the picture.
template <class Number>
void scatter(const Png& png, const Pass& pass, std::int64_t y, std::span<const Byte> row, Number* out) {
  const auto samples = static_cast<std::size_t>(png.samples), channels = png.palette ? 3 : samples;
  for (std::int64_t x = 0; x < pass.columns(png); ++x) {
    const auto pixel = static_cast<std::size_t>((pass.y + y * pass.dy) * png.width + pass.x + x * pass.dx);
    for (std::size_t s = 0; s < samples; ++s) {
      const unsigned value = sample(row, static_cast<std::size_t>(x) * samples + s, png.depth);
      if (!png.palette) {
        out[pixel * channels + s] = static_cast<Number>(value);
        continue;
      }
      if (3 * value + 3 > png.colours.size()) throw InputError("is damaged: a pixel is not in its palette");
      for (std::size_t c = 0; c < 3; ++c) out[pixel * 3 + c] = static_cast<Byte>(png.colours[3 * value + c]);
    }
  }
}

template <class Number>
void decode(const Png& png, Number* out) {
  std::vector<Byte> bytes = inflate_all(png);
  std::span<Byte> rest(bytes);
  const auto pixel_bytes = static_cast<std::size_t>(std::max(1, png.depth * png.samples / 8));
  for (const Pass& pass : passes_of(png)) {
    if (pass.columns(png) <= 0) continue;
    const auto row_bytes = static_cast<std::size_t>(pass.row_bytes(png));
    std::span<const Byte> above;
    for (std::int64_t y = 0; y < pass.rows(png); ++y) {
      const std::span<Byte> row = rest.subspan(1, row_bytes);
      unfilter(row, above, rest[0], pixel_bytes);
      scatter(png, pass, y, row, out);
      above = row;
      rest = rest.subspan(row_bytes + 1);
    }
  }
}

}  // namespace

RawImage read_png(std::string_view file, Part part) {
  const Png png = parse(file);
  RawImage raw;
  raw.grid.size = {png.width, png.height, 1};
  raw.channels = png.palette ? 3 : png.samples;
  raw.component = png.depth == 16 ? Component::u16 : Component::u8;
  if (part == Part::header) return raw;
  raw.bytes.resize(raw.grid.count() * static_cast<std::size_t>(raw.channels) * (png.depth == 16 ? 2 : 1));
  if (png.depth == 16)
    decode(png, reinterpret_cast<std::uint16_t*>(raw.bytes.data()));
  else
    decode(png, reinterpret_cast<Byte*>(raw.bytes.data()));
  return raw;
}

}  // namespace radfuse
