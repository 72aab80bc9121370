// SPDX-License-Identifier: Apache-2.0
// Crops of one case.
#include "crops.hpp"

#include "radfuse/base/error.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/radiomics/extract.hpp"
#include "radfuse/raster/crop.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse::deep {
namespace {

int crop_size(const DeepParams& deep) {
  return std::visit([](const auto& network) { return network.size; }, deep.network);
}

Mask region_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image) {
  const bool two_dimensional = run.study.images[image].second.dimension == Dimension::two;
  const auto mask_of = [&](RoiSource source, std::optional<int> label) {
    const std::string file =
        source == RoiSource::segment ? segment_mask_file(row, run.study.images[image].first) : row.images[image].mask;
    if (file.empty()) throw CaseError("has no mask of image " + run.study.images[image].first);
    return read_mask(run.input(file), {}, label);
  };
  if (deep.roi == "mask") return mask_of(RoiSource::mask, std::nullopt);
  return radiomics::region(*run.study.radiomics, deep.roi, two_dimensional, mask_of);
}

}  // namespace

std::vector<Patch> crops_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image) {
  const Volume pixels = read_image(run.input(row.images[image].image));
  const Mask mask = region_of(run, row, deep, image);
  raster::CropSettings settings{.size = crop_size(deep),
                                .margin_mm = deep.margin_mm,
                                .margin_fraction = deep.margin_fraction,
                                .zero_outside = deep.masking == CropMasking::zero,
                                .window = std::nullopt};
  if (deep.intensity == CropIntensity::window) settings.window = raster::Window{deep.window[0], deep.window[1]};
  if (deep.intensity == CropIntensity::unit8) settings.window = raster::Window{0, 255};
  if (deep.slices == CropSlices::largest_area) return {raster::crop_slice(pixels, mask, largest_slice(mask), settings)};
  std::vector<Patch> crops;
  const Box box = bounding_box(mask);
  for (std::int64_t z = box.low[2]; z <= box.high[2]; ++z) {
    bool any = false;
    for (std::int64_t y = box.low[1]; y <= box.high[1] && !any; ++y)
      for (std::int64_t x = box.low[0]; x <= box.high[0] && !any; ++x) any = mask.at(x, y, z) != 0;
    if (any) crops.push_back(raster::crop_slice(pixels, mask, z, settings));
  }
  return crops;
}

std::vector<std::string> hashes_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image) {
  const CaseImage& files = row.images[image];
  std::vector<std::string> hashes = {run.imported_hash(files.image),
                                     files.mask.empty() ? "" : run.imported_hash(files.mask)};
  if (deep.roi != "mask" && uses_segmentation(run.study))
    hashes.push_back(run.imported_hash(segment_mask_file(row, run.study.images[image].first)));
  return hashes;
}

}  // namespace radfuse::deep
