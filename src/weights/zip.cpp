// SPDX-License-Identifier: Apache-2.0
// The zip directory (PKWARE APPNOTE 6.3.3, sections 4.3 and 4.5.3), with the 64-bit extension.
#include "zip.hpp"

#include <algorithm>
#include <cstdint>

#include "bytes.hpp"

namespace radfuse::weights {
namespace {

constexpr std::string_view kLocal{"PK\3\4", 4}, kCentral{"PK\1\2", 4}, kEnd{"PK\5\6", 4}, kEnd64{"PK\6\6", 4},
    kLocator64{"PK\6\7", 4};
constexpr std::uint32_t kIn64 = 0xffffffff;  // the value stands in the 64-bit extension

void expect(Cursor& at, std::string_view signature) {
  if (at.take(4) != signature) throw InputError("damaged zip file: a signature is missing");
}

struct Directory {
  std::uint64_t entries = 0, offset = 0;
};

Directory find_directory(std::string_view bytes) {
  // The end record is 22 bytes and a comment of up to 65535.
  const std::size_t from = bytes.size() > 65557 ? bytes.size() - 65557 : 0;
  const std::size_t end = bytes.rfind(kEnd);
  if (end == std::string_view::npos || end < from)
    throw InputError("cut short: a zip file without its directory (was the download complete?)");
  Cursor at(bytes, end + 10);
  Directory directory{.entries = at.number<std::uint16_t>()};
  at.take(4);
  directory.offset = at.number<std::uint32_t>();
  if ((directory.offset == kIn64 || directory.entries == 0xffff) && end >= 20) {
    Cursor locator(bytes, end - 20);
    expect(locator, kLocator64);
    locator.take(4);
    Cursor end64(bytes,
                 static_cast<std::size_t>(std::min<std::uint64_t>(locator.number<std::uint64_t>(), bytes.size())));
    expect(end64, kEnd64);
    end64.take(28);
    directory.entries = end64.number<std::uint64_t>();
    end64.take(8);
    directory.offset = end64.number<std::uint64_t>();
  }
  if (directory.offset > bytes.size()) throw InputError("damaged zip file: its directory lies outside");
  return directory;
}

// Extra field 1 holds, in this order, those of size, stored size and offset that did not fit 32 bits.
void read_extra(std::string_view extra, std::uint64_t& size, std::uint64_t& stored, std::uint64_t& offset) {
  Cursor at(extra);
  while (extra.size() - at.at() >= 4) {
    const auto id = at.number<std::uint16_t>();
    const std::string_view field = at.take(at.number<std::uint16_t>());
    if (id != 1) continue;
    Cursor inside(field);
    for (std::uint64_t* value : {&size, &stored, &offset})
      if (*value == kIn64) *value = inside.number<std::uint64_t>();
  }
}

std::string_view content(std::string_view bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size()) throw InputError("damaged zip file: an entry lies outside");
  Cursor at(bytes, static_cast<std::size_t>(offset));
  expect(at, kLocal);
  at.take(22);
  const auto name = at.number<std::uint16_t>(), extra = at.number<std::uint16_t>();
  at.take(name);
  at.take(extra);
  return at.take(size);
}

}  // namespace

bool is_zip(std::string_view bytes) {
  return bytes.starts_with(kLocal);
}

std::map<std::string, std::string_view, std::less<>> read_zip(std::string_view bytes) {
  const Directory directory = find_directory(bytes);
  std::map<std::string, std::string_view, std::less<>> entries;
  Cursor at(bytes, static_cast<std::size_t>(directory.offset));
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    expect(at, kCentral);
    at.take(6);
    const auto method = at.number<std::uint16_t>();
    at.take(8);
    std::uint64_t stored = at.number<std::uint32_t>(), size = at.number<std::uint32_t>();
    const auto name_length = at.number<std::uint16_t>(), extra = at.number<std::uint16_t>(),
               comment = at.number<std::uint16_t>();
    at.take(8);
    std::uint64_t offset = at.number<std::uint32_t>();
    const std::string name(at.take(name_length));
    read_extra(at.take(extra), size, stored, offset);
    at.take(comment);
    if (method != 0 || size != stored)
      throw InputError("a zip file with compressed entries: not one that torch.save made");
    if (!entries.emplace(name, content(bytes, offset, size)).second)
      throw InputError("damaged zip file: two entries have the same name");
  }
  return entries;
}

}  // namespace radfuse::weights
