// SPDX-License-Identifier: Apache-2.0
// Decoding TIFF strips through libtiff; the directory has been checked before (tiff_header.cpp).
#include "tiff.hpp"

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <memory>

#include "header.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

/// What libtiff says about one file.
struct Complaint {
  std::array<char, 256> text{};
};

int keep_error(TIFF*, void* complaint, const char*, const char* format, va_list arguments) {
  auto& text = static_cast<Complaint*>(complaint)->text;
  if (text[0] == '\0') std::vsnprintf(text.data(), text.size(), format, arguments);
  return 1;  // handled: nothing goes to the terminal
}
int drop_warning(TIFF*, void*, const char*, const char*, va_list) {
  return 1;
}  // private tags, mostly

[[noreturn]] void refuse(const Complaint& complaint) {
  throw InputError("is damaged: " + text::printable(complaint.text.data()) + "; copy the file again from its source");
}

using Handle = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Handle open_tiff(const std::filesystem::path& path, Complaint& complaint) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                 &TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), &keep_error, &complaint);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), &drop_warning, nullptr);
  Handle file(TIFFOpenExt(path.c_str(), "r", options.get()), &TIFFClose);
  if (!file) refuse(complaint);
  return file;
}

template <class T>
T field(TIFF* file, std::uint32_t tag) {
  T value{};
  TIFFGetFieldDefaulted(file, tag, &value);
  return value;
}

Component component_of(int bits, int format) {
  if (bits == 32) return Component::f32;
  if (bits == 16) return format == SAMPLEFORMAT_INT ? Component::i16 : Component::u16;
  return format == SAMPLEFORMAT_INT ? Component::i8 : Component::u8;
}

void read_strips(TIFF* file, std::span<std::byte> out, const Complaint& complaint) {
  for (std::uint32_t strip = 0; strip < TIFFNumberOfStrips(file) && !out.empty(); ++strip) {
    const tmsize_t got = TIFFReadEncodedStrip(file, strip, out.data(), static_cast<tmsize_t>(out.size()));
    if (got <= 0) refuse(complaint);
    out = out.subspan(std::min(out.size(), static_cast<std::size_t>(got)));
  }
  if (!out.empty() || complaint.text[0] != '\0') refuse(complaint);
}

}  // namespace

RawImage read_tiff(const std::filesystem::path& path, Part part) {
  check_tiff(read_file(path));
  Complaint complaint;
  const Handle file = open_tiff(path, complaint);
  RawImage raw;
  raw.grid.size = {field<std::uint32_t>(file.get(), TIFFTAG_IMAGEWIDTH),
                   field<std::uint32_t>(file.get(), TIFFTAG_IMAGELENGTH), 1};
  checked_product(raw.grid.size);
  raw.channels = field<std::uint16_t>(file.get(), TIFFTAG_SAMPLESPERPIXEL);
  const int bits = field<std::uint16_t>(file.get(), TIFFTAG_BITSPERSAMPLE);
  raw.component = component_of(bits, field<std::uint16_t>(file.get(), TIFFTAG_SAMPLEFORMAT));
  const bool known = (raw.channels == 1 || raw.channels == 3) && (bits == 8 || bits == 16 || bits == 32);
  if (!known || TIFFIsTiled(file.get()) != 0)
    throw InputError("is tiled or contradicts itself; save it as plain strips");
  if (part == Part::header) return raw;
  raw.bytes.resize(raw.grid.count() * static_cast<std::size_t>(raw.channels * bits / 8));
  read_strips(file.get(), raw.bytes, complaint);
  return raw;
}

}  // namespace radfuse
