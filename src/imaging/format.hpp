// SPDX-License-Identifier: Apache-2.0
// The file formats that are read, chosen by file name ending and by nothing else: no reader is tried on a file that is
// not its own.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace radfuse {

enum class Format { nifti, nrrd, mha, png, jpeg, tiff };

struct FormatRow {
  std::string_view extension;
  Format format;
  std::string_view name;
};
inline constexpr FormatRow kFormats[] = {
    {".nii.gz", Format::nifti, "NIfTI"}, {".nii", Format::nifti, "NIfTI"}, {".nrrd", Format::nrrd, "NRRD"},
    {".mha", Format::mha, "MHA"},        {".png", Format::png, "PNG"},     {".jpg", Format::jpeg, "JPEG"},
    {".jpeg", Format::jpeg, "JPEG"},     {".tif", Format::tiff, "TIFF"},   {".tiff", Format::tiff, "TIFF"},
};

/// Throws InputError for an unknown ending.
const FormatRow& format_of(const std::filesystem::path& path);

}  // namespace radfuse
