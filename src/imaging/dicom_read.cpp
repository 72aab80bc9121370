// SPDX-License-Identifier: Apache-2.0
// Series or picture.
#include "dicom_read.hpp"

#include <optional>

#include "radfuse/dicom/picture.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

/// The picture that the path stands for: the file, or the only file of the folder. Nothing when it is a series.
std::optional<fs::path> picture_of(const fs::path& path) {
  std::error_code ignored;
  fs::path file = path;
  if (fs::is_directory(path, ignored)) {
    std::size_t files = 0;
    for (fs::directory_iterator it(path, ignored), end; it != end && files < 2; it.increment(ignored)) {
      if (it->path().filename().string().starts_with('.') || !it->is_regular_file(ignored)) continue;
      file = it->path();
      ++files;
    }
    if (files != 1) return std::nullopt;
  }
  if (!dicom::is_picture(file)) return std::nullopt;
  return file;
}

}  // namespace

dicom::DicomSeries read_dicom(const fs::path& path, const dicom::DicomParams& params) {
  const auto picture = picture_of(path);
  return picture ? dicom::read_picture(*picture, params) : dicom::read_series(path, params);
}

dicom::DicomSeries read_dicom_header(const fs::path& path, const dicom::DicomParams& params) {
  const auto picture = picture_of(path);
  return picture ? dicom::read_picture_header(*picture, params) : dicom::read_series_header(path, params);
}

}  // namespace radfuse
