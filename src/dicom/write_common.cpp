// SPDX-License-Identifier: Apache-2.0
// Attributes of written objects: fixed dates, derived identifiers, numbers that fit.
#include "write_common.hpp"

#include <array>
#include <charconv>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::size_t kMostCharacters = 16;

void require(const OFCondition& done, const DcmTagKey& tag) {
  if (done.bad()) throw Error(ExitCode::bug, std::string("DICOM attribute cannot be set: ") + DcmTag(tag).getTagName());
}

}  // namespace

std::string decimal(double value) {
  if (value == 0) return "0";
  std::array<char, 64> digits;
  for (int precision = 16; precision > 0; --precision) {
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, precision);
    const auto size = static_cast<std::size_t>(end.ptr - digits.data());
    if (size <= kMostCharacters) return std::string(digits.data(), size);
  }
  throw Error(ExitCode::bug, "a number does not fit into a DICOM decimal string");
}

std::string decimals(std::span<const double> values) {
  std::string all;
  for (const double value : values) {
    if (!all.empty()) all += '\\';
    all += decimal(value);
  }
  return all;
}

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  require(item.putAndInsertString(tag, value.c_str()), tag);
}
void put(DcmItem& item, const DcmTagKey& tag, std::int64_t value) {
  require(item.putAndInsertUint16(tag, static_cast<Uint16>(value)), tag);
}

void put_pixel_format(DcmItem& item, const PixelFormat& format) {
  put(item, DCM_SamplesPerPixel, format.samples);
  put(item, DCM_PhotometricInterpretation, format.photometric);
  if (format.samples > 1) put(item, DCM_PlanarConfiguration, 0);
  put(item, DCM_Rows, format.rows);
  put(item, DCM_Columns, format.columns);
  put(item, DCM_BitsAllocated, format.allocated);
  put(item, DCM_BitsStored, format.bits);
  put(item, DCM_HighBit, format.bits - 1);
  put(item, DCM_PixelRepresentation, format.is_signed ? 1 : 0);
}

DcmItem& append_item(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* added = nullptr;
  require(item.findOrCreateSequenceItem(sequence, added, -2), sequence);
  return *added;
}

void put_series(DcmDataset& data, const SeriesText& text, const char* sop_class, const char* modality,
                const std::string& series) {
  put(data, DCM_SOPClassUID, sop_class);
  for (const DcmTagKey& date : {DCM_StudyDate, DCM_SeriesDate, DCM_ContentDate}) put(data, date, kWrittenDate);
  for (const DcmTagKey& time : {DCM_StudyTime, DCM_SeriesTime, DCM_ContentTime}) put(data, time, kWrittenTime);
  put(data, DCM_Modality, modality);
  put(data, DCM_Manufacturer, text.manufacturer);
  put(data, DCM_ManufacturerModelName, text.model);
  put(data, DCM_PatientName, text.patient_id);
  put(data, DCM_PatientID, text.patient_id);
  put(data, DCM_StudyInstanceUID, derived_uid(text.uid_name + "/study"));
  put(data, DCM_SeriesInstanceUID, derived_uid(text.uid_name + "/" + series));
  put(data, DCM_FrameOfReferenceUID, derived_uid(text.uid_name + "/frame"));
  put(data, DCM_SeriesNumber, "1");
}

void save(DcmFileFormat& file, const std::filesystem::path& path, E_TransferSyntax syntax) {
  publish_file(path, [&](const std::filesystem::path& temporary) {
    const OFCondition saved = file.saveFile(temporary.c_str(), syntax);
    if (saved.bad()) throw OutputError(path.string() + ": cannot be written: " + saved.text());
  });
}

}  // namespace radfuse::dicom
