// SPDX-License-Identifier: Apache-2.0
// One single-frame image of a series: what its header says, and its voxels.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "radfuse/dicom/params.hpp"

namespace radfuse::dicom {

struct Slice {
  std::filesystem::path path;
  std::string name;  ///< file name, for messages
  std::string series_uid;
  std::string modality;
  std::int64_t rows = 0, columns = 0;
  std::array<double, 3> row{}, column{};  ///< direction of increasing column index, and of increasing row index
  std::array<double, 3> position{};       ///< centre of the first voxel, mm (LPS)
  std::array<double, 2> spacing{};        ///< mm between columns (x), and between rows (y)
  double thickness = 0;                   ///< mm; 0 when not stated
  std::vector<std::string> acquisition;   ///< in the order of acquisition_names()
};

/// The header; nothing when the object is no image (a structure set, a report). Throws InputError (no file name in it).
std::optional<Slice> read_slice(const std::filesystem::path& path);

/// The voxels of a slice, row by row, slope and intercept applied. `out` has rows * columns places.
void read_slice_voxels(const Slice& slice, const DicomParams& params, std::span<float> out,
                       std::vector<std::string>& notes);

/// The series of a file; empty when it is no DICOM file.
bool is_dicom_file(const std::filesystem::path& path);

}  // namespace radfuse::dicom
