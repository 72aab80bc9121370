// SPDX-License-Identifier: Apache-2.0
// Grey PNG files (PNG specification, third edition): one IDAT chunk, each row with the filter that leaves the smallest
// sum of absolute differences (the specification's own advice, section 12.7).
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "deflate.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/imaging/write.hpp"

namespace radfuse {
namespace {

using Row = std::vector<std::uint8_t>;

void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xFF));
}

void put_chunk(std::string& out, const std::string& kind, const std::string& data) {
  const std::string body = kind + data;
  put_u32(out, static_cast<std::uint32_t>(data.size()));
  out += body;
  put_u32(out, static_cast<std::uint32_t>(
                   crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()))));
}

int paeth(int left, int up, int corner) {
  const int estimate = left + up - corner;
  const int to_left = std::abs(estimate - left), to_up = std::abs(estimate - up),
            to_corner = std::abs(estimate - corner);
  if (to_left <= to_up && to_left <= to_corner) return left;
  return to_up <= to_corner ? up : corner;
}

Row filtered(const Row& row, const Row& above, std::size_t pixel_bytes, int filter) {
  Row out(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    const int left = i >= pixel_bytes ? row[i - pixel_bytes] : 0, up = above[i];
    const int corner = i >= pixel_bytes ? above[i - pixel_bytes] : 0;
    const std::array<int, 5> guess{0, left, up, (left + up) / 2, paeth(left, up, corner)};
    out[i] = static_cast<std::uint8_t>(row[i] - guess[static_cast<std::size_t>(filter)]);
  }
  return out;
}

void append_row(std::string& out, const Row& row, const Row& above, std::size_t pixel_bytes) {
  Row best;
  long least = 0;
  char best_filter = 0;
  for (int filter = 0; filter < 5; ++filter) {
    Row candidate = filtered(row, above, pixel_bytes, filter);
    long sum = 0;
    for (const std::uint8_t v : candidate) sum += v < 128 ? v : 256 - v;
    if (filter > 0 && sum >= least) continue;
    least = sum;
    best = std::move(candidate);
    best_filter = static_cast<char>(filter);
  }
  out.push_back(best_filter);
  out.append(best.begin(), best.end());
}

/// Values of `Number` become big-endian bytes.
template <class Number>
void write_grey(const std::filesystem::path& path, std::int64_t width, std::int64_t height,
                std::span<const Number> values) {
  if (width <= 0 || height <= 0 || values.size() != static_cast<std::size_t>(width * height))
    throw Error(ExitCode::bug, path.string() + ": pixels do not fit their width and height");
  constexpr std::size_t kBytes = sizeof(Number);
  const auto columns = static_cast<std::size_t>(width);
  Row above(columns * kBytes, 0), row(columns * kBytes);
  std::string data;
  for (std::size_t y = 0; y < static_cast<std::size_t>(height); ++y) {
    for (std::size_t x = 0; x < columns; ++x)
      for (std::size_t b = 0; b < kBytes; ++b)
        row[x * kBytes + b] = static_cast<std::uint8_t>(values[y * columns + x] >> (8 * (kBytes - 1 - b)) & 0xFF);
    append_row(data, row, above, kBytes);
    std::swap(above, row);
  }
  std::string header;
  put_u32(header, static_cast<std::uint32_t>(width));
  put_u32(header, static_cast<std::uint32_t>(height));
  header += {static_cast<char>(8 * kBytes), 0, 0, 0, 0};  // depth, grey, deflate, adaptive filters, not interlaced
  std::string file = "\x89PNG\r\n\x1a\n";
  put_chunk(file, "IHDR", header);
  put_chunk(file, "IDAT", zlib(data));
  put_chunk(file, "IEND", "");
  write_file(path, file);
}

}  // namespace

void write_png8(const std::filesystem::path& path, std::int64_t width, std::int64_t height,
                std::span<const std::uint8_t> values) {
  write_grey(path, width, height, values);
}

void write_png16(const std::filesystem::path& path, std::int64_t width, std::int64_t height,
                 std::span<const std::uint16_t> values) {
  write_grey(path, width, height, values);
}

}  // namespace radfuse
