// SPDX-License-Identifier: Apache-2.0
// Segmentation headers and pixels (DICOM PS3.3, C.8.20): everything is checked against the pixel data's length first.
#include "seg.hpp"

#include <algorithm>
#include <cmath>

#include "geometry.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "region_file.hpp"

namespace radfuse::dicom {
namespace {

constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;     // of one frame
constexpr std::uint64_t kMostDecoded = std::uint64_t{1} << 31;  // bytes of a compressed file's frames together
constexpr std::size_t kMostFrames = 10'000'000;

SegmentationType type_of(DcmDataset& data) {
  if (text_of(data, DCM_SOPClassUID) == kLabelMapStorage) return SegmentationType::label_map;
  const std::string type = code_of(data, DCM_SegmentationType);
  if (type == "BINARY") return SegmentationType::binary;
  if (type == "FRACTIONAL") return SegmentationType::fractional;
  if (type == "LABELMAP") return SegmentationType::label_map;
  throw InputError("has the SegmentationType '" + type + "'; BINARY, FRACTIONAL and LABELMAP are read");
}

template <std::size_t N>
std::array<double, N> numbers(DcmItem* group, const DcmTagKey& tag, const char* name) {
  const std::vector<double> found = group == nullptr ? std::vector<double>{} : numbers_of(*group, tag);
  if (found.size() != N) throw InputError(std::string("has no usable ") + name);
  std::array<double, N> fixed{};
  std::copy(found.begin(), found.end(), fixed.begin());
  return fixed;
}

/// A functional group: the frame's own, else the one that all share.
DcmItem* group_of(DcmItem& frame, DcmItem* shared, const DcmTagKey& tag) {
  DcmItem* own = first_item(frame, tag);
  return own != nullptr || shared == nullptr ? own : first_item(*shared, tag);
}

SegFrame frame_of(DcmItem& item, DcmItem* shared, SegmentationType type) {
  SegFrame frame;
  if (type != SegmentationType::label_map) {
    DcmItem* identification = group_of(item, shared, DCM_SegmentIdentificationSequence);
    const auto segment =
        identification == nullptr ? std::nullopt : number_of(*identification, DCM_ReferencedSegmentNumber);
    if (!segment) throw InputError("does not say which segment it shows");
    frame.segment = *segment;
  }
  frame.position = numbers<3>(group_of(item, shared, DCM_PlanePositionSequence), DCM_ImagePositionPatient,
                              "ImagePositionPatient; only segmentations of images in a patient are read");
  const auto orientation = numbers<6>(group_of(item, shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient,
                                      "ImageOrientationPatient");
  std::copy_n(orientation.begin(), 3, frame.row.begin());
  std::copy_n(orientation.begin() + 3, 3, frame.column.begin());
  if (std::abs(dot(frame.row, frame.row) - 1) > 2e-3 || std::abs(dot(frame.column, frame.column) - 1) > 2e-3 ||
      std::abs(dot(frame.row, frame.column)) > 1e-3)
    throw InputError("ImageOrientationPatient is not two unit vectors at right angles");
  // Between rows first, then between columns.
  const auto spacing = numbers<2>(group_of(item, shared, DCM_PixelMeasuresSequence), DCM_PixelSpacing, "PixelSpacing");
  frame.spacing = {spacing[1], spacing[0]};
  for (const double s : frame.spacing)
    if (!(s >= 1e-3 && s <= 1e2)) throw InputError("PixelSpacing is outside 0.001 to 100 mm");
  for (const double p : frame.position)
    if (!(std::abs(p) <= 1e6)) throw InputError("ImagePositionPatient is more than a kilometre away");
  return frame;
}

void read_frames(DcmDataset& data, SegHeader& header) {
  const auto promised = number_of(data, DCM_NumberOfFrames).value_or(1);
  DcmItem* shared = first_item(data, DCM_SharedFunctionalGroupsSequence);
  for_each_item(data, DCM_PerFrameFunctionalGroupsSequence, [&](DcmItem& item) {
    if (header.frames.size() == kMostFrames) throw InputError("has too many frames");
    with_context("frame " + std::to_string(header.frames.size() + 1),
                 [&] { header.frames.push_back(frame_of(item, shared, header.type)); });
  });
  if (header.frames.empty() || header.frames.size() != static_cast<std::size_t>(promised))
    throw InputError("promises " + std::to_string(promised) + " frames and describes " +
                     std::to_string(header.frames.size()));
  DcmItem* measures = shared == nullptr ? nullptr : first_item(*shared, DCM_PixelMeasuresSequence);
  if (measures == nullptr) return;
  const auto stated = [&](const DcmTagKey& tag) {
    const auto value = numbers_of(*measures, tag);
    return value.size() == 1 && value[0] > 0 ? value[0] : 0;
  };
  header.slice_spacing = stated(DCM_SpacingBetweenSlices);
  header.slice_thickness = stated(DCM_SliceThickness);
}

void read_storage(DcmDataset& data, SegHeader& header) {
  header.bits = whole_of(data, DCM_BitsAllocated).value_or(0);
  const bool fits = header.type == SegmentationType::binary       ? header.bits == 1
                    : header.type == SegmentationType::fractional ? header.bits == 8
                                                                  : header.bits == 8 || header.bits == 16;
  if (!fits || whole_of(data, DCM_SamplesPerPixel).value_or(1) != 1)
    throw InputError("stores " + std::to_string(header.bits) +
                     " bits a pixel; 1 in binary, 8 in fractional, 8 or 16 in label map segmentations are read");
  if (header.type != SegmentationType::fractional) return;
  header.most = whole_of(data, DCM_MaximumFractionalValue).value_or(0);
  if (header.most < 1 || header.most > 255) throw InputError("has no usable MaximumFractionalValue");
  header.fractional_type = text::lower(text_of(data, DCM_SegmentationFractionalType));
  if (header.fractional_type != "probability" && header.fractional_type != "occupancy")
    header.fractional_type = "unknown";
}

std::uint64_t bytes_needed(const SegHeader& header) {
  const std::uint64_t pixels = static_cast<std::uint64_t>(header.pixels()) * header.frames.size();
  return (pixels * static_cast<std::uint64_t>(header.bits) + 7) / 8;
}

void require_length(std::uint64_t there, std::uint64_t needed) {
  if (there < needed)
    throw InputError("truncated: " + std::to_string(needed) + " bytes of pixels promised, " + std::to_string(there) +
                     " there");
}

/// RLE, JPEG and JPEG-LS; packed bits are not compressed by any of them.
void decompress(DcmDataset& data, const SegHeader& header) {
  const DcmXfer syntax(data.getCurrentXfer());
  if (!syntax.isEncapsulated()) return;
  if (header.bits == 1 || bytes_needed(header) > kMostDecoded ||
      data.chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad() ||
      !data.canWriteXfer(EXS_LittleEndianExplicit))
    throw InputError(std::string("its compression (") + syntax.getXferName() +
                     ") cannot be decoded for a segmentation of this kind and size; write it uncompressed");
}

}  // namespace

RegionFile list_segmentation(DcmDataset& data) {
  RegionFile file;
  file.kind = RegionKind::segmentation;
  file.frame_of_reference = text_of(data, DCM_FrameOfReferenceUID);
  const bool label_map = type_of(data) == SegmentationType::label_map;
  NameReader name(data);
  for_each_item(data, DCM_SegmentSequence, [&](DcmItem& segment) {
    const auto number = number_of(segment, DCM_SegmentNumber);
    if (!number) throw InputError("a segment has no SegmentNumber");
    if (label_map && *number == 0) return;  // the background
    for (const Region& region : file.regions)
      if (region.number == *number) throw InputError("two segments have the number " + std::to_string(*number));
    if (file.regions.size() == 65535) throw InputError("has more than 65535 segments");
    file.regions.push_back({*number, name(segment, DCM_SegmentLabel)});
  });
  for_each_item(data, DCM_ReferencedSeriesSequence, [&](DcmItem& series) {
    if (const std::string uid = text_of(series, DCM_SeriesInstanceUID); !uid.empty())
      file.referenced_series.push_back(uid);
  });
  return file;
}

SegHeader read_seg_header(DcmDataset& data) {
  SegHeader header;
  header.type = type_of(data);
  header.rows = whole_of(data, DCM_Rows).value_or(0);
  header.columns = whole_of(data, DCM_Columns).value_or(0);
  if (header.rows < 1 || header.columns < 1 || header.rows * header.columns > kMostPixels)
    throw InputError("says that it has " + std::to_string(header.columns) + "x" + std::to_string(header.rows) +
                     " pixels");
  read_storage(data, header);
  read_frames(data, header);
  DcmElement* pixels = nullptr;
  if (data.findAndGetElement(DCM_PixelData, pixels).bad() || pixels == nullptr) throw InputError("has no pixel data");
  if (!DcmXfer(data.getCurrentXfer()).isEncapsulated()) require_length(pixels->getLength(), bytes_needed(header));
  return header;
}

SegPixels::SegPixels(DcmDataset& data, const SegHeader& header) : header_(header) {
  decompress(data, header);
  unsigned long found = 0;
  const OFCondition got = header.bits == 16 ? data.findAndGetUint16Array(DCM_PixelData, words_, &found)
                                            : data.findAndGetUint8Array(DCM_PixelData, bytes_, &found);
  if (got.bad() || (bytes_ == nullptr && words_ == nullptr))
    throw InputError(std::string("its pixels cannot be read: ") + got.text());
  require_length(static_cast<std::uint64_t>(found) * (header.bits == 16 ? 2 : 1), bytes_needed(header));
}

bool SegPixels::inside(std::size_t frame, std::size_t i, int segment, double fraction) const {
  const std::size_t at = frame * header_.pixels() + i;
  switch (header_.type) {
    case SegmentationType::binary:  // frames follow each other bit by bit, the lowest bit first (PS3.5, 8.1.1)
      return (bytes_[at / 8] >> (at % 8) & 1) != 0;
    case SegmentationType::fractional:
      return bytes_[at] > 0 && bytes_[at] >= fraction * header_.most * (1 - 1e-12);
    case SegmentationType::label_map:
      return (words_ != nullptr ? words_[at] : bytes_[at]) == segment;
  }
  return false;
}

}  // namespace radfuse::dicom
