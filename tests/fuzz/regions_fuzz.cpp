// SPDX-License-Identifier: Apache-2.0
// Structure sets and segmentations, drawn on the small grid that the corpus was made for.
#include <algorithm>

#include "fuzzing.hpp"
#include "radfuse/dicom/regions.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzzing::InputFile file(".dcm");
  const auto& path = file.write(fuzzing::view(data, size));
  if (!dicom::is_region_file(path)) return 0;
  dicom::ReferenceFrame image;
  image.grid.size = {8, 7, 6};
  image.grid.spacing = {0.5, 0.75, 2};
  dicom::MaskParams params;
  params.grid = (size & 1) != 0 ? dicom::GridPolicy::resample : dicom::GridPolicy::refuse;
  params.missing_contours = (size & 2) != 0 ? dicom::ContourFill::linear : dicom::ContourFill::none;
  fuzzing::try_to([&] {
    dicom::read_region_file(path);
    const auto drawn = dicom::read_regions(path, "", image, params);
    fuzzing::require(drawn.mask.grid == image.grid, "on the image's grid");
    fuzzing::require(std::ranges::all_of(drawn.mask.values, [](auto v) { return v <= 1; }), "0 and 1 only");
  });
  return 0;
}
