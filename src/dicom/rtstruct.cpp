// SPDX-License-Identifier: Apache-2.0
// DICOM structure sets (PS3.3, C.8.8.5 and C.8.8.6): the list of ROIs, and the contours of one.
#include <charconv>
#include <string_view>

#include "contours.hpp"
#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "region_file.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::size_t kMostPoints = 50'000'000;  // of one region
constexpr std::size_t kMostRegions = 10'000;
constexpr double kFarthest = 1e6;  // mm

/// The characters of a value, also of one that was written with an unknown representation because it is longer than
/// the 65534 bytes that a DS holds in explicit transfer syntaxes.
std::string_view characters_of(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = nullptr;
  if (item.findAndGetElement(tag, element).bad() || element == nullptr) return {};
  if (element->isaString()) {
    char* text = nullptr;
    Uint32 size = 0;
    if (element->getString(text, size).bad() || text == nullptr) return {};
    return std::string_view(text, size);
  }
  Uint8* bytes = nullptr;
  if (element->getUint8Array(bytes).bad() || bytes == nullptr) return {};
  return std::string_view(reinterpret_cast<const char*>(bytes), element->getLength());
}

double coordinate(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\0')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) text.remove_suffix(1);
  const auto value = text::to_double(text);
  if (!value)
    throw InputError(confidential("'" + text::printable(text.substr(0, 32)) + "'") +
                     " among its coordinates is not a number");
  if (std::abs(*value) > kFarthest) throw InputError("a coordinate of it is more than a kilometre away");
  return *value;
}

/// Points of a contour; `total` counts them over the region.
std::vector<std::array<double, 3>> points_of(DcmItem& contour, std::size_t& total) {
  std::string_view data = characters_of(contour, DCM_ContourData);
  while (!data.empty() && (data.back() == ' ' || data.back() == '\0')) data.remove_suffix(1);
  if (data.empty()) return {};
  const auto numbers = static_cast<std::size_t>(std::count(data.begin(), data.end(), '\\')) + 1;
  if (numbers % 3 != 0)
    throw InputError("has " + std::to_string(numbers) + " coordinates, which is not three for each point");
  total += numbers / 3;
  if (total > kMostPoints) throw InputError("the region has more than " + std::to_string(kMostPoints) + " points");
  std::vector<std::array<double, 3>> points(numbers / 3);
  for (auto& point : points)
    for (double& value : point) {
      const std::size_t end = std::min(data.find('\\'), data.size());
      value = coordinate(data.substr(0, end));
      data.remove_prefix(std::min(end + 1, data.size()));
    }
  return points;
}

/// What is not read, counted.
struct Skipped {
  std::size_t points = 0, open = 0, other = 0, small = 0;
  void note(const std::string& prefix, std::vector<std::string>& notes) const {
    const auto add = [&](std::size_t count, const char* one, const char* many) {
      if (count > 0) notes.push_back(prefix + std::to_string(count) + " " + (count == 1 ? one : many));
    };
    add(points, "single point skipped", "single points skipped");
    add(open, "open contour skipped", "open contours skipped");
    add(other, "contour of an unknown type skipped", "contours of an unknown type skipped");
    add(small, "contour of fewer than three points dropped", "contours of fewer than three points dropped");
  }
};

bool is_closed(const std::string& type, Skipped& skipped) {
  if (type == "CLOSED_PLANAR" || type == "CLOSEDPLANAR_XOR") return true;
  ++(type == "POINT" ? skipped.points : type.starts_with("OPEN_") ? skipped.open : skipped.other);
  return false;
}

std::string frame_of(DcmItem& data, int number) {
  std::string frame;
  for_each_item(data, DCM_StructureSetROISequence, [&](DcmItem& roi) {
    if (number_of(roi, DCM_ROINumber) == number) frame = text_of(roi, DCM_ReferencedFrameOfReferenceUID);
  });
  return frame.empty() ? text_of(data, DCM_FrameOfReferenceUID) : frame;
}

/// The image that a contour was drawn on, when it names exactly one.
std::string instance_of(DcmItem& contour) {
  std::string instance;
  std::size_t named = 0;
  for_each_item(contour, DCM_ContourImageSequence, [&](DcmItem& image) {
    instance = text_of(image, DCM_ReferencedSOPInstanceUID);
    ++named;
  });
  return named == 1 ? instance : "";
}

}  // namespace

RegionFile list_structure_set(DcmDataset& data) {
  RegionFile file;
  file.kind = RegionKind::structure_set;
  file.frame_of_reference = text_of(data, DCM_FrameOfReferenceUID);
  NameReader name(data);
  for_each_item(data, DCM_StructureSetROISequence, [&](DcmItem& roi) {
    const auto number = number_of(roi, DCM_ROINumber);
    if (!number) throw InputError("a region of the structure set has no ROINumber");
    if (file.regions.size() == kMostRegions)
      throw InputError("the structure set has more than " + std::to_string(kMostRegions) + " regions");
    file.regions.push_back({*number, name(roi, DCM_ROIName)});
    if (file.frame_of_reference.empty()) file.frame_of_reference = text_of(roi, DCM_ReferencedFrameOfReferenceUID);
  });
  for_each_item(data, DCM_ReferencedFrameOfReferenceSequence, [&](DcmItem& frame) {
    for_each_item(frame, DCM_RTReferencedStudySequence, [&](DcmItem& study) {
      for_each_item(study, DCM_RTReferencedSeriesSequence, [&](DcmItem& series) {
        if (const std::string uid = text_of(series, DCM_SeriesInstanceUID); !uid.empty())
          file.referenced_series.push_back(uid);
      });
    });
  });
  return file;
}

Mask draw_structure(DcmDataset& data, const Region& region, const ReferenceFrame& image, const MaskParams& params,
                    std::vector<std::string>& notes) {
  const std::string prefix = "region " + std::to_string(region.number) + ": ";
  return with_context("region " + std::to_string(region.number), [&] {
    require_frame_of_reference(frame_of(data, region.number), image);
    ContourStack stack(image, params);
    Skipped skipped;
    std::size_t total = 0, contour_number = 0;
    for_each_item(data, DCM_ROIContourSequence, [&](DcmItem& roi) {
      if (number_of(roi, DCM_ReferencedROINumber) != region.number) return;
      for_each_item(roi, DCM_ContourSequence, [&](DcmItem& contour) {
        ++contour_number;
        throw_if_stopped();
        if (!is_closed(text_of(contour, DCM_ContourGeometricType), skipped)) return;
        with_context("contour " + std::to_string(contour_number), [&] {
          const auto points = points_of(contour, total);
          if (points.size() < 3)
            ++skipped.small;
          else
            stack.add(points, instance_of(contour));
        });
      });
    });
    skipped.note(prefix, notes);
    return stack.mask(prefix, notes);
  });
}

}  // namespace radfuse::dicom
