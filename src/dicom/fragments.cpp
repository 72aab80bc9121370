// SPDX-License-Identifier: Apache-2.0
// Fragments of a frame, found without decoding the frames before it.
#include "fragments.hpp"

#include <dcmtk/dcmdata/dcpxitem.h>

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30;  // of one compressed frame

DcmPixelItem& item(DcmPixelSequence& sequence, unsigned long number) {
  DcmPixelItem* found = nullptr;
  if (sequence.getItem(found, number).bad() || found == nullptr)
    throw InputError("its compressed pixels are damaged (fragment " + std::to_string(number) + ")");
  return *found;
}

std::uint32_t little_endian(const Uint8* bytes) {
  return bytes[0] | static_cast<std::uint32_t>(bytes[1]) << 8 | static_cast<std::uint32_t>(bytes[2]) << 16 |
         static_cast<std::uint32_t>(bytes[3]) << 24;
}

/// Offsets of the frames from the first byte after the table; empty when there is no table.
std::vector<std::uint32_t> offset_table(DcmPixelSequence& sequence) {
  DcmPixelItem& table = item(sequence, 0);
  Uint8* bytes = nullptr;
  if (table.getLength() < 4 || table.getUint8Array(bytes).bad() || bytes == nullptr) return {};
  std::vector<std::uint32_t> offsets;
  for (std::size_t i = 0; i + 4 <= table.getLength(); i += 4) offsets.push_back(little_endian(bytes + i));
  return offsets;
}

}  // namespace

FragmentRange fragments_of(DcmPixelSequence& sequence, std::int64_t frame, std::int64_t frames) {
  const unsigned long count = sequence.card() > 0 ? sequence.card() - 1 : 0;
  const auto wanted = static_cast<unsigned long>(frame), all = static_cast<unsigned long>(frames);
  if (count < all)
    throw InputError("truncated: " + std::to_string(all) + " frames promised, " + std::to_string(count) +
                     " compressed pieces there");
  if (count == all) return {wanted + 1, 1};
  if (all == 1) return {1, count};
  const auto offsets = offset_table(sequence);
  if (offsets.size() != all)
    throw InputError("has more compressed pieces than frames and no offset table that assigns them");
  FragmentRange range{0, 0};
  std::uint64_t place = 0;
  for (unsigned long i = 1; i <= count; ++i) {
    if (place == offsets[wanted]) range = {i, 0};
    if (wanted + 1 < all && place >= offsets[wanted + 1]) break;
    if (range.first > 0) ++range.count;
    place += 8 + item(sequence, i).getLength();  // tag and length before each piece
  }
  if (range.count == 0) throw InputError("has an offset table that points beside its compressed pieces");
  return range;
}

std::vector<std::uint8_t> bytes_of(DcmPixelSequence& sequence, const FragmentRange& range) {
  std::size_t size = 0;
  for (unsigned long i = 0; i < range.count; ++i) size += item(sequence, range.first + i).getLength();
  if (size > kMostBytes) throw InputError("has a compressed frame of more than 1 GiB");
  std::vector<std::uint8_t> all;
  all.reserve(size);
  for (unsigned long i = 0; i < range.count; ++i) {
    DcmPixelItem& piece = item(sequence, range.first + i);
    Uint8* bytes = nullptr;
    if (piece.getLength() == 0) continue;
    const OFCondition got = piece.getUint8Array(bytes);
    if (got.bad() || bytes == nullptr)
      throw InputError(std::string("its compressed pixels cannot be read (a truncated file?): ") + got.text());
    all.insert(all.end(), bytes, bytes + piece.getLength());
    piece.compact();
  }
  return all;
}

}  // namespace radfuse::dicom
