// SPDX-License-Identifier: Apache-2.0
// A DICOM image as a series of one file. DCMTK is not instrumented: this looks for what our code makes of its answers.
#include <cmath>

#include "fuzzing.hpp"
#include "radfuse/dicom/series.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzzing::InputFile file("-series/i.dcm");
  const auto& path = file.write(fuzzing::view(data, size));
  dicom::DicomParams params;
  params.series.gaps = (size & 1) != 0 ? dicom::GapPolicy::interpolate : dicom::GapPolicy::refuse;
  fuzzing::try_to([&] {
    const auto series = dicom::read_series(path.parent_path(), params);
    fuzzing::require(series.volume.values.size() == series.volume.grid.count(), "as many values as voxels");
    for (const double spacing : series.volume.grid.spacing)
      fuzzing::require(spacing >= 1e-3 && spacing <= 1e2, "spacing between 0.001 and 100 mm");
    for (const float value : series.volume.values) fuzzing::require(std::isfinite(value), "finite values");
  });
  return 0;
}
