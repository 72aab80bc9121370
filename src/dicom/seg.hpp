// SPDX-License-Identifier: Apache-2.0
// DICOM segmentations: header, frames, and their place in the image.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "dcmtk.hpp"
#include "radfuse/dicom/regions.hpp"

namespace radfuse::dicom {

/// Label Map Segmentation Storage (PS3.4, B.5), younger than DCMTK 3.6.7.
inline constexpr const char* kLabelMapStorage = "1.2.840.10008.5.1.4.1.1.66.7";

enum class SegmentationType { binary, fractional, label_map };

/// One frame: which segment, and where its first pixel and its axes lie.
struct SegFrame {
  int segment = 0;  ///< 0 in label maps
  std::array<double, 3> position{}, row{}, column{};
  std::array<double, 2> spacing{};  ///< mm between columns (x), and between rows (y)
};

struct SegHeader {
  SegmentationType type = SegmentationType::binary;
  std::int64_t rows = 0, columns = 0;
  int bits = 1;
  int most = 1;                                   ///< MaximumFractionalValue
  std::string fractional_type;                    ///< "probability" or "occupancy"
  double slice_spacing = 0, slice_thickness = 0;  ///< mm; 0 when not stated
  std::vector<SegFrame> frames;
  std::size_t pixels() const { return static_cast<std::size_t>(rows * columns); }
};

RegionFile list_segmentation(DcmDataset& data);
/// Throws InputError for whatever contradicts itself or the length of the pixel data.
SegHeader read_seg_header(DcmDataset& data);

/// The pixels of a file that was decompressed where need be.
class SegPixels {
 public:
  SegPixels(DcmDataset& data, const SegHeader& header);
  /// 1 where pixel `i` of frame `frame` belongs to the segment: its bit, its label, or a share of at least `fraction`.
  bool inside(std::size_t frame, std::size_t i, int segment, double fraction) const;

 private:
  const SegHeader& header_;
  const Uint8* bytes_ = nullptr;
  const Uint16* words_ = nullptr;
};

/// Masks of the segments of one file on the grid of an image.
class Segmentation {
 public:
  /// Throws InputError when it cannot be put onto the image's grid as the settings say.
  Segmentation(DcmDataset& data, const ReferenceFrame& image, const MaskParams& params);
  Mask mask(int segment, std::vector<std::string>& notes) const;
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Placement {
    bool on_grid = false;
    std::array<std::int64_t, 3> first{}, along_row{}, along_column{};  ///< image indices, and steps between pixels
  };
  Placement place(const SegFrame& frame) const;
  Mask on_image_grid(int segment, std::vector<std::string>& notes) const;
  Mask on_own_grid(int segment) const;

  const ReferenceFrame& image_;
  const MaskParams& params_;
  SegHeader header_;
  SegPixels pixels_;
  std::vector<Placement> places_;
  Grid own_grid_;                         ///< used when the grids differ
  std::vector<std::int64_t> own_slices_;  ///< of each frame
  bool same_grid_ = true;
  std::vector<std::string> notes_;
};

}  // namespace radfuse::dicom
