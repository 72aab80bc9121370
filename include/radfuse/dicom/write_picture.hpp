// SPDX-License-Identifier: Apache-2.0
// Synthetic radiographs, ultrasound pictures and PET series as DICOM, for sample cohorts and tests. Fixed dates and
// derived identifiers: the same input gives the same bytes.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "radfuse/dicom/write_series.hpp"

namespace radfuse::dicom {

/// A digital X-ray image (DX): MONOCHROME1, so that its stored values are turned round, 12 of 16 bits, spacing as
/// ImagerPixelSpacing. One slice of whole numbers from 0 to 4095; read_picture gives them back.
void write_radiograph(const std::filesystem::path& file, const Volume& image, const SeriesText& text);

/// Around the tissue of a written ultrasound picture, on every side, in pixels.
inline constexpr std::int64_t kUltrasoundMargin = 24;
/// An ultrasound picture (US) in RGB: one slice of whole numbers from 0 to 255 as a tissue region calibrated in cm,
/// within a screen that is larger by kUltrasoundMargin on every side and has a ramp of greys in its right margin.
/// read_picture gives the tissue back.
void write_ultrasound(const std::filesystem::path& file, const Volume& tissue, const SeriesText& text);

/// What uptake values need to know.
struct PetText {
  double weight_kg = 70, height_m = 1.75;
  bool male = true;
  double dose_bq = 350e6;
  double half_life_s = 6586.2;  ///< fluorine-18
  double uptake_min = 60;       ///< from injection to scan: 1 to 600
};
/// `folder`/slice_0001.dcm, ... from uptake values by body weight (g/ml), 0 or more: Bq/ml in 16 bits with a slope of
/// its own for each slice, decay corrected to the start of the scan. read_series gives each value within a 65534th of
/// the largest of its slice (and the rounding of the slope's 16 characters).
void write_pet_series(const std::filesystem::path& folder, const Volume& suv, const SeriesText& text,
                      const PetText& pet = {});

}  // namespace radfuse::dicom
