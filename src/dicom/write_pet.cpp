// SPDX-License-Identifier: Apache-2.0
// Positron Emission Tomography Image Storage (PS3.3, A.21), one file a slice.
#include <algorithm>
#include <cmath>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/write_picture.hpp"
#include "suv.hpp"
#include "write_common.hpp"

namespace radfuse::dicom {
namespace {

constexpr const char* kScanTime = "120000";  // noon, so that the injection is on the same day
constexpr double kScanSecond = 43200;
constexpr double kFrame = 120;  // s
constexpr int kMostStored = 32767;

std::string clock_time(double second) {
  const auto whole = static_cast<int>(second);
  const auto two = [](int n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
  return two(whole / 3600) + two(whole / 60 % 60) + two(whole % 60);
}

void put_injection(DcmDataset& data, const PetText& pet) {
  DcmItem& given = append_item(data, DCM_RadiopharmaceuticalInformationSequence);
  const std::string time = clock_time(kScanSecond - std::round(60 * pet.uptake_min));
  put(given, DCM_Radiopharmaceutical, "Fluorodeoxyglucose F^18^");
  put(given, DCM_RadiopharmaceuticalStartTime, time);
  put(given, DCM_RadiopharmaceuticalStartDateTime, kWrittenDate + time);
  put(given, DCM_RadionuclideTotalDose, decimal(pet.dose_bq));
  put(given, DCM_RadionuclideHalfLife, decimal(pet.half_life_s));
}

void put_scan(DcmDataset& data, const SeriesText& text, const PetText& pet, std::int64_t slices) {
  put_series(data, text, UID_PositronEmissionTomographyImageStorage, "PT", "series");
  put(data, DCM_ImageType, "ORIGINAL\\PRIMARY");
  put(data, DCM_AcquisitionDate, kWrittenDate);
  for (const DcmTagKey& tag : {DCM_SeriesTime, DCM_AcquisitionTime}) put(data, tag, kScanTime);
  put(data, DCM_PatientSex, pet.male ? "M" : "F");
  put(data, DCM_PatientSize, decimal(pet.height_m));
  put(data, DCM_PatientWeight, decimal(pet.weight_kg));
  put(data, DCM_SeriesType, "STATIC\\IMAGE");
  put(data, DCM_Units, "BQML");
  put(data, DCM_CountsSource, "EMISSION");
  put(data, DCM_CorrectedImage, "DECY\\ATTN\\SCAT\\NORM");
  put(data, DCM_DecayCorrection, "START");
  put(data, DCM_ReconstructionMethod, text.kernel);
  put(data, DCM_NumberOfSlices, slices);
  put(data, DCM_ActualFrameDuration, std::to_string(static_cast<int>(1000 * kFrame)));
  put(data, DCM_FrameReferenceTime, decimal(std::round(1000 * mean_count_rate_time(kFrame, pet.half_life_s))));
  put_injection(data, pet);
}

void put_place(DcmDataset& data, const Grid& grid, std::int64_t z) {
  const auto& d = grid.direction;
  put(data, DCM_SliceThickness, decimal(grid.spacing[2]));
  put(data, DCM_InstanceNumber, std::to_string(z + 1));
  put(data, DCM_ImageIndex, z + 1);
  put(data, DCM_ImagePositionPatient, decimals(grid.point(0, 0, static_cast<double>(z))));
  put(data, DCM_ImageOrientationPatient, decimals(std::array{d[0], d[3], d[6], d[1], d[4], d[7]}));
  put(data, DCM_PixelSpacing, decimals(std::array{grid.spacing[1], grid.spacing[0]}));
}

/// `bqml`: the activity of one unit of uptake.
void put_activity(DcmDataset& data, const Volume& suv, std::int64_t z, double bqml) {
  const Grid& grid = suv.grid;
  const auto slice = std::span(suv.values).subspan(grid.index(0, 0, z), grid.index(0, 0, 1));
  for (const float value : slice)
    if (!(value >= 0 && value < 1e6F)) throw Error(ExitCode::bug, "a PET series needs uptake values from 0 to 1e6");
  const double most = *std::max_element(slice.begin(), slice.end());
  const std::string slope = most > 0 ? decimal(most * bqml / kMostStored) : "1";
  const double used = *text::to_double(slope);  // the rounded one, as the reader will have it
  put_pixel_format(data,
                   {.columns = grid.size[0], .rows = grid.size[1], .allocated = 16, .bits = 16, .is_signed = true});
  put(data, DCM_RescaleIntercept, "0");
  put(data, DCM_RescaleSlope, slope);
  std::vector<Uint16> words;
  for (const float value : slice)
    words.push_back(static_cast<Uint16>(std::min<double>(kMostStored, std::round(value * bqml / used))));
  if (data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()).bad())
    throw Error(ExitCode::bug, "DICOM pixels cannot be set");
}

std::string file_name(std::int64_t z) {
  const std::string number = std::to_string(z + 1);
  return "slice_" + std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number + ".dcm";
}

}  // namespace

void write_pet_series(const std::filesystem::path& folder, const Volume& suv, const SeriesText& text,
                      const PetText& pet) {
  start_dcmtk();
  if (!(pet.uptake_min >= 1 && pet.uptake_min <= 600))
    throw Error(ExitCode::bug, "a PET scan begins 1 to 600 minutes after the injection");
  const double left = pet.dose_bq * std::exp2(-std::round(60 * pet.uptake_min) / pet.half_life_s);
  for (std::int64_t z = 0; z < suv.grid.size[2]; ++z) {
    DcmFileFormat file;
    DcmDataset& data = *file.getDataset();
    put_scan(data, text, pet, suv.grid.size[2]);
    put(data, DCM_SOPInstanceUID, derived_uid(text.uid_name + "/slice/" + std::to_string(z + 1)));
    put_place(data, suv.grid, z);
    put_activity(data, suv, z, left / (1000 * pet.weight_kg));
    save(file, folder / file_name(z), EXS_LittleEndianExplicit);
  }
}

}  // namespace radfuse::dicom
