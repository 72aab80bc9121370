// SPDX-License-Identifier: Apache-2.0
// Digital X-Ray Image Storage (PS3.3, A.26) and Ultrasound Image Storage (A.6), everything fixed or derived.
#include "radfuse/dicom/write_picture.hpp"

#include <cmath>
#include <vector>

#include "radfuse/base/error.hpp"
#include "write_common.hpp"

namespace radfuse::dicom {
namespace {

constexpr int kTwelveBits = 4095;

void put_picture(DcmDataset& data, const SeriesText& text, const char* sop_class, const char* modality) {
  put_series(data, text, sop_class, modality, "series");
  put(data, DCM_SOPInstanceUID, derived_uid(text.uid_name + "/picture"));
  put(data, DCM_InstanceNumber, "1");
  put(data, DCM_BurnedInAnnotation, "NO");
  put(data, DCM_LossyImageCompression, "00");
}

int whole(float value, int most) {
  if (!(value >= 0 && value <= static_cast<float>(most) && value == std::floor(value)))
    throw Error(ExitCode::bug, "a DICOM picture needs whole numbers from 0 to " + std::to_string(most));
  return static_cast<int>(value);
}

void require_one_slice(const Volume& image) {
  if (image.grid.size[2] != 1) throw Error(ExitCode::bug, "a DICOM picture has one slice");
}

void require(const OFCondition& done) {
  if (done.bad()) throw Error(ExitCode::bug, std::string("a DICOM picture cannot be made: ") + done.text());
}

/// Where the tissue lies on the screen, and how large its pixels are.
void put_region(DcmDataset& data, const Grid& tissue) {
  DcmItem& region = append_item(data, DCM_SequenceOfUltrasoundRegions);
  put(region, DCM_RegionSpatialFormat, 1);  // a plane
  put(region, DCM_RegionDataType, 1);       // of tissue
  require(region.putAndInsertUint32(DCM_RegionFlags, 0));
  const auto place = [&](const DcmTagKey& tag, std::int64_t value) {
    require(region.putAndInsertUint32(tag, static_cast<Uint32>(value)));
  };
  place(DCM_RegionLocationMinX0, kUltrasoundMargin);
  place(DCM_RegionLocationMinY0, kUltrasoundMargin);
  place(DCM_RegionLocationMaxX1, kUltrasoundMargin + tissue.size[0] - 1);
  place(DCM_RegionLocationMaxY1, kUltrasoundMargin + tissue.size[1] - 1);
  put(region, DCM_PhysicalUnitsXDirection, 3);  // cm
  put(region, DCM_PhysicalUnitsYDirection, 3);
  require(region.putAndInsertFloat64(DCM_PhysicalDeltaX, tissue.spacing[0] / 10));
  require(region.putAndInsertFloat64(DCM_PhysicalDeltaY, tissue.spacing[1] / 10));
}

/// Grey as three equal numbers; black around, and a ramp from white to black at the right.
std::vector<Uint8> screen_of(const Volume& tissue, std::int64_t columns, std::int64_t rows) {
  std::vector<Uint8> screen(static_cast<std::size_t>(3 * columns * rows), 0);
  const auto paint = [&](std::int64_t x, std::int64_t y, int grey) {
    for (std::int64_t c = 0; c < 3; ++c)
      screen[static_cast<std::size_t>(3 * (y * columns + x) + c)] = static_cast<Uint8>(grey);
  };
  for (std::int64_t y = 0; y < tissue.grid.size[1]; ++y) {
    for (std::int64_t x = 0; x < tissue.grid.size[0]; ++x)
      paint(x + kUltrasoundMargin, y + kUltrasoundMargin, whole(tissue.at(x, y, 0), 255));
    for (std::int64_t x = columns - kUltrasoundMargin / 2; x < columns - kUltrasoundMargin / 4; ++x)
      paint(x, y + kUltrasoundMargin, static_cast<int>(255 - 255 * y / tissue.grid.size[1]));
  }
  return screen;
}

}  // namespace

void write_radiograph(const std::filesystem::path& path, const Volume& image, const SeriesText& text) {
  start_dcmtk();
  require_one_slice(image);
  DcmFileFormat file;
  DcmDataset& data = *file.getDataset();
  put_picture(data, text, UID_DigitalXRayImageStorageForPresentation, "DX");
  put(data, DCM_ImageType, "ORIGINAL\\PRIMARY");
  put(data, DCM_PresentationIntentType, "FOR PRESENTATION");
  put(data, DCM_KVP, decimal(text.kvp));
  put(data, DCM_ImagerPixelSpacing, decimals(std::array{image.grid.spacing[1], image.grid.spacing[0]}));
  put(data, DCM_PresentationLUTShape, "INVERSE");  // which MONOCHROME1 requires
  put(data, DCM_PixelIntensityRelationship, "LOG");
  require(data.putAndInsertSint16(DCM_PixelIntensityRelationshipSign, 1));
  put(data, DCM_RescaleIntercept, "0");
  put(data, DCM_RescaleSlope, "1");
  put(data, DCM_RescaleType, "US");
  put_pixel_format(data, {.columns = image.grid.size[0],
                          .rows = image.grid.size[1],
                          .allocated = 16,
                          .bits = 12,
                          .photometric = "MONOCHROME1"});
  std::vector<Uint16> words;
  for (const float value : image.values) words.push_back(static_cast<Uint16>(kTwelveBits - whole(value, kTwelveBits)));
  require(data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()));
  save(file, path, EXS_LittleEndianExplicit);
}

void write_ultrasound(const std::filesystem::path& path, const Volume& tissue, const SeriesText& text) {
  start_dcmtk();
  require_one_slice(tissue);
  const std::int64_t columns = tissue.grid.size[0] + 2 * kUltrasoundMargin,
                     rows = tissue.grid.size[1] + 2 * kUltrasoundMargin;
  DcmFileFormat file;
  DcmDataset& data = *file.getDataset();
  put_picture(data, text, UID_UltrasoundImageStorage, "US");
  put(data, DCM_ImageType, "ORIGINAL\\PRIMARY\\\\0001");
  put_region(data, tissue.grid);
  put(data, DCM_UltrasoundColorDataPresent, 0);
  put_pixel_format(data,
                   {.columns = columns, .rows = rows, .allocated = 8, .bits = 8, .photometric = "RGB", .samples = 3});
  const std::vector<Uint8> screen = screen_of(tissue, columns, rows);
  require(data.putAndInsertUint8Array(DCM_PixelData, screen.data(), screen.size()));
  save(file, path, EXS_LittleEndianExplicit);
}

}  // namespace radfuse::dicom
