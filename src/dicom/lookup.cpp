// SPDX-License-Identifier: Apache-2.0
// Descriptors and entries of look-up tables.
#include "lookup.hpp"

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

/// The words of a US, SS or OW attribute; nothing when absent.
std::vector<std::uint16_t> words(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = nullptr;
  if (item.findAndGetElement(tag, element).bad() || element == nullptr) return {};
  const std::size_t count = element->getLength() / 2;
  Uint16* unsigned_words = nullptr;
  Sint16* signed_words = nullptr;
  if (element->getUint16Array(unsigned_words).good() && unsigned_words != nullptr)
    return {unsigned_words, unsigned_words + count};
  if (element->getSint16Array(signed_words).good() && signed_words != nullptr)
    return {signed_words, signed_words + count};
  return {};
}

}  // namespace

Lookup read_lookup(DcmItem& item, const DcmTagKey& descriptor, const DcmTagKey& data, bool is_signed,
                   const std::string& what) {
  const std::vector<std::uint16_t> head = words(item, descriptor);
  std::vector<std::uint16_t> body = words(item, data);
  const std::size_t count = head.size() != 3 ? 0 : head[0] == 0 ? 65536 : head[0];  // 0 stands for 65536
  if (count == 0 || head[2] < 8 || head[2] > 16) throw InputError("its " + what + " has no usable descriptor");
  Lookup table;
  table.first = is_signed ? static_cast<std::int16_t>(head[1]) : head[1];
  table.bits = head[2];
  if (table.bits == 8 && body.size() < count && body.size() >= (count + 1) / 2) {
    // Two entries in a word, the first in the low byte.
    for (std::size_t i = 0; i < count; ++i)
      table.entries.push_back(static_cast<std::uint16_t>(i % 2 == 0 ? body[i / 2] & 0xFF : body[i / 2] >> 8));
    return table;
  }
  if (body.size() < count)
    throw InputError("its " + what + " promises " + std::to_string(count) + " entries and has " +
                     std::to_string(body.size()));
  body.resize(count);
  table.entries = std::move(body);
  return table;
}

}  // namespace radfuse::dicom
