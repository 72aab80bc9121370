// SPDX-License-Identifier: Apache-2.0
// Segmentation Storage (DICOM PS3.3, A.51), binary, from masks.
#include <algorithm>
#include <array>

#include "radfuse/base/error.hpp"
#include "write_regions_common.hpp"

namespace radfuse::dicom {
namespace {

struct Frame {
  std::size_t region;
  std::int64_t z;
};

std::vector<Frame> frames_of(const std::vector<NamedMask>& regions) {
  std::vector<Frame> frames;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    const Grid& grid = regions[r].mask.grid;
    const auto slice = grid.size[0] * grid.size[1];
    for (std::int64_t z = 0; z < grid.size[2]; ++z) {
      const auto start = regions[r].mask.values.begin() + z * slice;
      if (std::any_of(start, start + slice, [](std::uint8_t v) { return v != 0; })) frames.push_back({r, z});
    }
  }
  if (frames.empty()) throw Error(ExitCode::bug, "a segmentation needs a voxel");
  return frames;
}

void put_code(DcmItem& item, const DcmTagKey& sequence, const char* value, const char* scheme, const char* meaning) {
  DcmItem& code = append_item(item, sequence);
  put(code, DCM_CodeValue, value);
  put(code, DCM_CodingSchemeDesignator, scheme);
  put(code, DCM_CodeMeaning, meaning);
}

void put_segments(DcmDataset& data, const std::vector<NamedMask>& regions) {
  for (std::size_t r = 0; r < regions.size(); ++r) {
    DcmItem& segment = append_item(data, DCM_SegmentSequence);
    put(segment, DCM_SegmentNumber, static_cast<std::int64_t>(r) + 1);
    put(segment, DCM_SegmentLabel, regions[r].name);
    put(segment, DCM_SegmentAlgorithmType, "AUTOMATIC");
    put(segment, DCM_SegmentAlgorithmName, "Radfuse");
    put_code(segment, DCM_SegmentedPropertyCategoryCodeSequence, "49755003", "SCT",
             "Morphologically Abnormal Structure");
    put_code(segment, DCM_SegmentedPropertyTypeCodeSequence, "4147007", "SCT", "Mass");
  }
}

/// Frames are found by segment and by position (C.7.6.17).
void put_dimensions(DcmDataset& data, const SeriesText& text) {
  const std::string uid = derived_uid(text.uid_name + "/segmentation/dimensions");
  put(append_item(data, DCM_DimensionOrganizationSequence), DCM_DimensionOrganizationUID, uid);
  const auto add = [&](const DcmTagKey& index, const DcmTagKey& group) {
    DcmItem& item = append_item(data, DCM_DimensionIndexSequence);
    put(item, DCM_DimensionOrganizationUID, uid);
    if (item.putAndInsertTagKey(DCM_DimensionIndexPointer, index).bad() ||
        item.putAndInsertTagKey(DCM_FunctionalGroupPointer, group).bad())
      throw Error(ExitCode::bug, "a DICOM dimension cannot be set");
  };
  add(DCM_ReferencedSegmentNumber, DCM_SegmentIdentificationSequence);
  add(DCM_ImagePositionPatient, DCM_PlanePositionSequence);
}

void put_shared(DcmDataset& data, const Grid& grid) {
  DcmItem& shared = append_item(data, DCM_SharedFunctionalGroupsSequence);
  const auto& d = grid.direction;
  put(append_item(shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient,
      decimals(std::array{d[0], d[3], d[6], d[1], d[4], d[7]}));
  DcmItem& measures = append_item(shared, DCM_PixelMeasuresSequence);
  put(measures, DCM_SliceThickness, decimal(grid.spacing[2]));
  put(measures, DCM_SpacingBetweenSlices, decimal(grid.spacing[2]));
  put(measures, DCM_PixelSpacing, decimals(std::array{grid.spacing[1], grid.spacing[0]}));
}

void put_source(DcmItem& groups, const ReferenceFrame& image, const std::string& instance) {
  DcmItem& derivation = append_item(groups, DCM_DerivationImageSequence);
  put_code(derivation, DCM_DerivationCodeSequence, "113076", "DCM", "Segmentation");
  DcmItem& source = append_item(derivation, DCM_SourceImageSequence);
  put_reference(source, image, instance);
  put(source, DCM_SpatialLocationsPreserved, "YES");
  put_code(source, DCM_PurposeOfReferenceCodeSequence, "121322", "DCM", "Source image for image processing operation");
}

void put_frames(DcmDataset& data, const std::vector<Frame>& frames, const ReferenceFrame& image) {
  for (const Frame& frame : frames) {
    DcmItem& groups = append_item(data, DCM_PerFrameFunctionalGroupsSequence);
    const Uint32 index[] = {static_cast<Uint32>(frame.region) + 1, static_cast<Uint32>(frame.z) + 1};
    if (append_item(groups, DCM_FrameContentSequence).putAndInsertUint32Array(DCM_DimensionIndexValues, index, 2).bad())
      throw Error(ExitCode::bug, "a DICOM frame cannot be set");
    put(append_item(groups, DCM_PlanePositionSequence), DCM_ImagePositionPatient,
        decimals(image.grid.point(0, 0, static_cast<double>(frame.z))));
    put(append_item(groups, DCM_SegmentIdentificationSequence), DCM_ReferencedSegmentNumber,
        static_cast<std::int64_t>(frame.region) + 1);
    const auto plane = static_cast<std::size_t>(frame.z);
    if (plane < image.instances.size() && !image.instances[plane].empty())
      put_source(groups, image, image.instances[plane]);
  }
}

/// One bit a pixel, frame after frame without a gap, the lowest bit first (PS3.5, 8.1.1 and annex D).
void put_bits(DcmDataset& data, const std::vector<Frame>& frames, const std::vector<NamedMask>& regions) {
  const Grid& grid = regions.front().mask.grid;
  const auto slice = static_cast<std::size_t>(grid.size[0] * grid.size[1]);
  std::vector<Uint8> bytes(((slice * frames.size() + 7) / 8 + 1) / 2 * 2, 0);
  std::size_t bit = 0;
  for (const Frame& frame : frames) {
    const auto& values = regions[frame.region].mask.values;
    const std::size_t start = static_cast<std::size_t>(frame.z) * slice;
    for (std::size_t i = 0; i < slice; ++i, ++bit)
      if (values[start + i] != 0) bytes[bit / 8] = static_cast<Uint8>(bytes[bit / 8] | 1U << (bit % 8));
  }
  if (data.putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size()).bad())
    throw Error(ExitCode::bug, "DICOM pixels cannot be set");
}

void put_image_description(DcmDataset& data, const Grid& grid, std::size_t frames) {
  put(data, DCM_ImageType, "DERIVED\\PRIMARY");
  put(data, DCM_InstanceNumber, "1");
  put(data, DCM_ContentLabel, "REGIONS");
  put(data, DCM_ContentDescription, "");
  put(data, DCM_ContentCreatorName, "");
  put(data, DCM_NumberOfFrames, std::to_string(frames));
  put_pixel_format(data, {.columns = grid.size[0], .rows = grid.size[1], .allocated = 1, .bits = 1});
  put(data, DCM_LossyImageCompression, "00");
  put(data, DCM_SegmentationType, "BINARY");
}

}  // namespace

