// SPDX-License-Identifier: Apache-2.0
// Images and masks from files: NIfTI-1, NRRD, MHA, PNG, JPEG, TIFF, or a folder with one DICOM series.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/dicom/params.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse {

/// The largest image that is read, in voxels. A header that promises more is refused before anything is allocated.
inline constexpr std::int64_t kMaxVoxels = std::int64_t{1} << 30;

struct ImageInfo {
  Grid grid;                   ///< spacing 1 on every axis when `spacing_known` is false
  bool spacing_known = false;  ///< false: PNG, JPEG, TIFF, and NRRD or MHA files that do not state it
  int channels = 1;            ///< 1 grey, 2 grey + alpha, 3 colour, 4 colour + alpha
  int volumes = 1;             ///< of a 4-D image, or numbers in each voxel when they are no colour
  std::string format;          ///< "NIfTI", "NRRD", "MHA", "PNG", "JPEG", "TIFF", "DICOM"
};

struct ReadOptions {
  /// Millimetres between voxel centres for files that do not state it: none (spacing stays 1), one number for all axes,
  /// or one for each axis (x, y or x, y, z). Files that state their spacing are not changed.
  std::vector<double> spacing_mm;
  /// Which volume of a 4-D image, or which channel of a file with several numbers in each voxel; the first is 1.
  /// Without it a 4-D image is refused and a colour becomes grey.
  std::optional<int> volume = std::nullopt;
  dicom::DicomParams dicom = {};  ///< for DICOM images
};

/// A folder, or a file with the mark of DICOM or one of its endings: a series (a slice stands for the others of its
/// series in its folder) or a picture (a radiograph, an ultrasound image).
bool is_dicom(const std::filesystem::path& path);

/// Headers only, and quick.
ImageInfo read_image_info(const std::filesystem::path& path, const ReadOptions& options = {});

/// A 2-D file becomes one slice. Colour becomes grey by the luma weights of ITU-R BT.601 (0.299 R + 0.587 G + 0.114 B;
/// R = G = B gives exactly that value). Alpha is accepted only when it is opaque everywhere. Values keep their scale:
/// 16-bit stays 16-bit, NIfTI slope and intercept are applied.
/// Throws InputError for anything missing, damaged, truncated or not finite, naming the file and the reason.
Volume read_image(const std::filesystem::path& path, const ReadOptions& options = {});

/// Inside is every value but 0, or only `label` when it is given; a label that does not occur is an InputError that
/// lists the labels of the file. Colour masks are accepted when they are grey (R = G = B); JPEG masks are refused,
/// because the compression smears values over the edge. Masks are files, not DICOM series.
Mask read_mask(const std::filesystem::path& path, const ReadOptions& options = {},
               std::optional<int> label = std::nullopt);

/// A mask file that is read and decoded once, for several of its labels. `mask` is read_mask.
class MaskFile {
 public:
  explicit MaskFile(std::filesystem::path path, const ReadOptions& options = {});
  Mask mask(std::optional<int> label = std::nullopt) const;
  bool spacing_known() const;

 private:
  struct Content;  ///< the voxels as the file has them
  std::filesystem::path path_;
  std::shared_ptr<const Content> content_;
};

/// Throws CaseError with both geometries when some corner of the two grids lies further apart than `tolerance`
/// times the image's smallest spacing.
void require_same_geometry(const Grid& image, std::string_view image_name, const Grid& mask, std::string_view mask_name,
                           double tolerance = 0.01);

/// The file name endings that read_image knows, for messages: ".nii.gz, .nii, ...".
std::string readable_extensions();

}  // namespace radfuse
