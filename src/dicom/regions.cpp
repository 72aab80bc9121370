// SPDX-License-Identifier: Apache-2.0
// One way in for structure sets and segmentations: what kind of file, which regions, unions and differences.
#include "radfuse/dicom/regions.hpp"

#include <algorithm>
#include <optional>

#include "image_file.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "region_file.hpp"
#include "region_selection.hpp"
#include "seg.hpp"

namespace radfuse::dicom {
namespace {

constexpr Uint32 kReadAtOnce = 4096;  // longer values stay on disk until asked for

std::optional<RegionKind> kind_of(DcmItem& data) {
  const std::string sop_class = text_of(data, DCM_SOPClassUID);
  if (sop_class == UID_RTStructureSetStorage) return RegionKind::structure_set;
  if (sop_class == UID_SegmentationStorage || sop_class == kLabelMapStorage) return RegionKind::segmentation;
  return std::nullopt;
}

struct Loaded {
  DcmFileFormat file;
  RegionKind kind;
  DcmDataset& data() { return *file.getDataset(); }
};

void load(const std::filesystem::path& path, Loaded& loaded) {
  start_dcmtk();
  const OFCondition read = loaded.file.loadFile(path.c_str(), EXS_Unknown, EGL_noChange, kReadAtOnce);
  if (read.bad()) throw InputError(std::string("is damaged, or no DICOM file: ") + read.text());
  const auto kind = kind_of(loaded.data());
  if (!kind) throw InputError("is neither a DICOM structure set nor a DICOM segmentation");
  loaded.kind = *kind;
}

RegionFile list(Loaded& loaded) {
  return loaded.kind == RegionKind::structure_set ? list_structure_set(loaded.data())
                                                  : list_segmentation(loaded.data());
}

void combine(Mask& all, const Mask& one, bool adds) {
  for (std::size_t i = 0; i < all.values.size(); ++i)
    if (one.values[i] != 0) all.values[i] = adds ? 1 : 0;
}

void require_image(const ReferenceFrame& image) {
  const auto& size = image.grid.size;
  if (size[0] < 1 || size[1] < 1 || size[2] < 1) throw Error(ExitCode::bug, "regions need an image with voxels");
}

}  // namespace

bool is_region_file(const std::filesystem::path& file) {
  if (!is_dicom_file(file)) return false;
  start_dcmtk();
  DcmFileFormat start;
  if (start.loadFileUntilTag(file.c_str(), EXS_Unknown, EGL_noChange, kReadAtOnce, ERM_autoDetect, DCM_StudyDate).bad())
    return false;
  return kind_of(*start.getDataset()).has_value();
}

RegionFile read_region_file(const std::filesystem::path& file) {
  Loaded loaded;
  load(file, loaded);
  return list(loaded);
}

DicomMask read_regions(const std::filesystem::path& file, const std::string& wanted, const ReferenceFrame& image,
                       const MaskParams& params) {
  require_image(image);
  Loaded loaded;
  load(file, loaded);
  const std::vector<Region> regions = list(loaded).regions;
  const std::vector<Term> terms = select(regions, wanted);
  std::optional<Segmentation> segmentation;
  if (loaded.kind == RegionKind::segmentation) segmentation.emplace(loaded.data(), image, params);
  DicomMask out;
  out.mask = Mask(image.grid);
  std::vector<bool> drawn(regions.size(), false);
  for (const Term& term : terms)
    for (const std::size_t i : term.regions) {
      throw_if_stopped();
      std::vector<std::string> notes;
      combine(out.mask,
              segmentation ? segmentation->mask(regions[i].number, notes)
                           : draw_structure(loaded.data(), regions[i], image, params, notes),
              term.adds);
      if (!drawn[i]) out.notes.insert(out.notes.end(), notes.begin(), notes.end());
      drawn[i] = true;
    }
  if (segmentation) out.notes.insert(out.notes.begin(), segmentation->notes().begin(), segmentation->notes().end());
  if (out.mask.count() == 0)
    throw InputError(terms.size() > 1 ? "nothing is left of the regions that were named"
                                      : "the region holds no voxel centre of the image");
  return out;
}

}  // namespace radfuse::dicom
