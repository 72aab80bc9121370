// SPDX-License-Identifier: Apache-2.0
// zlib's deflate in one call per megabyte, so that any length goes through its 32-bit counters.
#include "deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <vector>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kBlock = 1 << 20;

class Deflater {
 public:
  Deflater(int level, int window_bits, const Put& put) : put_(put) {
    if (deflateInit2(&stream_, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
      throw Error(ExitCode::bug, "zlib does not start");
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  void add(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t take = std::min(bytes.size(), kBlock);
      step(bytes.substr(0, take), Z_NO_FLUSH);
      bytes.remove_prefix(take);
    }
  }
  void finish() { step({}, Z_FINISH); }

 private:
  void step(std::string_view bytes, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write there
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(block_.data());
      stream_.avail_out = static_cast<uInt>(block_.size());
      deflate(&stream_, flush);
      put_({block_.data(), block_.size() - stream_.avail_out});
    } while (stream_.avail_out == 0);
  }

  const Put& put_;
  z_stream stream_{};
  std::vector<char> block_ = std::vector<char>(kBlock);
};

// Voxels are noise to zlib beyond what level 1 finds: the higher levels take three times as long for a few percent.
constexpr int kVoxelLevel = 1;
constexpr int kPictureLevel = 6;

}  // namespace

void gzip_in_parts(const std::function<void(const Put& put)>& produce, const Put& put) {
  Deflater deflater(kVoxelLevel, 15 + 16, put);
  produce([&](std::string_view bytes) { deflater.add(bytes); });
  deflater.finish();
}

std::string zlib(std::string_view bytes) {
  std::string out;
  const Put put = [&](std::string_view part) { out += part; };
  Deflater deflater(kPictureLevel, 15, put);
  deflater.add(bytes);
  deflater.finish();
  return out;
}

}  // namespace radfuse
