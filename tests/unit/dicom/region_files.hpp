// SPDX-License-Identifier: Apache-2.0
// Structure sets and segmentations made by hand, attribute by attribute, for tests of reading.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "dcmtk.hpp"
#include "radfuse/dicom/series.hpp"
#include "seg.hpp"
#include "write_common.hpp"

namespace radfuse::dicom::test {

inline void save_file(DcmFileFormat& file, const std::filesystem::path& path,
                      E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
  if (const OFCondition saved = file.saveFile(path.c_str(), syntax); saved.bad())
    throw std::runtime_error(saved.text());
}

struct HandContour {
  std::string data;  ///< coordinates as text
  std::string type = "CLOSED_PLANAR";
  std::string instance = "";
};
struct HandRoi {
  std::string number, name;
  std::vector<HandContour> contours;
  std::string frame = "";
};

inline void write_rois(const std::filesystem::path& path, const std::vector<HandRoi>& rois,
                       const std::string& frame = "") {
  start_dcmtk();
  DcmFileFormat file;
  DcmDataset& data = *file.getDataset();
  put(data, DCM_SOPClassUID, UID_RTStructureSetStorage);
  put(data, DCM_SOPInstanceUID, "2.25.99");
  if (!frame.empty()) put(data, DCM_FrameOfReferenceUID, frame);
  for (const HandRoi& roi : rois) {
    DcmItem& item = append_item(data, DCM_StructureSetROISequence);
    put(item, DCM_ROINumber, roi.number);
    put(item, DCM_ROIName, roi.name);
    if (!roi.frame.empty()) put(item, DCM_ReferencedFrameOfReferenceUID, roi.frame);
    DcmItem& contours = append_item(data, DCM_ROIContourSequence);
    put(contours, DCM_ReferencedROINumber, roi.number);
    for (const HandContour& contour : roi.contours) {
      DcmItem& one = append_item(contours, DCM_ContourSequence);
      put(one, DCM_ContourGeometricType, contour.type);
      put(one, DCM_ContourData, contour.data);
      if (!contour.instance.empty())
        put(append_item(one, DCM_ContourImageSequence), DCM_ReferencedSOPInstanceUID, contour.instance);
    }
  }
  save_file(file, path, EXS_LittleEndianImplicit);
}

/// Frames of 5 x 3 pixels; where each lies, which segment it shows, and its pixels.
struct HandFrame {
  std::int64_t segment;
  std::string position;
  std::vector<int> pixels;
};
struct HandSeg {
  std::string type = "BINARY";  ///< FRACTIONAL, LABELMAP
  int bits = 1;
  std::vector<std::pair<std::int64_t, std::string>> segments = {{1, "tumour"}};
  std::vector<HandFrame> frames;
  std::string orientation = "1\\0\\0\\0\\1\\0", spacing = "2\\0.5";  ///< between rows first
  std::string slice_spacing = "3", frame_of_reference = "";
  std::int64_t rows = 3, columns = 5, most = 200;
};

inline void put_hand_pixels(DcmDataset& data, const HandSeg& seg) {
  std::vector<Uint8> bytes;
  std::vector<Uint16> words;
  std::size_t bit = 0;
  for (const HandFrame& frame : seg.frames)
    for (const int value : frame.pixels) {
      if (seg.bits == 8) bytes.push_back(static_cast<Uint8>(value));
      if (seg.bits == 16) words.push_back(static_cast<Uint16>(value));
      if (seg.bits != 1) continue;
      if (bit % 8 == 0) bytes.push_back(0);
      if (value != 0) bytes.back() = static_cast<Uint8>(bytes.back() | 1U << (bit % 8));
      ++bit;
    }
  if (bytes.size() % 2 != 0) bytes.push_back(0);
  if (seg.bits == 16)
    data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size());
  else
    data.putAndInsertUint8Array(DCM_PixelData, bytes.data(), bytes.size());
}

inline void fill_seg(DcmDataset& data, const HandSeg& seg) {
  put(data, DCM_SOPClassUID, seg.type == "LABELMAP" ? kLabelMapStorage : UID_SegmentationStorage);
  put(data, DCM_SOPInstanceUID, "2.25.98");
  if (!seg.frame_of_reference.empty()) put(data, DCM_FrameOfReferenceUID, seg.frame_of_reference);
  put(data, DCM_SegmentationType, seg.type);
  put(data, DCM_SamplesPerPixel, 1);
  put(data, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(data, DCM_Rows, seg.rows);
  put(data, DCM_Columns, seg.columns);
  put(data, DCM_BitsAllocated, seg.bits);
  put(data, DCM_BitsStored, seg.bits);
  put(data, DCM_HighBit, seg.bits - 1);
  put(data, DCM_PixelRepresentation, 0);
  put(data, DCM_NumberOfFrames, std::to_string(seg.frames.size()));
  if (seg.type == "FRACTIONAL") {
    put(data, DCM_MaximumFractionalValue, seg.most);
    put(data, DCM_SegmentationFractionalType, "OCCUPANCY");
  }
  for (const auto& [number, label] : seg.segments) {
    DcmItem& segment = append_item(data, DCM_SegmentSequence);
    put(segment, DCM_SegmentNumber, number);
    put(segment, DCM_SegmentLabel, label);
  }
  DcmItem& shared = append_item(data, DCM_SharedFunctionalGroupsSequence);
  put(append_item(shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient, seg.orientation);
  DcmItem& measures = append_item(shared, DCM_PixelMeasuresSequence);
  put(measures, DCM_PixelSpacing, seg.spacing);
  if (!seg.slice_spacing.empty()) put(measures, DCM_SpacingBetweenSlices, seg.slice_spacing);
  for (const HandFrame& frame : seg.frames) {
    DcmItem& groups = append_item(data, DCM_PerFrameFunctionalGroupsSequence);
    put(append_item(groups, DCM_PlanePositionSequence), DCM_ImagePositionPatient, frame.position);
    if (seg.type != "LABELMAP")
      put(append_item(groups, DCM_SegmentIdentificationSequence), DCM_ReferencedSegmentNumber, frame.segment);
  }
  put_hand_pixels(data, seg);
}

inline void write_seg(const std::filesystem::path& path, const HandSeg& seg,
                      E_TransferSyntax syntax = EXS_LittleEndianExplicit) {
  start_dcmtk();
  DcmFileFormat file;
  fill_seg(*file.getDataset(), seg);
  save_file(file, path, syntax);
}

}  // namespace radfuse::dicom::test
