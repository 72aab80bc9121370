// SPDX-License-Identifier: Apache-2.0
// What import takes in: an image with all that is known of it, and its masks in whatever form they come.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "radfuse/dicom/series.hpp"
#include "radfuse/imaging/read.hpp"

namespace radfuse {

struct SourceImage {
  Volume volume;                              ///< empty when only the geometry was asked for
  ImageInfo info;                             ///< info.grid: the grid of the volume
  dicom::ReferenceFrame frame;                ///< frame.grid == info.grid
  std::optional<dicom::PictureCrop> crop;     ///< the part of a picture that the volume is
  std::vector<dicom::Attribute> acquisition;  ///< DICOM only
  std::vector<std::string> notes;             ///< what was mended or chosen
};

/// With `with_voxels` false, only what a mask needs. Throws like read_image.
SourceImage read_source(const std::filesystem::path& path, const ReadOptions& options, bool with_voxels = true);

struct SourceMask {
  Mask mask;  ///< on the image's grid
  std::vector<std::string> notes;
};

/// The union of `files`. Structure sets and segmentations: the regions that `roi` names (dicom/regions.hpp). Label
/// files: the value that `roi` says when it is a number, else `label`, else every value but 0; a name is an InputError.
/// A file that states no spacing lies on the image when it has its size (or the size of the whole picture that the
/// image was cropped from). Any other grid follows options.dicom.mask.grid; `tolerance` as in require_same_geometry.
SourceMask read_source_mask(const std::vector<std::filesystem::path>& files, const std::string& roi,
                            std::optional<int> label, const SourceImage& image, const ReadOptions& options,
                            double tolerance);

}  // namespace radfuse
