// SPDX-License-Identifier: Apache-2.0
// What a network sees of a case: pieces of its image around the region, as the settings of a set of features say.
#pragma once

#include <string>
#include <vector>

#include "radfuse/network/params.hpp"
#include "radfuse/raster/views.hpp"
#include "radfuse/stage/run.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::deep {

/// images: each size x size (blocks: size x size x size), values in [0, 1]; areas: the region's area in each, in mm^2;
/// places: where each comes from.
using Crops = raster::Seen;

/// `image`: which of the study's images. CaseError: no mask, an empty region.
Crops crops_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image);
/// Of the files that the crops come from.
std::vector<std::string> hashes_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image);

/// What the crops are cut from, for pictures.
struct CropSource {
  Volume image;
  Mask region;
};
CropSource source_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image);
Crops crops_of(const CropSource& source, const DeepParams& deep);
/// The settings of the crops, without the files.
raster::ViewSettings view_settings(const DeepParams& deep);
/// Side of a network's images.
int input_size(const NetworkParams& network);

}  // namespace radfuse::deep
