// SPDX-License-Identifier: Apache-2.0
// TIFF 6.0 (Adobe 1992), baseline with the compressions that keep values: one page, grey or RGB, strips.
#include <array>
#include <map>
#include <vector>

#include "header.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

enum Tag : int {
  kWidth = 256,
  kHeight = 257,
  kBits = 258,
  kCompression = 259,
  kPhotometric = 262,
  kStripOffsets = 273,
  kSamples = 277,
  kStripBytes = 279,
  kPlanar = 284,
  kTileOffsets = 324,
  kTileBytes = 325,
  kSampleFormat = 339
};
constexpr std::uint64_t kMostRatio = 4096;  // LZW: a 12-bit code for at most 4096 bytes; zlib less
constexpr std::uint64_t kMostParts = 1 << 22;

using Entries = std::map<int, std::vector<std::uint64_t>>;

/// The numbers of one directory entry; text and fractions are not needed and left out.
std::vector<std::uint64_t> values_of(const ByteView& file, std::uint64_t entry) {
  const int type = file.u16(entry + 2);
  const std::uint64_t count = file.u32(entry + 4);
  const std::uint64_t width = type == 1 ? 1 : type == 3 ? 2 : type == 4 ? 4 : 0;
  if (width == 0) return {};
  if (count == 0 || count > kMostParts) throw InputError("is damaged: a field of its directory is empty or endless");
  const std::uint64_t at = count * width <= 4 ? entry + 8 : file.u32(entry + 8);
  std::vector<std::uint64_t> values;
  for (std::uint64_t i = 0; i < count; ++i)
    values.push_back(width == 1 ? file.u8(at + i) : width == 2 ? file.u16(at + 2 * i) : file.u32(at + 4 * i));
  return values;
}

Entries directory(const ByteView& file) {
  const std::uint64_t at = file.u32(4);
  const std::uint64_t count = file.u16(at);
  Entries entries;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t entry = at + 2 + 12 * i;
    const int tag = file.u16(entry);
    switch (tag) {
      case kWidth:
      case kHeight:
      case kBits:
      case kCompression:
      case kPhotometric:
      case kStripOffsets:
      case kSamples:
      case kStripBytes:
      case kPlanar:
      case kTileOffsets:
      case kTileBytes:
      case kSampleFormat:
        if (!entries.emplace(tag, values_of(file, entry)).second)
          throw InputError("is damaged: a field is there twice");
    }
  }
  if (file.u32(at + 2 + 12 * count) != 0)
    throw InputError("has several pages; save the one that is meant as its own file");
  return entries;
}

std::uint64_t one(const Entries& entries, int tag, std::uint64_t otherwise) {
  const auto found = entries.find(tag);
  return found == entries.end() || found->second.empty() ? otherwise : found->second.front();
}

std::uint64_t bits_of_pixel(const Entries& entries) {
  const std::uint64_t samples = one(entries, kSamples, 1), bits = one(entries, kBits, 1),
                      format = one(entries, kSampleFormat, 1);
  const std::uint64_t photometric = one(entries, kPhotometric, 99);
  if (photometric != (samples == 1 ? 1U : 2U) || (samples != 1 && samples != 3))
    throw InputError("is neither grey (black is zero) nor RGB; save it as one of these");
  if (const auto all = entries.find(kBits); all != entries.end())
    for (const std::uint64_t b : all->second)
      if (b != bits) throw InputError("has channels of different depth");
  const bool integer = format == 1 || format == 2;
  if (!((integer && (bits == 8 || bits == 16)) || (format == 3 && bits == 32)))
    throw InputError("has " + std::to_string(bits) + " bits of sample format " + std::to_string(format) +
                     "; 8 or 16 bits, or 32-bit float, are read");
  if (samples == 3 && (bits == 32 || one(entries, kPlanar, 1) != 1))
    throw InputError("is colour of a rare kind; save it as 8-bit RGB");
  return samples * bits;
}

/// Bytes of voxel data in strips or tiles, all of which lie inside the file.
std::uint64_t data_bytes(const Entries& entries, std::uint64_t file_size) {
  const bool tiled = entries.contains(kTileOffsets);
  const auto offsets = entries.find(tiled ? kTileOffsets : kStripOffsets),
             lengths = entries.find(tiled ? kTileBytes : kStripBytes);
  if (offsets == entries.end() || lengths == entries.end() || offsets->second.size() != lengths->second.size())
    throw InputError("is damaged: where its pixels lie is missing or contradictory");
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < offsets->second.size(); ++i) {
    const std::uint64_t end = offsets->second[i] + lengths->second[i];
    if (end > file_size) truncated(end, file_size);
    sum += lengths->second[i];
  }
  return sum;
}

}  // namespace

void check_tiff(std::string_view bytes) {
  const bool big = bytes.starts_with("MM");
  if (!big && !bytes.starts_with("II")) throw InputError("is not a TIFF file");
  const ByteView file(bytes, big);
  if (file.u16(2) == 43) throw InputError("is a BigTIFF; save it as plain TIFF");
  if (file.u16(2) != 42) throw InputError("is not a TIFF file");
  const Entries entries = directory(file);
  const auto width = static_cast<std::int64_t>(one(entries, kWidth, 0)),
             height = static_cast<std::int64_t>(one(entries, kHeight, 0));
  const auto pixels = static_cast<std::uint64_t>(checked_product(std::array{width, height}));
  const std::uint64_t promised = pixels * bits_of_pixel(entries) / 8, found = data_bytes(entries, bytes.size());
  switch (one(entries, kCompression, 1)) {
    case 1:
      if (found < promised) truncated(promised, found);
      break;
    case 5:      // LZW
    case 8:      // deflate
    case 32946:  // deflate, old number
    case 32773:  // PackBits
      if (promised / kMostRatio > found) truncated(promised / kMostRatio, found);
      break;
    default:
      throw InputError("uses compression " + std::to_string(one(entries, kCompression, 1)) +
                       "; save it uncompressed, LZW or deflate");
  }
}

}  // namespace radfuse
