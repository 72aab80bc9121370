// SPDX-License-Identifier: Apache-2.0
// The values of the IBSI's reference tables that say how far image and region agree before any feature is taken.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "radfuse/radiomics/extract.hpp"

namespace radfuse::radiomics {

struct DiagnosticDef {
  std::string_view name;  ///< the IBSI's tag
  std::string_view doc;
};
/// Sixty: initial image (9), interpolated image (9), then the region initially, interpolated and re-segmented (14
/// each).
std::span<const DiagnosticDef> diagnostics();

/// The first eighteen. The interpolated image is made block by block and never held as a whole.
std::vector<double> image_diagnostics(const Volume& image, const RadiomicsParams& params, bool two_dimensional);
/// The other forty-two. NaN where a region has no voxel.
std::vector<double> region_diagnostics(const Volume& image, const Mask& roi, const Prepared& prepared);

}  // namespace radfuse::radiomics
