// SPDX-License-Identifier: Apache-2.0
// One slice through DCMTK: header attributes, stored values to real values.
#include "slice.hpp"

#include <cmath>
#include <fstream>

#include "acquisition.hpp"
#include "cautions.hpp"
#include "dcmtk.hpp"
#include "pixels.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "scaling.hpp"

namespace radfuse::dicom {
namespace {

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
  const StoredPixels described = describe_pixels(data);
  slice.rows = described.rows;
  slice.columns = described.columns;
  require_plain(data);
  read_place(data, slice);
  slice.acquisition = acquisition_values(data);
  return slice;
}

void read_slice_voxels(const Slice& slice, const DicomParams& params, std::span<float> out,
                       std::vector<std::string>& notes) {
  DcmFileFormat file;
  DcmDataset& data = load(file, slice.path);
  heed_cautions(data, params, notes);
  const StoredPixels pixels = decode_frame(data, 0);
  const Scaling scaling = scaling_of(data, slice.modality, params, notes);
  // The lowest and the highest storable number change places.
  const int turn = pixels.is_signed ? -1 : (1 << pixels.bits) - 1;
  const bool invert = is_inverted(pixels.photometric, slice.modality, params);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int number = number_of(pixels.words[i], pixels.bits, pixels.is_signed);
    out[i] = static_cast<float>((invert ? turn - number : number) * scaling.slope + scaling.intercept);
  }
  for (const float v : out)
    if (!std::isfinite(v))
      throw InputError("its RescaleSlope and RescaleIntercept lead beyond the numbers that can be stored");
}

}  // namespace radfuse::dicom
