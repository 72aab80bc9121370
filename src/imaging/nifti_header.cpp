// SPDX-License-Identifier: Apache-2.0
// The 348 bytes of a NIfTI-1 header (nifti1.h, Cox et al. 2004): offsets below are the standard's.
#include <array>
#include <cmath>
#include <optional>

#include "header.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kHeaderBytes = 348;
constexpr double kFarthest = 1e6;         // in the file's unit of length
constexpr double kMostOffset = 16 << 20;  // extensions beyond 16 MB are not images any more

/// Bits of the datatypes that are images of one number a voxel (or RGB24).
std::optional<int> bits_of(int datatype) {
  switch (datatype) {
    case 2:    // uint8
    case 256:  // int8
      return 8;
    case 4:    // int16
    case 512:  // uint16
      return 16;
    case 8:    // int32
    case 768:  // uint32
    case 16:   // float32
      return 32;
    case 64:    // float64
    case 1024:  // int64
    case 1280:  // uint64
      return 64;
    case 128:  // RGB24
      return 24;
    default:
      return std::nullopt;
  }
}

std::string header_of(const std::filesystem::path& path, bool gzip_name) {
  const std::string start = read_start(path, 2);
  const bool gzip = start == "\x1f\x8b";
  if (gzip && !gzip_name) throw InputError("is compressed by gzip but named .nii; rename it to .nii.gz");
  if (!gzip && gzip_name) throw InputError("is named .nii.gz but not compressed by gzip; rename it to .nii");
  std::string header = gzip ? inflate_start(path, kHeaderBytes) : read_start(path, kHeaderBytes);
  if (header.size() < kHeaderBytes)
    throw InputError("truncated: a NIfTI header has 348 bytes, the file has " + std::to_string(header.size()));
  return header;
}

ByteView view_of(const std::string& header) {
  for (const bool big : {false, true}) {
    const std::int32_t length = ByteView(header, big).i32(0);
    if (length == 348) return ByteView(header, big);
    if (length == 540) throw InputError("is a NIfTI-2 file; save it as NIfTI-1");
  }
  throw InputError("is not a NIfTI file (its first number is not 348)");
}

std::int64_t voxels(const ByteView& header, int dimensions) {
  std::array<std::int64_t, 7> sizes{};
  for (int a = 0; a < dimensions; ++a)
    sizes[static_cast<std::size_t>(a)] = header.i16(static_cast<std::uint64_t>(42 + 2 * a));
  return checked_product(std::span<const std::int64_t>(sizes).first(static_cast<std::size_t>(dimensions)));
}

/// Millimetres in one unit of the file (xyzt_units, lower three bits).
double unit_mm(const ByteView& header) {
  switch (header.u8(123) & 7) {
    case 1:
      return 1000;  // metres
    case 3:
      return 1e-3;  // micrometres
    default:
      return 1;  // millimetres; 0 (unknown) is read as millimetres everywhere
  }
}

/// Every number of qform and sform: finite, and no place further away than a kilometre (ITK's singular value
/// decomposition never ends on 1e38, and complains on the terminal about numbers below 1e-38).
void check_orientation_numbers(const ByteView& header) {
  for (std::uint64_t at = 256; at < 328; at += 4) {
    const double value = header.f32(at);
    if (!std::isfinite(value)) throw InputError("its orientation (qform or sform) has a value that is not a number");
    if (std::abs(value) > kFarthest || std::fpclassify(header.f32(at)) == FP_SUBNORMAL)
      throw InputError("its orientation (qform or sform) has an impossible value");
  }
  if (!std::isfinite(header.f32(76))) throw InputError("pixdim[0] is not a number");
  // |(b,c,d)| of a unit quaternion is at most 1; beyond rounding the rotation is not one.
  const double b = header.f32(256), c = header.f32(260), d = header.f32(264);
  if (header.i16(252) > 0 && b * b + c * c + d * d > 1 + 1e-3) throw InputError("its qform is not a rotation");
}

/// The columns of the sform: as long as pixdim says, and at right angles (ITK would drop a shear without a word).
void check_sform(const ByteView& header, const std::array<double, 3>& spacing, int dimensions) {
  const auto axes = static_cast<std::uint64_t>(std::min(dimensions, 3));
  std::array<std::array<double, 3>, 3> columns{};
  for (std::uint64_t a = 0; a < axes; ++a) {
    double square = 0;
    for (std::uint64_t row = 0; row < 3; ++row) {
      columns[a][row] = header.f32(280 + 16 * row + 4 * a);
      square += columns[a][row] * columns[a][row];
    }
    const double norm = std::sqrt(square);
    if (std::abs(norm - spacing[a]) > 0.01 * spacing[a])
      throw InputError("contradicts itself: pixdim says " + text::from_double(spacing[a]) + " along axis " +
                       std::to_string(a + 1) + ", its sform says " + text::from_double(norm));
  }
  for (std::uint64_t a = 0; a < axes; ++a)
    for (std::uint64_t b = a + 1; b < axes; ++b) {
      double dot = 0;
      for (std::uint64_t row = 0; row < 3; ++row) dot += columns[a][row] * columns[b][row];
      if (std::abs(dot) > 1e-3 * spacing[a] * spacing[b])
        throw InputError("its sform is sheared (axes " + std::to_string(a + 1) + " and " + std::to_string(b + 1) +
                         " are not at right angles); resample it onto a rectangular grid first");
    }
}

