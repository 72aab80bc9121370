// SPDX-License-Identifier: Apache-2.0
// JPEG (ITU-T T.81): its segments are walked to the end first, so that a truncated file is named as such and no size
// is believed that the file is too short to fill; then libjpeg decodes.
#include "jpeg.hpp"

#include <array>
#include <csetjmp>
#include <cstdio>

// libjpeg's headers need size_t and FILE before them.
#include <jpeglib.h>

#include <jerror.h>

#include "header.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

constexpr std::uint64_t kMostPixels = 1024;  // for each byte: two bits for an 8x8 block, with subsampled colour
constexpr std::string_view kSaveAs8 = "; save it as 8-bit grey or colour";

/// Frame markers (T.81, table B.1) without the three others that share their numbers.
bool is_frame(int marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

void check_segments(std::string_view file) {
  if (!file.starts_with("\xFF\xD8\xFF")) throw InputError("is not a JPEG file");
  const ByteView bytes(file, true);
  std::uint64_t at = 2;
  bool framed = false;
  while (true) {
    if (bytes.u8(at) != 0xFF) throw InputError("is damaged: a marker is missing at byte " + std::to_string(at));
    const int marker = bytes.u8(at + 1);
    if (marker == 0xFF) {  // padding
      ++at;
      continue;
    }
    if (marker == 0xDA) break;
    if (marker == 0xD9 || marker == 0x00 || marker == 0xD8) throw InputError("is damaged: it has no image data");
    const std::uint64_t length = bytes.u16(at + 2);
    if (is_frame(marker)) {
      if (framed) throw InputError("is damaged: it has two frame headers");
      framed = true;
      const std::int64_t height = bytes.u16(at + 5), width = bytes.u16(at + 7);
      const std::int64_t pixels = checked_product(std::array{width, height});
      const int channels = bytes.u8(at + 9);
      if (bytes.u8(at + 4) != 8)
        throw InputError("has " + std::to_string(bytes.u8(at + 4)) + " bits a pixel" + std::string(kSaveAs8));
      if (channels != 1 && channels != 3)
        throw InputError("has " + std::to_string(channels) + " colour channels" + std::string(kSaveAs8));
      if (marker != 0xC0 && marker != 0xC1 && marker != 0xC2)
        throw InputError("uses a rare kind of JPEG" + std::string(kSaveAs8));
      if (static_cast<std::uint64_t>(pixels) > kMostPixels * file.size())
        throw InputError("is damaged: it promises " + std::to_string(width) + "x" + std::to_string(height) +
                         " pixels, more than its " + std::to_string(file.size()) + " bytes can hold");
    }
    at += 2 + length;
  }
  if (!framed) throw InputError("is damaged: it has no frame header");
  // Inside the data 0xFF is followed by 0x00 or a restart marker, so the end marker cannot occur by chance.
  if (file.find("\xFF\xD9", at) == std::string_view::npos)
    throw InputError("truncated: the end marker is missing; copy the file again from its source");
}

/// libjpeg leaves a function by longjmp when it fails, so every call to it stands in a method without objects that need
/// destruction.
class Decoder {
 public:
  explicit Decoder(std::string_view file) : file_(file) {
    state_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = &fail;
    errors_.manager.emit_message = &warn;
    state_.client_data = this;
  }
  ~Decoder() { jpeg_destroy_decompress(&state_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool read_header() {
    if (setjmp(errors_.back) != 0) return false;
    jpeg_create_decompress(&state_);
    jpeg_mem_src(&state_, reinterpret_cast<const unsigned char*>(file_.data()), file_.size());
    jpeg_read_header(&state_, TRUE);
    state_.out_color_space = state_.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
    return true;
  }
  /// `out` has width * height * channels places.
  bool read_pixels(unsigned char* out) {
    if (setjmp(errors_.back) != 0) return false;
    jpeg_start_decompress(&state_);
    const std::size_t row = std::size_t{state_.output_width} * static_cast<std::size_t>(state_.output_components);
    while (state_.output_scanline < state_.output_height) {
      JSAMPROW line = out + row * state_.output_scanline;
      jpeg_read_scanlines(&state_, &line, 1);
    }
    jpeg_finish_decompress(&state_);
    return !errors_.warned;
  }
  const jpeg_decompress_struct& state() const { return state_; }
  [[noreturn]] void refuse() const {
    throw InputError("is damaged: " + std::string(errors_.reason.data()) + "; copy the file again from its source");
  }

 private:
  struct Errors {
    jpeg_error_mgr manager;
    std::jmp_buf back;
    bool warned = false;
    std::array<char, JMSG_LENGTH_MAX> reason{};
  };
  static Errors& errors_of(j_common_ptr state) { return static_cast<Decoder*>(state->client_data)->errors_; }
  static void fail(j_common_ptr state) {
    Errors& errors = errors_of(state);
    errors.manager.format_message(state, errors.reason.data());
    std::longjmp(errors.back, 1);
  }
  /// Warnings (level -1) mean invented pixels, but for stray bytes between segments.
  static void warn(j_common_ptr state, int level) {
    Errors& errors = errors_of(state);
    if (level >= 0 || errors.manager.msg_code == JWRN_EXTRANEOUS_DATA || errors.warned) return;
    errors.warned = true;
    errors.manager.format_message(state, errors.reason.data());
  }

  std::string_view file_;
  jpeg_decompress_struct state_{};
  Errors errors_;
};

}  // namespace

RawImage read_jpeg(std::string_view file, Part part) {
  check_segments(file);
  Decoder decoder(file);
  if (!decoder.read_header()) decoder.refuse();
  RawImage raw;
  raw.grid.size = {decoder.state().image_width, decoder.state().image_height, 1};
  checked_product(raw.grid.size);
  raw.channels = decoder.state().num_components;
  raw.component = Component::u8;
  if (raw.channels != 1 && raw.channels != 3) throw InputError("is damaged: its channels contradict each other");
  if (part == Part::header) return raw;
  raw.bytes.resize(raw.grid.count() * static_cast<std::size_t>(raw.channels));
  if (!decoder.read_pixels(reinterpret_cast<unsigned char*>(raw.bytes.data()))) decoder.refuse();
  return raw;
}

}  // namespace radfuse
