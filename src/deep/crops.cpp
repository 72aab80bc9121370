// SPDX-License-Identifier: Apache-2.0
// Crops of one case.
#include "crops.hpp"

#include "radfuse/base/error.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/radiomics/extract.hpp"

namespace radfuse::deep {
namespace {

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

raster::Views views_of(CropSlices slices) {
  switch (slices) {
    case CropSlices::largest_area:
      return raster::Views::largest_area;
    case CropSlices::n_largest:
      return raster::Views::n_largest;
    case CropSlices::all:
      return raster::Views::all;
    case CropSlices::two_and_a_half:
      return raster::Views::two_and_a_half;
    case CropSlices::three_planes:
      return raster::Views::three_planes;
    case CropSlices::block:
      return raster::Views::block;
  }
  throw Error(ExitCode::bug, "an unknown choice of slices");
}

raster::Masking masking_of(CropMasking masking) {
  switch (masking) {
    case CropMasking::none:
      return raster::Masking::none;
    case CropMasking::zero:
      return raster::Masking::zero;
    case CropMasking::soft:
      return raster::Masking::soft;
  }
  throw Error(ExitCode::bug, "an unknown masking");
}

raster::GreyScale grey_of(const DeepParams& deep) {
  using Kind = raster::GreyScale::Kind;
  switch (deep.intensity) {
    case CropIntensity::percentile:
      return {Kind::percentiles, deep.percentiles.at(0), deep.percentiles.at(1)};
    case CropIntensity::window:
      return {Kind::window, deep.window.at(0), deep.window.at(1)};
    case CropIntensity::unit8:
      return {Kind::window, 0, 255};
    case CropIntensity::z_score:
      return {Kind::z_score, 0, 0};
  }
  throw Error(ExitCode::bug, "an unknown grey scale");
}

}  // namespace

int input_size(const NetworkParams& network) {
  return std::visit([](const auto& params) { return params.size; }, network);
}

raster::ViewSettings view_settings(const DeepParams& deep) {
  return {.views = views_of(deep.slices),
          .count = deep.count,
          .size = input_size(deep.network),
          .margin_mm = deep.margin_mm,
          .margin_fraction = deep.margin_fraction,
          .masking = masking_of(deep.masking),
          .soft_mm = deep.soft_mm,
          .grey = grey_of(deep)};
}

CropSource source_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image) {
  return {read_image(run.input(row.images[image].image)), region_of(run, row, deep, image)};
}

Crops crops_of(const CropSource& source, const DeepParams& deep) {
  return raster::see(source.image, source.region, view_settings(deep));
}

Crops crops_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image) {
  return crops_of(source_of(run, row, deep, image), deep);
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
