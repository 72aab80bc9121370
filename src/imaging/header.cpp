// SPDX-License-Identifier: Apache-2.0
// What the header checks share: sizes, spacing, inflated lengths, numbers at a place in the file.
#include "header.hpp"

#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <memory>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/imaging/read.hpp"

namespace radfuse {
namespace {

// Beyond the promised bytes a stream may carry padding; more than this is not worth inflating to see its checksum.
constexpr std::uint64_t kMostPadding = 1 << 20;
constexpr std::size_t kBlock = 1 << 18;

std::ifstream open_at(const std::filesystem::path& path, std::uint64_t offset) {
  std::ifstream in(path, std::ios::binary);
  if (!in || !in.seekg(static_cast<std::streamoff>(offset))) throw InputError("cannot be read");
  return in;
}

/// Length modulo 2^32 of the last member of a gzip file.
std::uint32_t gzip_trailer(const std::filesystem::path& path) {
  const std::uint64_t length = file_bytes(path);
  if (length < 18) truncated(18, length);  // the shortest gzip member: header, one block, checksum, length
  std::ifstream in = open_at(path, length - 4);
  char four[4] = {};
  in.read(four, 4);
  return ByteView(std::string_view(four, 4), false).u32(0);
}

/// A zlib or gzip stream; members may follow one another.
class Inflater {
 public:
  Inflater(const std::filesystem::path& path, std::uint64_t offset) : in_(open_at(path, offset)) {
    if (inflateInit2(&stream_, 15 + 32) != Z_OK) throw Error(ExitCode::bug, "zlib does not start");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Fills `out` as far as the stream goes; returns the bytes written.
  std::size_t read(std::span<char> out) {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out > 0 && !ended_) step();
    return out.size() - stream_.avail_out;
  }
  /// The file ended within the stream, so that its checksum was never compared.
  bool is_cut_short() const { return cut_short_; }

 private:
  void step() {
    if (stream_.avail_in == 0) refill();
    if (stream_.avail_in == 0) {
      ended_ = cut_short_ = true;  // the file ends before the stream does; the caller counts what came
      return;
    }
    const int rc = inflate(&stream_, Z_NO_FLUSH);
    if (rc == Z_STREAM_END) {
      if (stream_.avail_in == 0) refill();
      const bool another = stream_.avail_in > 1 && stream_.next_in[0] == 0x1f && stream_.next_in[1] == 0x8b;
      if (!another || inflateReset(&stream_) != Z_OK) ended_ = true;
    } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
      throw InputError("damaged: the compressed voxels do not inflate (" +
                       std::string(stream_.msg != nullptr ? stream_.msg : "zlib gives no reason") +
                       "); copy the file again from its source");
    }
  }
  void refill() {
    in_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_in = static_cast<uInt>(in_.gcount());
  }

  std::ifstream in_;
  std::vector<char> buffer_ = std::vector<char>(1 << 16);
  z_stream stream_{};
  bool ended_ = false, cut_short_ = false;
};

}  // namespace

void truncated(std::uint64_t promised, std::uint64_t found) {
  throw InputError("truncated: the header promises " + std::to_string(promised) + " bytes, the file has " +
                   std::to_string(found) + "; copy the file again from its source");
}

std::int64_t checked_product(std::span<const std::int64_t> sizes) {
  std::int64_t product = 1;
  for (const std::int64_t size : sizes) {
    if (size <= 0) throw InputError("the header says that the image is " + std::to_string(size) + " voxels wide");
    if (size > kMaxVoxels / product)
      throw InputError("the header promises more than " + std::to_string(kMaxVoxels) + " voxels, the limit");
    product *= size;
  }
  return product;
}

void require_spacing(double spacing, std::string_view what) {
  if (!(std::isfinite(spacing) && spacing >= kLeastSpacing && spacing <= kMostSpacing))
    throw InputError(std::string(what) + " is " +
                     (std::isfinite(spacing) ? text::from_double(spacing) : "not a number") +
                     "; voxel spacing must lie between 0.001 and 100 mm");
}

Grid with_spacing(Grid grid, const std::vector<double>& spacing_mm) {
  grid.spacing = {1, 1, 1};
  if (spacing_mm.size() > 3) throw StudyError("spacing_mm has more than three numbers");
  for (std::size_t a = 0; a < 3; ++a) {
    if (spacing_mm.size() == 1)
      grid.spacing[a] = spacing_mm[0];
    else if (a < spacing_mm.size())
      grid.spacing[a] = spacing_mm[a];
    if (!(grid.spacing[a] >= kLeastSpacing && grid.spacing[a] <= kMostSpacing))
      throw StudyError("spacing_mm must lie between 0.001 and 100 mm");
  }
  return grid;
}

std::uint64_t file_bytes(const std::filesystem::path& path) {
  std::error_code problem;
  const std::uint64_t length = std::filesystem::file_size(path, problem);
  if (problem) throw InputError("cannot be read: " + problem.message());
  return length;
}

std::string read_start(const std::filesystem::path& path, std::size_t count) {
  std::ifstream in = open_at(path, 0);
  std::string bytes(count, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

std::string inflate_start(const std::filesystem::path& path, std::size_t count) {
  std::string bytes(count, '\0');
  bytes.resize(Inflater(path, 0).read(bytes));
  return bytes;
}

void require_inflated(const std::filesystem::path& path, std::uint64_t offset, std::uint64_t promised, Depth depth,
                      const Visit& visit) {
  if (depth == Depth::header && gzip_trailer(path) == static_cast<std::uint32_t>(promised)) return;
  Inflater inflater(path, offset);
  std::vector<char> buffer(kBlock);
  std::uint64_t found = 0;
  while (found < promised + kMostPadding) {
    const std::size_t got = inflater.read(buffer);
    if (visit) visit(std::span<const char>(buffer).first(got), found);
    found += got;
    if (got < buffer.size()) break;
  }
  if (found < promised) truncated(promised, found);
  if (inflater.is_cut_short())
    throw InputError("truncated: the compressed voxels end before their checksum; copy the file again from its source");
}

void visit_plain(const std::filesystem::path& path, const Visit& visit) {
  std::ifstream in = open_at(path, 0);
  std::vector<char> buffer(kBlock);
  std::uint64_t found = 0;
  do {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    visit(std::span<const char>(buffer).first(static_cast<std::size_t>(in.gcount())), found);
    found += static_cast<std::uint64_t>(in.gcount());
  } while (in);
}

std::uint64_t ByteView::number(std::uint64_t at, std::uint64_t width) const {
  if (at > bytes_.size() || width > bytes_.size() - at) truncated(at + width, bytes_.size());
  std::uint64_t value = 0;
  for (std::uint64_t i = 0; i < width; ++i) {
    const auto byte = static_cast<unsigned char>(bytes_[static_cast<std::size_t>(at + i)]);
    value |= static_cast<std::uint64_t>(byte) << (8 * (big_ ? width - 1 - i : i));
  }
  return value;
}

float ByteView::f32(std::uint64_t at) const {
  return std::bit_cast<float>(u32(at));
}

HeaderFacts check_header(const std::filesystem::path& path, Format format, Depth depth) {
  switch (format) {
    case Format::nifti:
      return check_nifti(path, depth);
    case Format::nrrd:
      return check_nrrd(path, depth);
    case Format::mha:
      return check_mha(path, depth);
    case Format::png:
    case Format::jpeg:
    case Format::tiff:
      break;  // these readers check for themselves
  }
  throw Error(ExitCode::bug, "a format has no header check");
}

}  // namespace radfuse
