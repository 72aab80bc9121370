// SPDX-License-Identifier: Apache-2.0
// A synthetic CT or MR volume as a DICOM series. Fixed dates and derived identifiers: the same input gives the same
// bytes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "radfuse/dicom/series.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::dicom {

struct SeriesText {
  std::string uid_name;    ///< all UIDs are derived from it: give every series of a cohort another one (seed and case)
  std::string patient_id;  ///< at most 64 characters
  std::string manufacturer = "Radfuse";
  std::string model = "synthetic";
  std::string kernel = "STANDARD";
  double kvp = 120;
};

/// Writes `folder`/slice_0001.dcm, ...: uncompressed CT images, signed 16 bit, intercept -1024. Values must be whole
/// numbers from -31744 to 31743 and the grid right-handed; anything else is our own mistake (ExitCode::bug).
/// read_series gives the same voxels, and the grid within the 16 characters that DICOM has for a number.
void write_ct_series(const std::filesystem::path& folder, const Volume& image, const SeriesText& text);

/// How a synthetic MR series says it was made.
struct MrText {
  double field_strength_t = 1.5;
  double echo_time_ms = 3;
  double repetition_time_ms = 500;
  double flip_angle_deg = 70;
};
/// The same for MR images: unsigned 16 bit, without slope and intercept. Values must be whole numbers from 0 to 65535.
void write_mr_series(const std::filesystem::path& folder, const Volume& image, const SeriesText& text,
                     const MrText& mr = {});

/// What a structure set or a segmentation needs to know of a series (modality CT, MR or PT) that a writer wrote.
ReferenceFrame written_frame(const Grid& grid, const SeriesText& text, std::string_view modality);

/// "2.25." and the first 128 bits of SHA-256(name) as a decimal number (DICOM PS3.5, B.2), marked as a name-based UUID.
std::string derived_uid(std::string_view name);

}  // namespace radfuse::dicom
