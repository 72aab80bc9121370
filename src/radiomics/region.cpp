// SPDX-License-Identifier: Apache-2.0
// The regions of the study file: masks as they come, and rims around them.
#include "radfuse/base/error.hpp"
#include "radfuse/radiomics/extract.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse::radiomics {
namespace {

using Source = std::function<Mask(RoiSource, std::optional<int>)>;

Mask resolve(const RadiomicsParams& params, std::string_view name, bool two_dimensional, const Source& source,
             std::size_t depth) {
  for (const auto& [roi_name, roi] : params.rois) {
    if (roi_name != name) continue;
    if (roi.from != RoiSource::none)
      return source(roi.from, roi.label ? std::optional<int>(static_cast<int>(*roi.label)) : std::nullopt);
    if (roi.ring_mm.size() != 2 || depth > params.rois.size()) break;
    const Mask inner = resolve(params, roi.of, two_dimensional, source, depth + 1);
    Mask rim = ring(inner, roi.ring_mm[0], roi.ring_mm[1], two_dimensional);
    if (rim.count() == 0)
      throw CaseError("the rim '" + roi_name + "' is empty: no voxel centre lies within its distances of '" + roi.of +
                      "'; the voxels may be larger than the rim is wide, or the region fills the image");
    return rim;
  }
  if (name == "mask") return source(RoiSource::mask, std::nullopt);
  if (name == "segment") return source(RoiSource::segment, std::nullopt);
  throw StudyError("radiomics.rois: '" + std::string(name) + "' does not lead to a region that comes from a mask");
}

}  // namespace

Mask region(const RadiomicsParams& params, std::string_view name, bool two_dimensional, const Source& source) {
  return resolve(params, name, two_dimensional, source, 0);
}

}  // namespace radfuse::radiomics
