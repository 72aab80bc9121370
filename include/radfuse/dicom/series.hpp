// SPDX-License-Identifier: Apache-2.0
// One DICOM series, of single slices or of enhanced multi-frame objects, becomes one Volume. Whatever would make its
// geometry a guess is refused, or mended as the study says and noted.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "radfuse/dicom/params.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::dicom {

/// How the images were made: name and value, only from a fixed list of attributes that say nothing about the patient.
/// Attributes that the series lacks are empty; one that differs between slices is "varies".
struct Attribute {
  std::string name;
  std::string value;
};

/// What ties a structure set or a segmentation to its image.
struct ReferenceFrame {
  Grid grid;
  std::string frame_of_reference;  ///< UID; empty when the image is no DICOM image or has none
  /// SOPInstanceUID of the object that each z plane came from (the same one for the frames of an object); empty for
  /// planes that were interpolated, or the whole list when the image is no DICOM image.
  std::vector<std::string> instances;
  std::string series;     ///< SeriesInstanceUID, or empty
  std::string sop_class;  ///< of the instances; empty: CT Image Storage is assumed by the writers
};

/// Which part of a picture its volume is: a mask that was drawn on the whole picture is cut in the same way.
struct PictureCrop {
  std::array<std::int64_t, 2> first{};  ///< column and row of the whole picture that voxel (0,0) is
  std::array<std::int64_t, 2> whole{};  ///< columns and rows of the whole picture
  bool operator==(const PictureCrop&) const = default;
};

struct DicomSeries {
  Volume volume;
  ReferenceFrame frame;                ///< frame.grid == volume.grid
  std::optional<PictureCrop> crop;     ///< nothing: the whole picture, or slices
  bool spacing_known = true;           ///< false: a picture without calibration; its grid is in pixels
  std::vector<std::string> notes;      ///< what was mended, chosen or doubtful, in words without identifiers
  std::vector<Attribute> acquisition;  ///< in the order of acquisition_names()
};

/// `path` is a folder (not searched below) that holds images of exactly one series, or one file, which stands for the
/// images of its series in its folder. Files that are not DICOM, and DICOM objects that are not images (structure sets,
/// segmentations, doses), are passed over.
///
/// Slices, files or frames of enhanced CT, MR and PET objects or of reconstructed SPECT, are put in order of their
/// position along the normal; z points along row x column. Values are stored value * slope + intercept, slice by slice,
/// in double, rounded to float once.
///
/// Throws InputError, naming the files, for everything that docs/dicom-series.md lists: several series; mixed size,
/// orientation or pixel spacing; several images of one place; missing and unevenly spaced slices and gantry tilt unless
/// `params` has them mended (then `notes` says so); colour; compressions that are not read.
DicomSeries read_series(const std::filesystem::path& path, const DicomParams& params = {});

/// Headers only (and the pixels of slices in one place, which may be copies), the volume left empty; the same refusals,
/// those of damaged pixels excepted.
DicomSeries read_series_header(const std::filesystem::path& path, const DicomParams& params = {});
Grid read_series_grid(const std::filesystem::path& path, const DicomParams& params = {});

/// The names of the acquisition list, in order: the columns of acquisition.csv.
std::vector<std::string> acquisition_names();

}  // namespace radfuse::dicom
