// SPDX-License-Identifier: Apache-2.0
// Marker segments up to the frame header (ITU-T T.81, B.2; T.87 for SOF55).
#include "jpeg_header.hpp"

#include <string_view>

namespace radfuse::dicom {
namespace {

bool is_frame_header(int marker) {
  return marker == 0xF7 || (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC);
}

JpegHeader parse(std::span<const std::uint8_t> segment, JpegHeader header) {
  header.precision = segment[0];
  header.height = segment[1] << 8 | segment[2];
  header.width = segment[3] << 8 | segment[4];
  header.components = segment[5];
  for (std::size_t i = 7; i < segment.size() && i < 6 + 3 * static_cast<std::size_t>(header.components); i += 3)
    header.subsampled = header.subsampled || segment[i] != segment[7];
  return header;
}

}  // namespace

std::optional<JpegHeader> jpeg_header(std::span<const std::uint8_t> stream) {
  JpegHeader header;
  if (stream.size() < 4 || stream[0] != 0xFF || stream[1] != 0xD8) return std::nullopt;
  std::size_t place = 2;
  while (place + 4 <= stream.size()) {
    if (stream[place] != 0xFF) return std::nullopt;
    const int marker = stream[place + 1];
    if (marker == 0xFF) {  // a fill byte
      ++place;
      continue;
    }
    const std::size_t length = static_cast<std::size_t>(stream[place + 2]) << 8 | stream[place + 3];
    if (length < 2 || place + 2 + length > stream.size() || marker == 0xDA) return std::nullopt;
    const auto segment = stream.subspan(place + 4, length - 2);
    if (is_frame_header(marker)) return segment.size() < 6 ? std::nullopt : std::optional(parse(segment, header));
    const std::string_view text(reinterpret_cast<const char*>(segment.data()), segment.size());
    header.has_jfif = header.has_jfif || (marker == 0xE0 && text.starts_with("JFIF"));
    header.is_adobe_rgb =
        header.is_adobe_rgb || (marker == 0xEE && text.starts_with("Adobe") && text.size() >= 12 && text[11] == 0);
    place += 2 + length;
  }
  return std::nullopt;
}

}  // namespace radfuse::dicom