void check_geometry(const ByteView& header, int dimensions) {
  const double unit = unit_mm(header);
  std::array<double, 3> spacing{1, 1, 1};
  for (int a = 0; a < std::min(dimensions, 3); ++a) {
    const double value = std::abs(static_cast<double>(header.f32(static_cast<std::uint64_t>(80 + 4 * a))));
    spacing[static_cast<std::size_t>(a)] = value;
    require_spacing(value * unit, "pixdim[" + std::to_string(a + 1) + "]");
  }
  check_orientation_numbers(header);
  if (header.i16(254) > 0) check_sform(header, spacing, dimensions);
}

/// Counts the voxels that are infinite or not a number: libnifti would turn them into zeros without a word. Their
/// exponent has all bits set.
class NotFinite {
 public:
  NotFinite(int bytes, bool big_endian, std::uint64_t start, std::uint64_t end)
      : bytes_(static_cast<std::uint64_t>(bytes)), big_(big_endian), start_(start), end_(end) {}
  void operator()(std::span<const char> block, std::uint64_t at) {
    const std::uint64_t first = at >= start_ ? (bytes_ - (at - start_) % bytes_) % bytes_ : start_ - at;
    for (std::uint64_t i = first; i + bytes_ <= block.size() && at + i < end_; i += bytes_) {
      const auto high = static_cast<unsigned char>(block[big_ ? i : i + bytes_ - 1]);
      const auto next = static_cast<unsigned char>(block[big_ ? i + 1 : i + bytes_ - 2]);
      const unsigned ones = bytes_ == 4 ? 0x80 : 0xF0;
      count_ += (high & 0x7F) == 0x7F && (next & ones) == ones;
    }
  }
  std::uint64_t count() const { return count_; }

 private:
  std::uint64_t bytes_;
  bool big_;
  std::uint64_t start_, end_, count_ = 0;
};

void check_voxels(const std::filesystem::path& path, bool gzip, Depth depth, bool big_endian, int datatype,
                  std::uint64_t start, std::uint64_t promised) {
  const int bytes = datatype == 16 ? 4 : datatype == 64 ? 8 : 0;
  NotFinite bad(std::max(bytes, 1), big_endian, start, promised);
  const Visit visit = bytes != 0 && depth == Depth::whole ? Visit(std::ref(bad)) : Visit();
  if (gzip)
    require_inflated(path, 0, promised, depth, visit);
  else if (file_bytes(path) < promised)
    truncated(promised, file_bytes(path));
  else if (visit)
    visit_plain(path, visit);
  if (bad.count() > 0)
    throw InputError(std::to_string(bad.count()) + " of " +
                     std::to_string((promised - start) / static_cast<std::uint64_t>(bytes)) +
                     " voxels are not finite numbers; replace them before import");
}

}  // namespace

HeaderFacts check_nifti(const std::filesystem::path& path, Depth depth) {
  const bool gzip = text::lower(path.extension().string()) == ".gz";
  const std::string bytes = header_of(path, gzip);
  const ByteView header = view_of(bytes);
  if (bytes.substr(344, 3) != "n+1")
    throw InputError("is an Analyze or two-file NIfTI header; save it as one .nii.gz file");
  const int dimensions = header.i16(40);
  if (dimensions < 2 || dimensions > 7)
    throw InputError("the header says it has " + std::to_string(dimensions) + " dimensions; 2 to 7 are possible");
  const std::int64_t count = voxels(header, dimensions);
  const int datatype = header.i16(70);
  const std::optional<int> bits = bits_of(datatype);
  if (!bits)
    throw InputError("its datatype " + std::to_string(datatype) + " is not one that is read (integers, floats, RGB24)");
  if (header.i16(72) != *bits)
    throw InputError("contradicts itself: datatype " + std::to_string(datatype) + " has " + std::to_string(*bits) +
                     " bits, bitpix says " + std::to_string(header.i16(72)));
  check_geometry(header, dimensions);
  for (const std::uint64_t at : {112, 116})
    if (!std::isfinite(header.f32(at))) throw InputError("its slope or intercept is not a number");
  const double offset = header.f32(108);
  if (!(offset == 0 || (offset >= 352 && offset <= kMostOffset && std::fmod(offset, 8) == 0)))
    throw InputError("its vox_offset (where the voxels begin) is impossible");
  const std::uint64_t start = offset == 0 ? 352 : static_cast<std::uint64_t>(offset);
  const std::uint64_t promised = start + static_cast<std::uint64_t>(count) * static_cast<std::uint64_t>(*bits / 8);
  check_voxels(path, gzip, depth, header.big_endian(), datatype, start, promised);
  return {.spacing_known = true};
}

}  // namespace radfuse
