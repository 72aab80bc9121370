// SPDX-License-Identifier: Apache-2.0
// Our own look at a file's header, before a library sees the file: ITK's readers trust what a header says (a 400-byte
// file can make them allocate gigabytes, a NaN in an orientation makes them abort the process).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "format.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse {

enum class Depth {
  header,  ///< sizes and file length only
  whole,   ///< also inflate compressed voxels once, so that damage is found by their checksum
};

struct HeaderFacts {
  bool spacing_known = false;
};

/// For the formats that ITK reads. Throws InputError (message without the file name) unless the header is sane and the
/// file holds what it promises.
HeaderFacts check_header(const std::filesystem::path& path, Format format, Depth depth);

HeaderFacts check_nifti(const std::filesystem::path& path, Depth depth);
HeaderFacts check_nrrd(const std::filesystem::path& path, Depth depth);
HeaderFacts check_mha(const std::filesystem::path& path, Depth depth);
/// One page, strips inside the file, a kind that is read.
void check_tiff(std::string_view bytes);

/// What the header checks share.
inline constexpr double kLeastSpacing = 1e-3, kMostSpacing = 1e2;  ///< millimetres

/// sizes multiplied, without overflow; throws when a size is not positive or the product exceeds kMaxVoxels.
std::int64_t checked_product(std::span<const std::int64_t> sizes);
/// Throws unless kLeastSpacing <= spacing <= kMostSpacing.
void require_spacing(double spacing, std::string_view what);
/// A grid whose file states no spacing, with that of the study: none (1), one number for all axes, or one for each.
/// Throws StudyError outside the range.
Grid with_spacing(Grid grid, const std::vector<double>& spacing_mm);
[[noreturn]] void truncated(std::uint64_t promised, std::uint64_t found);

/// The first bytes of a file, at most `count`.
std::string read_start(const std::filesystem::path& path, std::size_t count);
std::uint64_t file_bytes(const std::filesystem::path& path);

/// Called with consecutive blocks of bytes and the place of the first of them; all but the last are of one length, a
/// multiple of 16.
using Visit = std::function<void(std::span<const char> block, std::uint64_t at)>;
/// Throws unless the zlib or gzip stream at `offset` inflates to at least `promised` bytes. Depth::header believes a
/// gzip trailer whose length is exactly the promised one and inflates only otherwise.
/// `visit` sees the inflated blocks.
void require_inflated(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t promised, Depth depth,
                      const Visit& visit = {});
/// Shows the blocks of a file.
void visit_plain(const std::filesystem::path& path, const Visit& visit);
/// The first inflated bytes of a gzip file, at most `count`.
std::string inflate_start(const std::filesystem::path& path, std::size_t count);

/// Big- or little-endian numbers at a place in the file; throws "truncated" beyond the end.
class ByteView {
 public:
  ByteView(std::string_view bytes, bool big_endian) : bytes_(bytes), big_(big_endian) {}
  std::uint8_t u8(std::uint64_t at) const { return static_cast<std::uint8_t>(number(at, 1)); }
  std::uint16_t u16(std::uint64_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u32(std::uint64_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  std::int16_t i16(std::uint64_t at) const { return static_cast<std::int16_t>(u16(at)); }
  std::int32_t i32(std::uint64_t at) const { return static_cast<std::int32_t>(u32(at)); }
  float f32(std::uint64_t at) const;
  bool big_endian() const { return big_; }

 private:
  std::uint64_t number(std::uint64_t at, std::uint64_t width) const;
  std::string_view bytes_;
  bool big_;
};

}  // namespace radfuse
