// SPDX-License-Identifier: Apache-2.0
// What a JPEG or JPEG-LS stream says about itself, read before any decoder sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace radfuse::dicom {

struct JpegHeader {
  int precision = 0, height = 0, width = 0, components = 0;
  bool has_jfif = false;      ///< a JFIF marker: three components are YCbCr, whatever the DICOM header says
  bool is_adobe_rgb = false;  ///< an Adobe marker that says: not transformed
  bool subsampled = false;    ///< colour stored at a lower resolution, which RGB never is
};

/// The first frame header (SOF0 to SOF15, SOF55); nothing when the stream is damaged before it.
std::optional<JpegHeader> jpeg_header(std::span<const std::uint8_t> stream);

}  // namespace radfuse::dicom
