// SPDX-License-Identifier: Apache-2.0
// RT Structure Set Storage (DICOM PS3.3, A.19) from masks.
#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/dicom/write_regions.hpp"
#include "rasterise.hpp"
#include "write_common.hpp"
#include "write_regions_common.hpp"

namespace radfuse::dicom {
namespace {

/// The images that the contours were drawn on, once each.
void put_images(DcmItem& item, const ReferenceFrame& image) {
  for (const std::string& instance : image.instances)
    if (!instance.empty()) put_reference(append_item(item, DCM_ContourImageSequence), image, instance);
}

void put_frame(DcmDataset& data, const ReferenceFrame& image, const SeriesText& text) {
  DcmItem& frame = append_item(data, DCM_ReferencedFrameOfReferenceSequence);
  put(frame, DCM_FrameOfReferenceUID, frame_uid(image, text));
  DcmItem& study = append_item(frame, DCM_RTReferencedStudySequence);
  put(study, DCM_ReferencedSOPClassUID, UID_RETIRED_DetachedStudyManagementSOPClass);
  put(study, DCM_ReferencedSOPInstanceUID, derived_uid(text.uid_name + "/study"));
  DcmItem& series = append_item(study, DCM_RTReferencedSeriesSequence);
  put(series, DCM_SeriesInstanceUID, series_uid(image, text));
  put_images(series, image);
}

void put_contour(DcmItem& roi, const Polygon& outline, const ReferenceFrame& image, std::int64_t z) {
  DcmItem& contour = append_item(roi, DCM_ContourSequence);
  const auto plane = static_cast<std::size_t>(z);
  if (plane < image.instances.size() && !image.instances[plane].empty())
    put_reference(append_item(contour, DCM_ContourImageSequence), image, image.instances[plane]);
  put(contour, DCM_ContourGeometricType, "CLOSED_PLANAR");
  put(contour, DCM_NumberOfContourPoints, std::to_string(outline.size()));
  std::vector<double> numbers;
  for (const PlanePoint& point : outline) {
    const auto at = image.grid.point(point[0], point[1], static_cast<double>(z));
    numbers.insert(numbers.end(), at.begin(), at.end());
  }
  put(contour, DCM_ContourData, decimals(numbers));
}

void put_region(DcmDataset& data, const NamedMask& region, int number, const ReferenceFrame& image,
                const SeriesText& text) {
  DcmItem& roi = append_item(data, DCM_StructureSetROISequence);
  put(roi, DCM_ROINumber, std::to_string(number));
  put(roi, DCM_ReferencedFrameOfReferenceUID, frame_uid(image, text));
  put(roi, DCM_ROIName, region.name);
  put(roi, DCM_ROIGenerationAlgorithm, "AUTOMATIC");

  DcmItem& contours = append_item(data, DCM_ROIContourSequence);
  put(contours, DCM_ROIDisplayColor, "255\\0\\0");
  const auto [width, height, depth] = region.mask.grid.size;
  const auto slice = static_cast<std::size_t>(width * height);
  for (std::int64_t z = 0; z < depth; ++z) {
    const auto pixels = std::span(region.mask.values).subspan(static_cast<std::size_t>(z) * slice, slice);
    for (const Polygon& outline : outlines(pixels, width, height)) put_contour(contours, outline, image, z);
  }
  put(contours, DCM_ReferencedROINumber, std::to_string(number));

  DcmItem& observation = append_item(data, DCM_RTROIObservationsSequence);
  put(observation, DCM_ObservationNumber, std::to_string(number));
  put(observation, DCM_ReferencedROINumber, std::to_string(number));
  put(observation, DCM_RTROIInterpretedType, "");
  put(observation, DCM_ROIInterpreter, "");
}

}  // namespace

void write_structure_set(const std::filesystem::path& file, const std::vector<NamedMask>& regions,
                         const ReferenceFrame& image, const SeriesText& text) {
  start_dcmtk();
  require_masks(regions, image);
  DcmFileFormat written;
  DcmDataset& data = *written.getDataset();
  put_series(data, text, UID_RTStructureSetStorage, "RTSTRUCT", "structure_set");
  put(data, DCM_SOPInstanceUID, derived_uid(text.uid_name + "/structure_set/1"));
  put(data, DCM_FrameOfReferenceUID, frame_uid(image, text));
  put(data, DCM_StructureSetLabel, "REGIONS");
  put(data, DCM_StructureSetDate, kWrittenDate);
  put(data, DCM_StructureSetTime, kWrittenTime);
  put_frame(data, image, text);
  for (std::size_t i = 0; i < regions.size(); ++i) put_region(data, regions[i], static_cast<int>(i) + 1, image, text);
  // Explicit transfer syntaxes have 16 bits for the length of a decimal string; a long contour needs more.
  save(written, file, EXS_LittleEndianImplicit);
}

}  // namespace radfuse::dicom
