// SPDX-License-Identifier: Apache-2.0
// One slice through DCMTK: header attributes, decompression, stored values to real values.
#include "slice.hpp"

#include <cmath>
#include <fstream>

#include "acquisition.hpp"
#include "dcmtk.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;  // 8192 x 8192: larger slices are a damaged header
// Longer values (pixels, private blocks) stay on disk until asked for.
constexpr Uint32 kReadAtOnce = 4096;

DcmDataset& load(DcmFileFormat& file, const std::filesystem::path& path) {
  start_dcmtk();
  const OFCondition read = file.loadFile(path.c_str(), EXS_Unknown, EGL_noChange, kReadAtOnce);
  if (read.bad()) throw InputError(std::string("is damaged: ") + read.text());
  return *file.getDataset();
}

template <std::size_t N>
std::array<double, N> required(DcmItem& item, const DcmTagKey& tag) {
  const std::vector<double> values = numbers_of(item, tag);
  if (values.size() != N)
    throw InputError("has no usable " + std::string(DcmTag(tag).getTagName()) + " (" + std::to_string(values.size()) +
                     " of " + std::to_string(N) + " numbers)");
  std::array<double, N> fixed{};
  std::copy(values.begin(), values.end(), fixed.begin());
  return fixed;
}

void require_plain(DcmItem& item) {
  if (const auto frames = numbers_of(item, DCM_NumberOfFrames); !frames.empty() && frames[0] != 1)
    throw InputError("is a multi-frame image, which is not read yet; convert it to single-frame slices or NIfTI");
  if (whole_of(item, DCM_SamplesPerPixel).value_or(1) != 1)
    throw InputError("is a colour image, which is not read from DICOM");
  if (item.tagExistsWithValue(DCM_ModalityLUTSequence))
    throw InputError("has a modality look-up table, which is not read");
}

void read_place(DcmItem& item, Slice& slice) {
  const auto orientation = required<6>(item, DCM_ImageOrientationPatient);
  for (std::size_t i = 0; i < 3; ++i) {
    slice.row[i] = orientation[i];
    slice.column[i] = orientation[3 + i];
  }
  slice.position = required<3>(item, DCM_ImagePositionPatient);
  const auto spacing = required<2>(item, DCM_PixelSpacing);  // between rows first, then between columns
  slice.spacing = {spacing[1], spacing[0]};
  if (const auto thickness = numbers_of(item, DCM_SliceThickness); thickness.size() == 1)
    slice.thickness = thickness[0];
}

/// How stored bits become numbers.
struct Stored {
  int allocated, bits;
  bool is_signed;
};

Stored stored_of(DcmItem& item) {
  const int allocated = whole_of(item, DCM_BitsAllocated).value_or(0),
            bits = whole_of(item, DCM_BitsStored).value_or(0);
  const int high = whole_of(item, DCM_HighBit).value_or(-1);
  if ((allocated != 8 && allocated != 16) || bits < 1 || bits > allocated || high != bits - 1)
    throw InputError("stores " + std::to_string(bits) + " of " + std::to_string(allocated) + " bits (highest " +
                     std::to_string(high) + "); 8 or 16 allocated bits, filled from the lowest, are read");
  return {allocated, bits, whole_of(item, DCM_PixelRepresentation).value_or(0) == 1};
}

int number_of(unsigned word, const Stored& stored) {
  const unsigned mask = (1U << stored.bits) - 1U;
  const auto value = static_cast<int>(word & mask);
  return stored.is_signed && (value >> (stored.bits - 1) & 1) != 0 ? value - (1 << stored.bits) : value;
}

/// MONOCHROME1 says that low values are shown white. Radiographs mean it (their values are inverted once, here); for CT
/// and PET the rescaled values are Hounsfield units or activity whatever the display.
bool inverted(DcmItem& item, const std::string& modality) {
  return text_of(item, DCM_PhotometricInterpretation) == "MONOCHROME1" && modality != "CT" && modality != "PT";
}

void decompress(DcmDataset& data) {
  const DcmXfer syntax(data.getCurrentXfer());
  const OFCondition done = data.chooseRepresentation(EXS_LittleEndianExplicit, nullptr);
  if (done.good() && data.canWriteXfer(EXS_LittleEndianExplicit)) return;
  throw InputError(std::string("its compression (") + syntax.getXferName() +
                   ") cannot be decoded; native, RLE, JPEG and JPEG-LS are read: convert it with another tool");
}

/// The stored words of the only frame.
template <class Word>
const Word* words_of(DcmDataset& data, std::size_t needed) {
  const Word* words = nullptr;
  unsigned long found = 0;
  OFCondition got;
  if constexpr (sizeof(Word) == 1)
    got = data.findAndGetUint8Array(DCM_PixelData, words, &found);
  else
    got = data.findAndGetUint16Array(DCM_PixelData, words, &found);
  if (got.bad() || words == nullptr) throw InputError(std::string("its pixels cannot be read: ") + got.text());
  if (found < needed)
    throw InputError("truncated: " + std::to_string(needed) + " pixels promised, " + std::to_string(found) + " there");
  return words;
}

}  // namespace

bool is_dicom_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  char start[132] = {};
  in.read(start, sizeof start);
  return in.gcount() == sizeof start && std::string_view(start + 128, 4) == "DICM";
}

std::optional<Slice> read_slice(const std::filesystem::path& path) {
  DcmFileFormat file;
  DcmDataset& data = load(file, path);
  if (!data.tagExists(DCM_Rows) || !data.tagExists(DCM_PixelData)) return std::nullopt;
  Slice slice;
  slice.path = path;
  slice.name = path.filename().string();
  slice.series_uid = text_of(data, DCM_SeriesInstanceUID);
  if (slice.series_uid.empty()) throw InputError("has no SeriesInstanceUID");
  slice.modality = text_of(data, DCM_Modality);
  slice.rows = whole_of(data, DCM_Rows).value_or(0);
  slice.columns = whole_of(data, DCM_Columns).value_or(0);
  if (slice.rows < 1 || slice.columns < 1 || slice.rows * slice.columns > kMostPixels)
    throw InputError("says that it has " + std::to_string(slice.columns) + "x" + std::to_string(slice.rows) +
                     " pixels");
  require_plain(data);
  read_place(data, slice);
  slice.acquisition = acquisition_values(data);
  return slice;
}

void read_slice_voxels(const Slice& slice, std::span<float> out) {
  DcmFileFormat file;
  DcmDataset& data = load(file, slice.path);
  decompress(data);
  const Stored stored = stored_of(data);
  const auto one = [&](const DcmTagKey& tag, double otherwise) {
    const auto values = numbers_of(data, tag);
    return values.empty() ? otherwise : values[0];
  };
  const double slope = one(DCM_RescaleSlope, 1), intercept = one(DCM_RescaleIntercept, 0);
  if (slope == 0) throw InputError("has a RescaleSlope of 0");
  // The lowest and the highest storable number change places.
  const int turn = stored.is_signed ? -1 : (1 << stored.bits) - 1;
  const bool invert = inverted(data, slice.modality);
  const auto fill = [&](const auto* words) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const int number = number_of(words[i], stored);
      out[i] = static_cast<float>((invert ? turn - number : number) * slope + intercept);
    }
  };
  if (stored.allocated == 8)
    fill(words_of<Uint8>(data, out.size()));
  else
    fill(words_of<Uint16>(data, out.size()));
  for (const float v : out)
    if (!std::isfinite(v))
      throw InputError("its RescaleSlope and RescaleIntercept lead beyond the numbers that can be stored");
}

}  // namespace radfuse::dicom
