// SPDX-License-Identifier: Apache-2.0
// Images and masks on their way into a study.
#include "radfuse/imaging/source.hpp"

#include <algorithm>

#include "dicom_read.hpp"
#include "header.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/regions.hpp"
#include "radfuse/volume/regrid.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

SourceImage read_dicom_source(const fs::path& path, const ReadOptions& options, bool with_voxels) {
  if (options.volume)
    throw InputError(
        "images.<name>.volume is for 4-D files; of a DICOM series name the acquisition with import.series.acquisition");
  SourceImage source;
  source.info.format = "DICOM";
  dicom::DicomSeries series = with_voxels ? read_dicom(path, options.dicom) : read_dicom_header(path, options.dicom);
  source.volume = std::move(series.volume);
  source.frame = std::move(series.frame);
  source.acquisition = std::move(series.acquisition);
  source.notes = std::move(series.notes);
  source.info.spacing_known = series.spacing_known;
  source.info.grid = source.frame.grid;
  return source;
}

/// Spacing from the study for DICOM pictures that state none.
void apply_given_spacing(SourceImage& source, const ReadOptions& options) {
  if (source.info.spacing_known || options.spacing_mm.empty()) return;
  source.info.grid = with_spacing(source.info.grid, options.spacing_mm);
  source.info.spacing_known = true;
  source.frame.grid = source.info.grid;
  if (!source.volume.values.empty()) source.volume.grid = source.info.grid;
}

void unite(Mask& all, const Mask& part) {
  for (std::size_t i = 0; i < all.values.size(); ++i) all.values[i] |= part.values[i];
}

std::optional<int> label_of(const std::string& roi, std::optional<int> label) {
  if (roi.empty()) return label;
  const auto number = text::to_int(roi);
  if (!number || *number < 1 || *number > 65535)
    throw InputError("holds numbers, not names: images.<name>.roi is '" + text::printable(roi) +
                     "'; give the number of the label, or a structure set");
  return static_cast<int>(*number);
}

/// A mask of a file, on the image's grid.
Mask place(const fs::path& file, Mask mask, bool spacing_known, const SourceImage& image, const ReadOptions& options,
           double tolerance, std::vector<std::string>& notes) {
  const Grid& grid = image.info.grid;
  if (!spacing_known && mask.grid.size == grid.size) {
    mask.grid = grid;
    return mask;
  }
  const double distance = corner_distance_mm(grid, mask.grid);
  const double allowed = tolerance * *std::min_element(grid.spacing.begin(), grid.spacing.end());
  if (distance <= allowed) {
    mask.grid = grid;
    return mask;
  }
  if (options.dicom.mask.grid == dicom::GridPolicy::refuse || !spacing_known || !image.info.spacing_known)
    require_same_geometry(grid, "of the study", mask.grid, file.filename().string(), tolerance);
  notes.push_back("mask resampled onto the image's grid (nearest neighbour)");
  return regrid_nearest(mask, grid);
}

}  // namespace

SourceImage read_source(const fs::path& path, const ReadOptions& options, bool with_voxels) {
  SourceImage source = with_context(path.string(), [&] {
    if (is_dicom(path)) {
      std::error_code ignored;
      if (!fs::exists(path, ignored)) throw InputError("no such file");
      return read_dicom_source(path, options, with_voxels);
    }
    SourceImage file;
    file.info = read_image_info(path, options);
    return file;
  });
  if (source.info.format == "DICOM") {
    apply_given_spacing(source, options);
    return source;
  }
  if (with_voxels) source.volume = read_image(path, options);
  source.info.grid = with_voxels ? source.volume.grid : source.info.grid;
  apply_given_spacing(source, options);
  source.frame.grid = source.info.grid;
  return source;
}

SourceMask read_source_mask(const std::vector<fs::path>& files, const std::string& roi, std::optional<int> label,
                            const SourceImage& image, const ReadOptions& options, double tolerance) {
  SourceMask all;
  all.mask = Mask(image.info.grid);
  for (const fs::path& file : files) {
    if (dicom::is_region_file(file)) {
      const dicom::DicomMask regions =
          with_context(file.string(), [&] { return dicom::read_regions(file, roi, image.frame, options.dicom.mask); });
      unite(all.mask, regions.mask);
      all.notes.insert(all.notes.end(), regions.notes.begin(), regions.notes.end());
      continue;
    }
    const MaskFile content(file, {});
    const Mask mask = content.mask(with_context(file.string(), [&] { return label_of(roi, label); }));
    unite(all.mask, place(file, mask, content.spacing_known(), image, options, tolerance, all.notes));
  }
  return all;
}

}  // namespace radfuse
