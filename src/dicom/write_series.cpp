// SPDX-License-Identifier: Apache-2.0
// CT and MR Image Storage, one file a slice (DICOM PS3.3, A.3 and A.4), everything in it fixed or derived from the
// input.
#include "radfuse/dicom/write_series.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"
#include "write_common.hpp"

namespace radfuse::dicom {
namespace {

/// How voxels become stored words, and what says so.
struct Storing {
  int intercept;
  bool is_signed;
  double low, high;  ///< values that fit
  const char* type;  ///< RescaleType; none: the file has no slope and intercept
};
constexpr Storing kHounsfield = {-1024, true, -31744, 31743, "HU"};
constexpr Storing kMagnitude = {0, false, 0, 65535, nullptr};

void put_ct(DcmDataset& data, const SeriesText& text) {
  put_series(data, text, UID_CTImageStorage, "CT", "series");
  put(data, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
  put(data, DCM_KVP, decimal(text.kvp));
  put(data, DCM_ConvolutionKernel, text.kernel);
}

void put_mr(DcmDataset& data, const SeriesText& text, const MrText& mr) {
  put_series(data, text, UID_MRImageStorage, "MR", "series");
  put(data, DCM_ImageType, "ORIGINAL\\PRIMARY\\M");
  put(data, DCM_ScanningSequence, "SE");
  put(data, DCM_SequenceVariant, "NONE");
  put(data, DCM_ScanOptions, "");
  put(data, DCM_MRAcquisitionType, "2D");
  put(data, DCM_MagneticFieldStrength, decimal(mr.field_strength_t));
  put(data, DCM_EchoTime, decimal(mr.echo_time_ms));
  put(data, DCM_RepetitionTime, decimal(mr.repetition_time_ms));
  put(data, DCM_FlipAngle, decimal(mr.flip_angle_deg));
  put(data, DCM_EchoTrainLength, "1");
}

void put_geometry(DcmDataset& data, const Grid& grid, std::int64_t z) {
  const auto& d = grid.direction;
  const std::array<double, 3> place = grid.point(0, 0, static_cast<double>(z));
  put(data, DCM_SliceThickness, decimal(grid.spacing[2]));
  put(data, DCM_InstanceNumber, std::to_string(z + 1));
  put(data, DCM_ImagePositionPatient, decimals(place));
  put(data, DCM_ImageOrientationPatient, decimals(std::array{d[0], d[3], d[6], d[1], d[4], d[7]}));
  put(data, DCM_PixelSpacing, decimals(std::array{grid.spacing[1], grid.spacing[0]}));
}

void put_pixels(DcmDataset& data, const Volume& image, std::int64_t z, const Storing& storing) {
  const Grid& grid = image.grid;
  put_pixel_format(
      data,
      {.columns = grid.size[0], .rows = grid.size[1], .allocated = 16, .bits = 16, .is_signed = storing.is_signed});
  if (storing.type != nullptr) {
    put(data, DCM_RescaleIntercept, std::to_string(storing.intercept));
    put(data, DCM_RescaleSlope, "1");
    put(data, DCM_RescaleType, storing.type);
  }
  std::vector<Uint16> words(static_cast<std::size_t>(grid.size[0] * grid.size[1]));
  const std::size_t start = grid.index(0, 0, z);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const float value = image.values[start + i];
    if (!(value >= storing.low && value <= storing.high && value == std::floor(value)))
      throw Error(ExitCode::bug,
                  "a DICOM series needs whole numbers from " + decimal(storing.low) + " to " + decimal(storing.high));
    words[i] = static_cast<Uint16>(static_cast<int>(value) - storing.intercept);
  }
  if (data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()).bad())
    throw Error(ExitCode::bug, "DICOM pixels cannot be set");
}

void require_right_handed(const Grid& grid) {
  const auto& d = grid.direction;
  const double determinant =
      d[0] * (d[4] * d[8] - d[5] * d[7]) - d[1] * (d[3] * d[8] - d[5] * d[6]) + d[2] * (d[3] * d[7] - d[4] * d[6]);
  if (determinant < 0) throw Error(ExitCode::bug, "a DICOM series needs a right-handed grid");
}

std::string file_name(std::int64_t z) {
  const std::string number = std::to_string(z + 1);
  return "slice_" + std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number + ".dcm";
}

std::string instance_uid(const SeriesText& text, std::int64_t z) {
  return derived_uid(text.uid_name + "/slice/" + std::to_string(z + 1));
}

template <class PutModality>
void write_series(const std::filesystem::path& folder, const Volume& image, const SeriesText& text,
                  const Storing& storing, PutModality&& put_modality) {
  start_dcmtk();
  require_right_handed(image.grid);
  for (std::int64_t z = 0; z < image.grid.size[2]; ++z) {
    DcmFileFormat file;
    DcmDataset& data = *file.getDataset();
    put_modality(data);
    put(data, DCM_SOPInstanceUID, instance_uid(text, z));
    put_geometry(data, image.grid, z);
    put_pixels(data, image, z, storing);
    save(file, folder / file_name(z), EXS_LittleEndianExplicit);
  }
}

}  // namespace

std::string derived_uid(std::string_view name) {
  const std::string hex = sha256(name);
  std::array<unsigned, 16> bytes{};
  for (std::size_t i = 0; i < 16; ++i) std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, bytes[i], 16);
  bytes[6] = (bytes[6] & 0x0F) | 0x50;  // version 5: derived from a name
  bytes[8] = (bytes[8] & 0x3F) | 0x80;  // the variant of RFC 4122
  std::string digits;
  bool rest = true;
  while (rest) {  // long division by ten, most significant byte first
    unsigned remainder = 0;
    rest = false;
    for (unsigned& byte : bytes) {
      const unsigned value = remainder * 256 + byte;
      byte = value / 10;
      remainder = value % 10;
      rest = rest || byte != 0;
    }
    digits.insert(digits.begin(), static_cast<char>('0' + remainder));
  }
  return "2.25." + digits;
}

void write_ct_series(const std::filesystem::path& folder, const Volume& image, const SeriesText& text) {
  write_series(folder, image, text, kHounsfield, [&](DcmDataset& data) { put_ct(data, text); });
}

void write_mr_series(const std::filesystem::path& folder, const Volume& image, const SeriesText& text,
                     const MrText& mr) {
  write_series(folder, image, text, kMagnitude, [&](DcmDataset& data) { put_mr(data, text, mr); });
}

ReferenceFrame written_frame(const Grid& grid, const SeriesText& text, std::string_view modality) {
  ReferenceFrame frame;
  frame.grid = grid;
  frame.frame_of_reference = derived_uid(text.uid_name + "/frame");
  for (std::int64_t z = 0; z < grid.size[2]; ++z) frame.instances.push_back(instance_uid(text, z));
  frame.series = derived_uid(text.uid_name + "/series");
  frame.sop_class = modality == "CT"   ? UID_CTImageStorage
                    : modality == "MR" ? UID_MRImageStorage
                                       : UID_PositronEmissionTomographyImageStorage;
  return frame;
}

}  // namespace radfuse::dicom
