// SPDX-License-Identifier: Apache-2.0
// One image of a series, a file or a frame of a file: what its header says, and its voxels.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "radfuse/dicom/params.hpp"
#include "scaling.hpp"

namespace radfuse::dicom {

/// A file of the series, parsed once. Its dataset keeps the description of its pixels only; the pixels themselves stay
/// on disk until a frame is asked for.
struct ImageFile {
  std::filesystem::path path;
  std::unique_ptr<DcmDataset> pixels;  ///< empty when they must be read again (deflated files cannot be sought in)
};

struct Slice {
  std::shared_ptr<ImageFile> file;
  std::int64_t frame = 0;
  std::string name;  ///< file name, with the frame when there are several; for messages
  std::string series_uid, instance_uid, frame_of_reference, modality;
  std::int64_t rows = 0, columns = 0;
  std::array<double, 3> row{}, column{};  ///< direction of increasing column index, and of increasing row index
  std::array<double, 3> position{};       ///< centre of the first voxel, mm (LPS)
  std::array<double, 2> spacing{};        ///< mm between columns (x), and between rows (y)
  double thickness = 0;                   ///< mm; 0 when not stated
  Scaling scaling;
  bool inverted = false;
  std::optional<double> acquisition_number;
  std::vector<std::string> marks;        ///< in the order of mark_names()
  std::vector<std::string> acquisition;  ///< in the order of acquisition_names()
};

/// Attributes by which images of the same place differ: echo, time, b-value, ...
std::vector<std::string> mark_names();

/// What a slice's header says; rows, columns, place, scaling, marks. `header` is the file's dataset, or a frame's
/// header as frames.hpp makes it. Without place: position, row and column are left to the caller.
Slice slice_of(DcmItem& header, const DicomParams& params, std::vector<std::string>& notes);

/// The voxels of a slice, row by row, scaled in double and rounded to float once. `out` has rows * columns places.
void read_values(const Slice& slice, std::span<float> out);

}  // namespace radfuse::dicom
