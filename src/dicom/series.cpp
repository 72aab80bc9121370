// SPDX-License-Identifier: Apache-2.0
// A folder's slices of one series become one volume.
#include "radfuse/dicom/series.hpp"

#include <algorithm>
#include <map>

#include "acquisition.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "slice.hpp"
#include "stack.hpp"

namespace radfuse::dicom {
namespace fs = std::filesystem;
namespace {

/// A file that calls itself DICOM, or is empty, is a damaged slice; any other file is something else.
bool claims_to_be_dicom(const fs::path& file) {
  const std::string extension = text::lower(file.extension().string());
  std::error_code ignored;
  return extension == ".dcm" || extension == ".dicom" || extension == ".ima" || fs::file_size(file, ignored) == 0;
}

std::vector<fs::path> dicom_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code problem;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem)) {
    const fs::path& file = it->path();
    std::error_code ignored;
    const std::string name = file.filename().string();
    if (name.starts_with('.') || name == "DICOMDIR" || !fs::is_regular_file(file, ignored)) continue;
    if (is_dicom_file(file))
      files.push_back(file);
    else if (claims_to_be_dicom(file))
      throw InputError("'" + name + "' is empty or not a DICOM file; copy it again from its source, or take it away");
  }
  if (problem) throw InputError("the folder cannot be read: " + problem.message());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Slice> only_series(std::vector<Slice> slices, const std::string& wanted) {
  std::map<std::string, std::size_t> counts;
  for (const Slice& slice : slices) ++counts[slice.series_uid];
  if (!wanted.empty()) {
    std::erase_if(slices, [&](const Slice& slice) { return slice.series_uid != wanted; });
  } else if (counts.size() > 1) {
    std::vector<std::string> listed;
    for (const auto& [uid, count] : counts) {
      const auto one =
          std::find_if(slices.begin(), slices.end(), [&, &id = uid](const Slice& s) { return s.series_uid == id; });
      listed.push_back(one->modality + " " + uid + " (" + std::to_string(count) + " slices, e.g. '" + one->name + "')");
    }
    throw InputError("the folder has " + std::to_string(counts.size()) + " series: " + text::join(listed, "; ") +
                     "; name one slice of the series that is meant, or give each series its own folder");
  }
  return slices;
}

std::vector<Slice> slices_of(const fs::path& path) {
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  const fs::path parent = folder ? path : path.parent_path().empty() ? fs::path(".") : path.parent_path();
  std::vector<Slice> slices;
  std::string wanted;
  for (const fs::path& file : dicom_files(parent)) {
    throw_if_stopped();
    auto slice = with_context("slice '" + file.filename().string() + "'", [&] { return read_slice(file); });
    if (!slice) continue;
    if (!folder && file.filename() == path.filename()) wanted = slice->series_uid;
    slices.push_back(std::move(*slice));
  }
  if (!folder && wanted.empty()) throw InputError("is not a DICOM image");
  if (slices.empty()) throw InputError("the folder has no DICOM images");
  return only_series(std::move(slices), wanted);
}

std::vector<Attribute> acquisition_of(const std::vector<Slice>& slices) {
  std::vector<Attribute> acquisition;
  for (std::size_t i = 0; i < std::size(kAllowedAttributes); ++i) {
    const std::string& first = slices.front().acquisition[i];
    const bool same =
        std::all_of(slices.begin(), slices.end(), [&](const Slice& s) { return s.acquisition[i] == first; });
    acquisition.push_back({std::string(kAllowedAttributes[i].name), same ? first : "varies"});
  }
  return acquisition;
}

}  // namespace

DicomSeries read_series(const fs::path& path, const DicomParams& params) {
  std::vector<Slice> slices = slices_of(path);
  DicomSeries series;
  series.volume = Volume(stack(slices));
  const auto slice_size = static_cast<std::size_t>(slices.front().rows * slices.front().columns);
  for (std::size_t z = 0; z < slices.size(); ++z) {
    throw_if_stopped();
    with_context("slice '" + slices[z].name + "'", [&] {
      read_slice_voxels(slices[z], params, std::span(series.volume.values).subspan(z * slice_size, slice_size),
                        series.notes);
    });
  }
  series.acquisition = acquisition_of(slices);
  series.frame.grid = series.volume.grid;
  series.frame.series = slices.front().series_uid;
  return series;
}

Grid read_series_grid(const fs::path& path, const DicomParams&) {
  std::vector<Slice> slices = slices_of(path);
  return stack(slices);
}

std::vector<std::string> acquisition_names() {
  std::vector<std::string> names;
  for (const AllowedAttribute& allowed : kAllowedAttributes) names.emplace_back(allowed.name);
  return names;
}

}  // namespace radfuse::dicom
