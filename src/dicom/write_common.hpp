// SPDX-License-Identifier: Apache-2.0
// What all our DICOM writers share: attributes, numbers as decimal strings, the text of a series, saving.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "dcmtk.hpp"
#include "radfuse/dicom/write_series.hpp"

namespace radfuse::dicom {

inline constexpr const char* kWrittenDate = "20260101";
inline constexpr const char* kWrittenTime = "000000";

/// The most digits that fit into the 16 characters of a decimal string (PS3.5, 6.2: DS).
std::string decimal(double value);
/// With backslashes between them.
std::string decimals(std::span<const double> values);

/// Sets an attribute; failure is our mistake (ExitCode::bug).
void put(DcmItem& item, const DcmTagKey& tag, const std::string& value);
/// An unsigned short.
void put(DcmItem& item, const DcmTagKey& tag, std::int64_t value);
/// How the pixels lie: PS3.3, C.7.6.3.
struct PixelFormat {
  std::int64_t columns, rows;
  int allocated, bits;  ///< a pixel's room, and how many of its bits count
  bool is_signed = false;
  const char* photometric = "MONOCHROME2";
  int samples = 1;
};
void put_pixel_format(DcmItem& item, const PixelFormat& format);
/// A new item at the end of a sequence, which is made when it is not there.
DcmItem& append_item(DcmItem& item, const DcmTagKey& sequence);

/// Patient, study, series and equipment. `series` is the part of the UIDs' names that tells series of one study apart
/// ("series" for the image itself); the study and the frame of reference follow from text.uid_name alone.
void put_series(DcmDataset& data, const SeriesText& text, const char* sop_class, const char* modality,
                const std::string& series);

/// Durably, in the transfer syntax given; throws OutputError.
void save(DcmFileFormat& file, const std::filesystem::path& path, E_TransferSyntax syntax);

}  // namespace radfuse::dicom
