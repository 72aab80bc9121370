// SPDX-License-Identifier: Apache-2.0
// One frame of PixelData: read natively, or decoded by the codec that its transfer syntax names.
#include "pixels.hpp"

#include <algorithm>
#include <cmath>

#include "codecs.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;  // 8192 x 8192: larger frames are a damaged header
constexpr std::int64_t kMostFrames = 1000000;

std::size_t word_count(const StoredPixels& pixels) {
  return static_cast<std::size_t>(pixels.rows * pixels.columns * pixels.samples);
}

DcmPixelData& pixel_data(DcmDataset& data) {
  DcmElement* element = nullptr;
  if (data.findAndGetElement(DCM_PixelData, element).bad() || element == nullptr) throw InputError("has no pixels");
  auto* pixels = dynamic_cast<DcmPixelData*>(element);
  if (pixels == nullptr) throw InputError("its pixels cannot be read");
  return *pixels;
}

/// Red plane, green plane, blue plane become red, green, blue, red, ...
void by_pixel(std::vector<std::uint16_t>& words) {
  const std::size_t plane = words.size() / 3;
  std::vector<std::uint16_t> mixed(words.size());
  for (std::size_t i = 0; i < plane; ++i)
    for (std::size_t c = 0; c < 3; ++c) mixed[3 * i + c] = words[c * plane + i];
  words.swap(mixed);
}

/// Uncompressed YBR_FULL_422: Y Y Cb Cr for two neighbours (PS3.3, C.7.6.3.1.2).
void upsample(const std::vector<Uint8>& bytes, std::vector<std::uint16_t>& words) {
  for (std::size_t pair = 0; 4 * pair + 3 < bytes.size(); ++pair)
    for (std::size_t k = 0; k < 2; ++k) {
      words[6 * pair + 3 * k] = bytes[4 * pair + k];
      words[6 * pair + 3 * k + 1] = bytes[4 * pair + 2];
      words[6 * pair + 3 * k + 2] = bytes[4 * pair + 3];
    }
}

int planar_configuration(DcmItem& header) {
  return whole_of(header, DCM_PlanarConfiguration).value_or(0);
}

void read_part(DcmPixelData& element, void* to, std::size_t start, std::size_t bytes) {
  const OFCondition got = element.getPartialValue(to, static_cast<Uint32>(start), static_cast<Uint32>(bytes));
  if (got.bad()) throw InputError(std::string("its pixels cannot be read (a truncated file?): ") + got.text());
}

/// Throws unless the element is as long as its header promises.
void require_bytes(DcmPixelData& element, std::size_t needed) {
  const std::size_t there = element.getLength();
  if (there < needed)
    throw InputError("truncated: " + std::to_string(needed) + " bytes of pixels promised, " + std::to_string(there) +
                     " there");
}

void read_native(DcmDataset& data, DcmPixelData& element, std::int64_t frame, StoredPixels& pixels) {
  const std::size_t count = word_count(pixels);
  const bool halved = pixels.samples == 3 && pixels.photometric.ends_with("_422");
  if (halved && (pixels.allocated != 8 || pixels.columns % 2 != 0))
    throw InputError("has the colour model " + pixels.photometric + " with an odd width or more than 8 bits");
  const std::size_t size = halved ? count / 3 * 2 : count * static_cast<std::size_t>(pixels.allocated / 8);
  const std::size_t start = size * static_cast<std::size_t>(frame);
  require_bytes(element, start + size);
  pixels.words.resize(count);
  if (pixels.allocated == 16) {
    read_part(element, pixels.words.data(), start, size);
  } else {
    std::vector<Uint8> bytes(size);
    read_part(element, bytes.data(), start, size);
    if (halved)
      upsample(bytes, pixels.words);
    else
      std::copy(bytes.begin(), bytes.end(), pixels.words.begin());
  }
  if (halved) pixels.photometric = "YBR_FULL";
  const int shift = whole_of(data, DCM_HighBit).value_or(pixels.bits - 1) + 1 - pixels.bits;
  if (shift != 0)
    for (std::uint16_t& word : pixels.words) word = static_cast<std::uint16_t>(word >> shift);
  if (pixels.samples == 3 && !halved && planar_configuration(data) == 1) by_pixel(pixels.words);
}

void require_lowest_bits(DcmItem& header, int bits) {
  if (whole_of(header, DCM_HighBit).value_or(-1) != bits - 1)
    throw InputError("is compressed, and its values do not fill the lowest bits");
}

}  // namespace

std::int64_t frame_count(DcmItem& header) {
  const auto frames = numbers_of(header, DCM_NumberOfFrames);
  if (frames.empty()) return 1;
  if (!(frames[0] >= 1 && frames[0] <= kMostFrames) || frames[0] != std::floor(frames[0]))
    throw InputError("says that it has an impossible number of frames");
  return static_cast<std::int64_t>(frames[0]);
}

StoredPixels describe_pixels(DcmItem& header) {
  StoredPixels pixels;
  pixels.rows = whole_of(header, DCM_Rows).value_or(0);
  pixels.columns = whole_of(header, DCM_Columns).value_or(0);
  if (pixels.rows < 1 || pixels.columns < 1 || pixels.rows * pixels.columns > kMostPixels)
    throw InputError("says that it has " + std::to_string(pixels.columns) + "x" + std::to_string(pixels.rows) +
                     " pixels");
  pixels.samples = whole_of(header, DCM_SamplesPerPixel).value_or(1);
  if (pixels.samples != 1 && pixels.samples != 3)
    throw InputError("has " + std::to_string(pixels.samples) + " samples in a pixel; 1 (grey) and 3 (colour) are read");
  pixels.allocated = whole_of(header, DCM_BitsAllocated).value_or(0);
  pixels.bits = whole_of(header, DCM_BitsStored).value_or(0);
  const int high = whole_of(header, DCM_HighBit).value_or(pixels.bits - 1);
  if ((pixels.allocated != 8 && pixels.allocated != 16) || pixels.bits < 1 || pixels.bits > pixels.allocated ||
      high < pixels.bits - 1 || high >= pixels.allocated)
    throw InputError("stores " + std::to_string(pixels.bits) + " of " + std::to_string(pixels.allocated) +
                     " bits (highest " + std::to_string(high) + "); 8 or 16 allocated bits are read");
  pixels.is_signed = whole_of(header, DCM_PixelRepresentation).value_or(0) == 1;
  pixels.photometric = code_of(header, DCM_PhotometricInterpretation);
  return pixels;
}

StoredPixels decode_frame(DcmDataset& data, std::int64_t frame) {
  start_dcmtk();
  StoredPixels pixels = describe_pixels(data);
  if (frame < 0 || frame >= frame_count(data)) throw InputError("has no frame " + std::to_string(frame + 1));
  DcmPixelData& element = pixel_data(data);
  const E_TransferSyntax syntax = data.getOriginalXfer();
  if (!DcmXfer(syntax).isEncapsulated()) {
    read_native(data, element, frame, pixels);
    return pixels;
  }
  require_lowest_bits(data, pixels.bits);
  const bool planes = decode_compressed(data, element, frame, pixels);
  if (pixels.samples == 3 && planes) by_pixel(pixels.words);
  return pixels;
}

}  // namespace radfuse::dicom
