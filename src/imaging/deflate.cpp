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
constexpr int kLevel = 6;

std::string compress(std::string_view bytes, int window_bits) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw Error(ExitCode::bug, "zlib does not start");
  std::string out;
  std::vector<char> block(kBlock);
  int rc = Z_OK;
  do {
    const std::size_t take = std::min(bytes.size(), kBlock);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write there
    stream.avail_in = static_cast<uInt>(take);
    bytes.remove_prefix(take);
    const int flush = bytes.empty() ? Z_FINISH : Z_NO_FLUSH;
    do {
      stream.next_out = reinterpret_cast<Bytef*>(block.data());
      stream.avail_out = static_cast<uInt>(block.size());
      rc = deflate(&stream, flush);
      out.append(block.data(), block.size() - stream.avail_out);
    } while (stream.avail_out == 0);
  } while (rc != Z_STREAM_END);
  deflateEnd(&stream);
  return out;
}

}  // namespace

std::string gzip(std::string_view bytes) {
  return compress(bytes, 15 + 16);
}
std::string zlib(std::string_view bytes) {
  return compress(bytes, 15);
}

}  // namespace radfuse
