// SPDX-License-Identifier: Apache-2.0
// JPEG 2000 code streams (ITU-T T.800): the SIZ marker is checked here, the rest is OpenJPEG's, in strict mode.
#include "jpeg2000.hpp"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint32_t number_at(Bytes bytes, std::size_t place, int count) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | bytes[place + static_cast<std::size_t>(i)];
  return value;
}

[[noreturn]] void damaged(const std::string& what) {
  throw InputError("its JPEG 2000 stream " + what);
}

/// SIZ (A.5.1): the image's and the tiles' corners, then three bytes for each component.
void check_size(Bytes stream, const StoredPixels& pixels) {
  constexpr std::size_t kFixed = 42;  // SOC, SIZ and its fields before those of the components
  constexpr std::uint64_t kMostTiles = 4096;
  const auto samples = static_cast<std::size_t>(pixels.samples);
  if (stream.size() < kFixed + 3 * samples || number_at(stream, 0, 4) != 0xFF4FFF51) damaged("is damaged");
  if ((number_at(stream, 6, 2) & 0x4000) != 0)
    damaged("is High-Throughput JPEG 2000 (HTJ2K), which is not read: convert it with another tool");
  const auto right = number_at(stream, 8, 4), bottom = number_at(stream, 12, 4), left = number_at(stream, 16, 4),
             top = number_at(stream, 20, 4), tile_x = number_at(stream, 24, 4), tile_y = number_at(stream, 28, 4);
  if (number_at(stream, 40, 2) != samples || left > right || top > bottom || right - left != pixels.columns ||
      bottom - top != pixels.rows)
    damaged("has another size or number of components than its DICOM header");
  if (tile_x == 0 || tile_y == 0 ||
      (std::uint64_t{right} / tile_x + 1) * (std::uint64_t{bottom} / tile_y + 1) > kMostTiles ||
      number_at(stream, 32, 4) > left || number_at(stream, 36, 4) > top)
    damaged("has an impossible number of tiles");
  for (std::size_t c = 0; c < samples; ++c) {
    const int precision = (stream[kFixed + 3 * c] & 0x7F) + 1;
    if (precision > pixels.allocated) damaged("has " + std::to_string(precision) + " bits, more than its DICOM header");
    if (stream[kFixed + 3 * c + 1] != 1 || stream[kFixed + 3 * c + 2] != 1) damaged("has subsampled components");
  }
}

std::size_t tiles_along(std::uint32_t end, std::uint32_t start, std::uint32_t tile) {
  return start >= end ? 0 : (std::size_t{end} - start + tile - 1) / tile;
}

/// Each tile must have a part in the stream (A.4.2): OpenJPEG leaves tiles that are missing at 0 without a word.
void check_tiles(Bytes stream) {
  const std::size_t needed = tiles_along(number_at(stream, 8, 4), number_at(stream, 32, 4), number_at(stream, 24, 4)) *
                             tiles_along(number_at(stream, 12, 4), number_at(stream, 36, 4), number_at(stream, 28, 4));
  std::vector<bool> seen(needed, false);
  std::size_t place = 2;
  while (place + 4 <= stream.size() && number_at(stream, place, 2) != 0xFF90)  // main header, up to the first SOT
    place += 2 + std::max<std::size_t>(number_at(stream, place + 2, 2), 2);
  while (place + 12 <= stream.size() && number_at(stream, place, 2) == 0xFF90) {
    const std::size_t tile = number_at(stream, place + 4, 2), length = number_at(stream, place + 6, 4);
    if (tile >= needed || (length != 0 && length < 14) || length > stream.size() - place)
      damaged("is damaged or truncated");
    seen[tile] = true;
    if (length == 0) break;  // the last part reaches to the end
    place += length;
  }
  if (std::find(seen.begin(), seen.end(), false) != seen.end()) damaged("is damaged or truncated");
}

struct Memory {
  Bytes bytes;
  std::size_t place = 0;
};

OPJ_SIZE_T read_bytes(void* to, OPJ_SIZE_T size, void* data) {
  auto& memory = *static_cast<Memory*>(data);
  const std::size_t count = std::min<std::size_t>(size, memory.bytes.size() - memory.place);
  if (count == 0) return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(to, memory.bytes.data() + memory.place, count);
  memory.place += count;
  return count;
}
OPJ_OFF_T skip_bytes(OPJ_OFF_T size, void* data) {
  auto& memory = *static_cast<Memory*>(data);
  const auto left = static_cast<OPJ_OFF_T>(memory.bytes.size() - memory.place);
  const OPJ_OFF_T count = std::clamp<OPJ_OFF_T>(size, 0, left);
  memory.place += static_cast<std::size_t>(count);
  return count;
}
OPJ_BOOL seek_bytes(OPJ_OFF_T place, void* data) {
  auto& memory = *static_cast<Memory*>(data);
  if (place < 0 || static_cast<std::size_t>(place) > memory.bytes.size()) return OPJ_FALSE;
  memory.place = static_cast<std::size_t>(place);
  return OPJ_TRUE;
}

using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;
using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;

Stream stream_over(Memory& memory) {
  Stream stream(opj_stream_default_create(OPJ_TRUE), &opj_stream_destroy);
  if (!stream) throw InputError("not enough memory for its JPEG 2000 stream");
  opj_stream_set_user_data(stream.get(), &memory, nullptr);
  opj_stream_set_user_data_length(stream.get(), memory.bytes.size());
  opj_stream_set_read_function(stream.get(), read_bytes);
  opj_stream_set_skip_function(stream.get(), skip_bytes);
  opj_stream_set_seek_function(stream.get(), seek_bytes);
  return stream;
}

Image decode(Memory& memory) {
  const Stream stream = stream_over(memory);
  const Codec codec(opj_create_decompress(OPJ_CODEC_J2K), &opj_destroy_codec);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t* made = nullptr;
  bool good =
      codec && opj_setup_decoder(codec.get(), &parameters) && opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE);
  good = good && opj_read_header(stream.get(), codec.get(), &made);
  Image image(made, &opj_image_destroy);
  good = good && opj_decode(codec.get(), stream.get(), image.get()) && opj_end_decompress(codec.get(), stream.get());
  if (!good) damaged("is damaged or truncated");
  return image;
}

}  // namespace

void decode_jpeg2000(Bytes bytes, StoredPixels& pixels) {
  check_size(bytes, pixels);
  check_tiles(bytes);
  Memory memory{bytes};
  const Image image = decode(memory);
  const auto samples = static_cast<std::size_t>(pixels.samples);
  const auto count = static_cast<std::size_t>(pixels.rows * pixels.columns);
  if (image->numcomps != samples) damaged("is damaged");
  for (std::size_t c = 0; c < samples; ++c)
    if (image->comps[c].data == nullptr || std::size_t{image->comps[c].w} * image->comps[c].h != count)
      damaged("is damaged");
  pixels.words.resize(count * samples);
  for (std::size_t c = 0; c < samples; ++c)
    for (std::size_t i = 0; i < count; ++i)
      pixels.words[i * samples + c] = static_cast<std::uint16_t>(image->comps[c].data[i]);
  if (samples == 3 && pixels.photometric.starts_with("YBR_") && pixels.photometric != "YBR_FULL")
    pixels.photometric = "RGB";  // OpenJPEG undoes the transform of the stream (RCT or ICT)
}

}  // namespace radfuse::dicom
