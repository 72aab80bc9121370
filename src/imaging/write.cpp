// SPDX-License-Identifier: Apache-2.0
// NIfTI-1 files, written from the standard (nifti1.h, Cox et al. 2004) rather than through a library: voxels go from
// memory through zlib to the disk in small parts, and a full disk is reported as such and never leaves half a file.
#include "radfuse/imaging/write.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>

#include "deflate.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kHeaderBytes = 352;  // 348 and four bytes that say "no extensions"
static_assert(std::endian::native == std::endian::little, "voxels are written as they lie in memory");

template <class T>
void put(std::string& header, std::size_t at, T value) {
  std::memcpy(header.data() + at, &value, sizeof value);
}

/// Columns of the rotation from voxel axes to RAS: LPS has its first two axes reversed.
std::array<double, 9> ras(const std::array<double, 9>& lps) {
  std::array<double, 9> d = lps;
  for (std::size_t i = 0; i < 6; ++i) d[i] = 0.0 - d[i];
  return d;
}

double determinant(const std::array<double, 9>& m) {
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6]);
}

/// Unit quaternion (a, b, c, d), a >= 0, of a proper rotation (Shepperd 1978: divide by the largest component).
std::array<double, 4> quaternion(const std::array<double, 9>& r) {
  const std::array<double, 4> squares{1 + r[0] + r[4] + r[8], 1 + r[0] - r[4] - r[8], 1 - r[0] + r[4] - r[8],
                                      1 - r[0] - r[4] + r[8]};
  const auto largest = static_cast<std::size_t>(std::max_element(squares.begin(), squares.end()) - squares.begin());
  const double s = 2 * std::sqrt(squares[largest]);
  const double x = r[7] - r[5], y = r[2] - r[6], z = r[3] - r[1];
  std::array<double, 4> q{};
  switch (largest) {
    case 0:
      q = {s / 4, x / s, y / s, z / s};
      break;
    case 1:
      q = {x / s, s / 4, (r[1] + r[3]) / s, (r[2] + r[6]) / s};
      break;
    case 2:
      q = {y / s, (r[1] + r[3]) / s, s / 4, (r[5] + r[7]) / s};
      break;
    default:
      q = {z / s, (r[2] + r[6]) / s, (r[5] + r[7]) / s, s / 4};
  }
  if (q[0] < 0)
    for (double& part : q) part = -part;
  return q;
}

std::string header_of(const Grid& grid, std::int16_t datatype, std::int16_t bits) {
  std::string h(kHeaderBytes, '\0');
  put(h, 0, std::int32_t{348});
  h[38] = 'r';  // "regular", for programs that still ask
  put(h, 40, std::int16_t{3});
  for (std::size_t a = 0; a < 7; ++a) {
    if (a < 3 && grid.size[a] > std::numeric_limits<std::int16_t>::max())
      throw OutputError("NIfTI-1 cannot hold " + std::to_string(grid.size[a]) + " voxels along an axis");
    put(h, 42 + 2 * a, static_cast<std::int16_t>(a < 3 ? grid.size[a] : 1));
    put(h, 80 + 4 * a, static_cast<float>(a < 3 ? grid.spacing[a] : 1));
  }
  put(h, 70, datatype);
  put(h, 72, bits);
  put(h, 108, static_cast<float>(kHeaderBytes));
  put(h, 112, 1.0F);  // slope; the intercept is 0
  h[123] = 2;         // millimetres
  put(h, 252, std::int16_t{1});
  put(h, 254, std::int16_t{1});
  const std::array<double, 9> d = ras(grid.direction);
  const std::array<double, 3> origin{0.0 - grid.origin[0], 0.0 - grid.origin[1], grid.origin[2]};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t a = 0; a < 3; ++a)
      put(h, 280 + 16 * row + 4 * a, static_cast<float>(d[3 * row + a] * grid.spacing[a]));
    put(h, 292 + 16 * row, static_cast<float>(origin[row]));
    put(h, 268 + 4 * row, static_cast<float>(origin[row]));
  }
  const bool mirrored = determinant(d) < 0;
  std::array<double, 9> proper = d;
  if (mirrored)
    for (std::size_t row = 0; row < 3; ++row) proper[3 * row + 2] = -proper[3 * row + 2];
  put(h, 76, mirrored ? -1.0F : 1.0F);
  const std::array<double, 4> q = quaternion(proper);
  for (std::size_t i = 0; i < 3; ++i) put(h, 256 + 4 * i, static_cast<float>(q[i + 1]));
  std::memcpy(h.data() + 344, "n+1", 4);
  return h;
}

constexpr std::size_t kPart = 1 << 20;  // voxels in hand at a time

/// `convert` gives voxel i as it is stored.
template <class T, class Convert>
void write_voxels(const std::filesystem::path& path, const Grid& grid, std::int16_t datatype, std::size_t count,
                  const Convert& convert) {
  if (count != grid.count()) throw Error(ExitCode::bug, path.string() + ": voxels do not fit their grid");
  const std::string header =
      with_context(path.string(), [&] { return header_of(grid, datatype, std::int16_t{8 * sizeof(T)}); });
  const std::string name = text::lower(path.filename().string());
  if (!name.ends_with(".nii") && !name.ends_with(".nii.gz"))
    throw Error(ExitCode::bug, path.string() + ": a NIfTI file must end in .nii or .nii.gz");
  const auto produce = [&](const Put& put) {
    put(header);
    std::vector<T> part;
    for (std::size_t at = 0; at < count; at += kPart) {
      part.resize(std::min(kPart, count - at));
      for (std::size_t i = 0; i < part.size(); ++i) part[i] = convert(at + i);
      put({reinterpret_cast<const char*>(part.data()), part.size() * sizeof(T)});
    }
  };
  write_file_in_parts(path, [&](const Put& put) {
    if (name.ends_with(".gz"))
      gzip_in_parts(produce, put);
    else
      produce(put);
  });
}

bool fits_int16(float v) {
  return v >= -32768 && v <= 32767 && v == std::floor(v);
}

}  // namespace

void write_nifti(const std::filesystem::path& path, const Volume& image) {
  if (!std::all_of(image.values.begin(), image.values.end(), fits_int16))
    return write_voxels<float>(path, image.grid, 16, image.values.size(),
                               [&](std::size_t i) { return image.values[i]; });
  write_voxels<std::int16_t>(path, image.grid, 4, image.values.size(),
                             [&](std::size_t i) { return static_cast<std::int16_t>(image.values[i]); });
}

void write_nifti(const std::filesystem::path& path, const Mask& mask) {
  write_voxels<std::uint8_t>(path, mask.grid, 2, mask.values.size(), [&](std::size_t i) { return mask.values[i]; });
}

}  // namespace radfuse
