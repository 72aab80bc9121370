// SPDX-License-Identifier: Apache-2.0
// JPEG and JPEG-LS through DCMTK, JPEG 2000 through OpenJPEG, RLE here.
#include "codecs.hpp"

#include <algorithm>

#include "fragments.hpp"
#include "jpeg2000.hpp"
#include "jpeg_header.hpp"
#include "radfuse/base/error.hpp"
#include "rle.hpp"

namespace radfuse::dicom {
namespace {

bool is_jpeg(E_TransferSyntax syntax) {
  return (syntax >= EXS_JPEGProcess1 && syntax <= EXS_JPEGProcess14SV1) || syntax == EXS_JPEGLSLossless ||
         syntax == EXS_JPEGLSLossy;
}

bool is_jpeg2000(E_TransferSyntax syntax) {
  return syntax == EXS_JPEG2000LosslessOnly || syntax == EXS_JPEG2000;
}

DcmPixelSequence& sequence_of(DcmPixelData& element, E_TransferSyntax syntax) {
  DcmPixelSequence* sequence = nullptr;
  if (element.getEncapsulatedRepresentation(syntax, nullptr, sequence).bad() || sequence == nullptr)
    throw InputError("its pixels are not compressed as its transfer syntax says");
  return *sequence;
}

std::string size_text(std::int64_t columns, std::int64_t rows, int samples, int bits) {
  return std::to_string(columns) + "x" + std::to_string(rows) + "x" + std::to_string(samples) + " values of " +
         std::to_string(bits) + " bits";
}

JpegHeader checked_header(std::span<const std::uint8_t> stream, const StoredPixels& pixels) {
  const auto header = jpeg_header(stream);
  if (!header) throw InputError("its JPEG stream is damaged");
  if (header->width != pixels.columns || header->height != pixels.rows || header->components != pixels.samples ||
      header->precision < 2 || header->precision > pixels.allocated)
    throw InputError(
        "its JPEG stream has " + size_text(header->width, header->height, header->components, header->precision) +
        " where the DICOM header promises " + size_text(pixels.columns, pixels.rows, pixels.samples, pixels.bits));
  return *header;
}

/// Colour models of three components. A header that says RGB of a stream that cannot be RGB is a known fault of old
/// ultrasound machines.
std::string colour_model(const std::string& decoded, const JpegHeader& header) {
  const bool really_ybr = header.subsampled || (header.has_jfif && !header.is_adobe_rgb);
  return decoded == "RGB" && really_ybr ? "YBR_FULL" : decoded;
}

void decode_with_dcmtk(DcmDataset& data, DcmPixelData& element, std::int64_t frame, const FragmentRange& range,
                       const JpegHeader& header, StoredPixels& pixels) {
  const std::size_t count = static_cast<std::size_t>(pixels.rows * pixels.columns * pixels.samples);
  // DCMTK asks for room for what the header promises; of a 16-bit image with 8-bit JPEG it fills half.
  std::vector<std::uint16_t> buffer((count * static_cast<std::size_t>(pixels.allocated / 8) + 1) / 2);
  const std::string before = pixels.photometric;
  OFString model;
  auto start = static_cast<Uint32>(range.first);
  const OFCondition done =
      element.getUncompressedFrame(&data, static_cast<Uint32>(frame), start, buffer.data(),
                                   static_cast<Uint32>(buffer.size() * sizeof(std::uint16_t)), model);
  if (done.bad()) throw InputError(std::string("its compressed pixels cannot be decoded: ") + done.text());
  const bool is_ls = data.getOriginalXfer() == EXS_JPEGLSLossless || data.getOriginalXfer() == EXS_JPEGLSLossy;
  if (is_ls ? pixels.allocated == 8 : header.precision <= 8) {
    const auto* bytes = reinterpret_cast<const Uint8*>(buffer.data());
    pixels.words.assign(bytes, bytes + count);
  } else {
    pixels.words = std::move(buffer);
  }
  if (pixels.samples == 3) {
    // Converted by the decoder because the header said YBR: then RGB is right.
    const std::string decoded(model.c_str());
    pixels.photometric = decoded == before ? colour_model(decoded, header) : decoded;
  }
}

}  // namespace

bool decode_compressed(DcmDataset& data, DcmPixelData& element, std::int64_t frame, StoredPixels& pixels) {
  const E_TransferSyntax syntax = data.getOriginalXfer();
  if (!is_jpeg(syntax) && !is_jpeg2000(syntax) && syntax != EXS_RLELossless)
    throw InputError(std::string("its compression (") + DcmXfer(syntax).getXferName() +
                     ") is not read; native, deflated, RLE, JPEG, JPEG-LS and JPEG 2000 are: convert it with another "
                     "tool");
  DcmPixelSequence& sequence = sequence_of(element, syntax);
  const FragmentRange range = fragments_of(sequence, frame, frame_count(data));
  const std::vector<std::uint8_t> stream = bytes_of(sequence, range);
  if (syntax == EXS_RLELossless) {
    decode_rle(stream, pixels);
    return false;
  }
  if (is_jpeg2000(syntax)) {
    decode_jpeg2000(stream, pixels);
    return false;
  }
  decode_with_dcmtk(data, element, frame, range, checked_header(stream, pixels), pixels);
  return whole_of(data, DCM_PlanarConfiguration).value_or(0) == 1;
}

}  // namespace radfuse::dicom
