// SPDX-License-Identifier: Apache-2.0
// Ultrasound region calibration.
#include "ultrasound.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "scaling.hpp"

namespace radfuse::dicom {
namespace {

// PS3.3, C.8.5.5.1.1 to C.8.5.5.1.15
constexpr int kPlane = 1, kTissue = 1, kColourFlow = 2, kCentimetres = 3;
constexpr double kEqual = 5e-3;  // relative: one scale, rounded in different ways
constexpr double kMinor = 0.1;   // of the main region's area: a thumbnail

std::optional<std::int64_t> place(DcmItem& item, const DcmTagKey& tag) {
  Uint32 value = 0;
  if (item.findAndGetUint32(tag, value).good()) return value;
  return std::nullopt;
}

/// mm from a distance in cm, whose sign only tells the direction.
std::optional<double> millimetres(DcmItem& item, const DcmTagKey& units, const DcmTagKey& delta) {
  Float64 value = 0;
  if (whole_of(item, units).value_or(0) != kCentimetres || item.findAndGetFloat64(delta, value).bad())
    return std::nullopt;
  const double mm = std::abs(value) * 10;
  return mm >= 1e-3 && mm <= 1e2 ? std::optional(mm) : std::nullopt;
}

RegionData data_of(DcmItem& item) {
  const int type = whole_of(item, DCM_RegionDataType).value_or(0);
  return type == kTissue ? RegionData::tissue : type == kColourFlow ? RegionData::colour_flow : RegionData::other;
}

std::optional<UltrasoundRegion> read_region(DcmItem& item, std::int64_t columns, std::int64_t rows) {
  const auto x0 = place(item, DCM_RegionLocationMinX0), y0 = place(item, DCM_RegionLocationMinY0),
             x1 = place(item, DCM_RegionLocationMaxX1), y1 = place(item, DCM_RegionLocationMaxY1);
  if (!x0 || !y0 || !x1 || !y1) return std::nullopt;
  UltrasoundRegion region;
  region.is_plane = whole_of(item, DCM_RegionSpatialFormat).value_or(0) == kPlane;
  region.data = data_of(item);
  region.x0 = *x0;
  region.y0 = *y0;
  region.x1 = std::min(*x1, columns - 1);  // some machines name the first pixel outside
  region.y1 = std::min(*y1, rows - 1);
  if (region.x0 > region.x1 || region.y0 > region.y1) return std::nullopt;
  const auto x = millimetres(item, DCM_PhysicalUnitsXDirection, DCM_PhysicalDeltaX),
             y = millimetres(item, DCM_PhysicalUnitsYDirection, DCM_PhysicalDeltaY);
  if (x && y) region.spacing = PlaneSpacing{*x, *y};
  return region;
}

bool same_scale(const UltrasoundRegion& a, const UltrasoundRegion& b) {
  if (!a.spacing || !b.spacing) return !a.spacing && !b.spacing;
  return std::abs((*a.spacing)[0] - (*b.spacing)[0]) <= kEqual * (*a.spacing)[0] &&
         std::abs((*a.spacing)[1] - (*b.spacing)[1]) <= kEqual * (*a.spacing)[1];
}

std::vector<UltrasoundRegion> planes(const std::vector<UltrasoundRegion>& regions) {
  std::vector<UltrasoundRegion> tissue;
  for (const UltrasoundRegion& region : regions)
    if (region.is_plane && region.data == RegionData::tissue) tissue.push_back(region);
  if (!tissue.empty()) return tissue;
  for (const UltrasoundRegion& region : regions)  // only where colour flow was accepted
    if (region.is_plane && region.data == RegionData::colour_flow) tissue.push_back(region);
  return tissue;
}

std::string scale_text(const UltrasoundRegion& region) {
  if (!region.spacing) return "unknown";
  return text::from_double(std::round((*region.spacing)[0] * 1e5) / 1e5) + " x " +
         text::from_double(std::round((*region.spacing)[1] * 1e5) / 1e5) + " mm";
}

/// The smallest box around all of `regions` that have the scale of `main`.
std::array<std::int64_t, 4> box_of(const std::vector<UltrasoundRegion>& regions, const UltrasoundRegion& main) {
  UltrasoundRegion box = main;
  for (const UltrasoundRegion& region : regions) {
    if (!same_scale(region, main)) continue;
    box.x0 = std::min(box.x0, region.x0);
    box.y0 = std::min(box.y0, region.y0);
    box.x1 = std::max(box.x1, region.x1);
    box.y1 = std::max(box.y1, region.y1);
  }
  return {box.x0, box.y0, box.x1 - box.x0 + 1, box.y1 - box.y0 + 1};
}

void heed_doppler(const std::vector<UltrasoundRegion>& regions, bool says_colour, const UltrasoundParams& params,
                  std::vector<std::string>& notes) {
  const bool flow = says_colour || std::any_of(regions.begin(), regions.end(), [](const UltrasoundRegion& r) {
                      return r.is_plane && r.data == RegionData::colour_flow;
                    });
  if (!flow) return;
  if (params.doppler == DopplerPolicy::refuse)
    throw InputError(
        "shows colour flow (Doppler), whose colours are no echo; choose a picture without, or set "
        "import.ultrasound.doppler: grey");
  note_once(notes, "colour flow (Doppler) in the picture became grey");
}

}  // namespace

std::vector<UltrasoundRegion> ultrasound_regions(DcmItem& header, std::int64_t columns, std::int64_t rows) {
  std::vector<UltrasoundRegion> regions;
  for_each_item(header, DCM_SequenceOfUltrasoundRegions, [&](DcmItem& item) {
    if (auto region = read_region(item, columns, rows)) regions.push_back(*region);
  });
  return regions;
}

UltrasoundView ultrasound_view(const std::vector<UltrasoundRegion>& regions, bool says_colour,
                               const UltrasoundParams& params, std::vector<std::string>& notes) {
  heed_doppler(regions, says_colour, params, notes);
  const std::vector<UltrasoundRegion> tissue = planes(regions);
  if (tissue.empty()) {
    note_once(notes, "the file declares no tissue region: the whole picture is taken");
    return {};
  }
  const auto main =
      *std::max_element(tissue.begin(), tissue.end(), [](const auto& a, const auto& b) { return a.area() < b.area(); });
  const UltrasoundRegion* other = nullptr;
  for (const UltrasoundRegion& region : tissue)
    if (!same_scale(region, main)) other = &region;
  const bool crops = params.crop == UltrasoundCrop::tissue;
  if (other != nullptr) {
    const bool minor = std::all_of(tissue.begin(), tissue.end(), [&](const UltrasoundRegion& region) {
      return same_scale(region, main) || static_cast<double>(region.area()) < kMinor * static_cast<double>(main.area());
    });
    const std::string scales = scale_text(main) + " and " + scale_text(*other);
    if (!crops || !minor) {
      if (crops)
        throw InputError("has several tissue regions of different scale (" + scales +
                         "); cut out the one that is meant, or set import.ultrasound.crop: none (the scale is then "
                         "unknown)");
      note_once(notes, "tissue regions of different scale (" + scales + "): the scale of the picture is unknown");
      return {};
    }
    note_once(notes, "the largest tissue region was taken; a small one has another scale (" + scales + ")");
  }
  UltrasoundView view{main.spacing, std::nullopt};
  if (!main.spacing) note_once(notes, "the tissue region has no scale in cm");
  if (crops) view.crop = box_of(tissue, main);
  return view;
}

}  // namespace radfuse::dicom
