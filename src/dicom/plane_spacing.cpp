// SPDX-License-Identifier: Apache-2.0
// The spacings of projection images (PS3.3, 10.7.1.3: pixel spacing calibration).
#include "plane_spacing.hpp"

#include <cmath>

#include "radfuse/base/text.hpp"
#include "scaling.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kLeast = 1e-3, kMost = 1e2;  // mm
constexpr double kEqual = 1e-3;               // relative: two attributes that say the same

/// Nothing when absent or out of range; files with 0\0 exist.
std::optional<PlaneSpacing> read(DcmItem& header, const DcmTagKey& tag, std::vector<std::string>& notes) {
  const std::string text = text_of(header, tag);
  if (text.empty()) return std::nullopt;
  const auto parts = text::split(text, '\\');
  if (parts.size() == 2) {
    const auto rows = text::to_double(text::trim(parts[0])), columns = text::to_double(text::trim(parts[1]));
    if (rows && columns && *rows >= kLeast && *rows <= kMost && *columns >= kLeast && *columns <= kMost)
      return PlaneSpacing{*columns, *rows};
  }
  note_once(notes, std::string(DcmTag(tag).getTagName()) + " of the file cannot be used: it is not two numbers from " +
                       "0.001 to 100 mm");
  return std::nullopt;
}

bool equal(const PlaneSpacing& a, const PlaneSpacing& b) {
  return std::abs(a[0] - b[0]) <= kEqual * a[0] && std::abs(a[1] - b[1]) <= kEqual * a[1];
}

/// How much larger than life the detector sees the patient; nothing when not stated.
std::optional<double> magnification(DcmItem& header, std::vector<std::string>& notes) {
  const std::string text = text_of(header, DCM_EstimatedRadiographicMagnificationFactor);
  if (text.empty()) return std::nullopt;
  const auto factor = text::to_double(text);
  if (factor && *factor >= 1 && *factor <= 10) return factor;
  note_once(notes, "EstimatedRadiographicMagnificationFactor of the file cannot be used: it is not from 1 to 10");
  return std::nullopt;
}

std::optional<PlaneSpacing> at_detector(DcmItem& header, const PlaneSpacing& imager, std::vector<std::string>& notes) {
  if (const auto factor = magnification(header, notes)) {
    note_once(notes, "spacing: ImagerPixelSpacing divided by the estimated magnification (" +
                         text::from_double(std::round(*factor * 1000) / 1000) + ")");
    return PlaneSpacing{imager[0] / *factor, imager[1] / *factor};
  }
  note_once(notes, "spacing: ImagerPixelSpacing, at the detector; the patient is smaller by the unknown magnification");
  return imager;
}

}  // namespace

std::optional<PlaneSpacing> plane_spacing(DcmItem& header, bool radiograph, std::vector<std::string>& notes) {
  const auto pixel = read(header, DCM_PixelSpacing, notes), imager = read(header, DCM_ImagerPixelSpacing, notes);
  const std::string calibration = text_of(header, DCM_PixelSpacingCalibrationType);
  if (pixel && !calibration.empty()) {
    note_once(notes, calibration == "FIDUCIAL"   ? "spacing: PixelSpacing, calibrated with an object of known size"
                     : calibration == "GEOMETRY" ? "spacing: PixelSpacing, corrected for an assumed geometry"
                                                 : "spacing: PixelSpacing, calibrated in a way that is not stated");
    return pixel;
  }
  if (pixel && imager && !equal(*pixel, *imager)) {
    note_once(notes,
              "spacing: PixelSpacing, which differs from ImagerPixelSpacing and so was calibrated; how is not "
              "stated");
    return pixel;
  }
  if (imager) return at_detector(header, *imager, notes);
  if (pixel) {
    if (radiograph) note_once(notes, "spacing: PixelSpacing; whether at the detector or in the patient is not stated");
    return pixel;
  }
  const auto scanned = read(header, DCM_NominalScannedPixelSpacing, notes);
  if (scanned) note_once(notes, "spacing: NominalScannedPixelSpacing, on the digitised film or paper");
  return scanned;
}

}  // namespace radfuse::dicom