void write_segmentation(const std::filesystem::path& file, const std::vector<NamedMask>& regions,
                        const ReferenceFrame& image, const SeriesText& text) {
  start_dcmtk();
  require_masks(regions, image);
  const std::vector<Frame> frames = frames_of(regions);
  DcmFileFormat written;
  DcmDataset& data = *written.getDataset();
  put_series(data, text, UID_SegmentationStorage, "SEG", "segmentation");
  put(data, DCM_SOPInstanceUID, derived_uid(text.uid_name + "/segmentation/1"));
  put(data, DCM_FrameOfReferenceUID, frame_uid(image, text));
  put(data, DCM_DeviceSerialNumber, "1");
  put(data, DCM_SoftwareVersions, "1");
  put_image_description(data, image.grid, frames.size());
  DcmItem& series = append_item(data, DCM_ReferencedSeriesSequence);
  put(series, DCM_SeriesInstanceUID, series_uid(image, text));
  for (const std::string& instance : distinct_instances(image))
    put_reference(append_item(series, DCM_ReferencedInstanceSequence), image, instance);
  put_segments(data, regions);
  put_dimensions(data, text);
  put_shared(data, image.grid);
  put_frames(data, frames, image);
  put_bits(data, frames, regions);
  save(written, file, EXS_LittleEndianExplicit);
}

}  // namespace radfuse::dicom
