// SPDX-License-Identifier: Apache-2.0
// What was read from a file, before it becomes a Volume or a Mask: the file's own number type, channels interleaved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "format.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse {

enum class Component { u8, i8, u16, i16, u32, i32, u64, i64, f32, f64 };

struct RawImage {
  Grid grid;
  int channels = 1;
  int volumes = 1;  ///< one after the other; more than one only until select_volume
  Component component = Component::u8;
  std::vector<std::byte> bytes;  ///< empty when only the header was read
};

enum class Part { header, voxels };

/// Reads with the one ITK reader of `format`; ITK's exceptions become InputErrors of one line. The header must have
/// passed check_header.
RawImage itk_read(const std::filesystem::path& path, Format format, Part part);

/// Calls use(pointer to the numbers in the file's own type).
template <class Use>
decltype(auto) with_numbers(const RawImage& raw, Use&& use) {
  const std::byte* p = raw.bytes.data();
  switch (raw.component) {
    case Component::u8:
      return use(reinterpret_cast<const std::uint8_t*>(p));
    case Component::i8:
      return use(reinterpret_cast<const std::int8_t*>(p));
    case Component::u16:
      return use(reinterpret_cast<const std::uint16_t*>(p));
    case Component::i16:
      return use(reinterpret_cast<const std::int16_t*>(p));
    case Component::u32:
      return use(reinterpret_cast<const std::uint32_t*>(p));
    case Component::i32:
      return use(reinterpret_cast<const std::int32_t*>(p));
    case Component::u64:
      return use(reinterpret_cast<const std::uint64_t*>(p));
    case Component::i64:
      return use(reinterpret_cast<const std::int64_t*>(p));
    case Component::f32:
      return use(reinterpret_cast<const float*>(p));
    case Component::f64:
      return use(reinterpret_cast<const double*>(p));
  }
  throw Error(ExitCode::bug, "a number type has no reader");
}

}  // namespace radfuse
