// SPDX-License-Identifier: Apache-2.0
// A folder's slices of one series become one volume.
#include "radfuse/dicom/series.hpp"

#include <algorithm>
#include <map>

#include "acquisition.hpp"
#include "fill.hpp"
#include "image_file.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
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

/// The content of the wanted series; without one, of the only series there is.
void keep_series(std::vector<FileContent>& files, const std::string& wanted) {
  std::map<std::string, std::vector<const FileContent*>> all;
  for (const FileContent& file : files) all[file.series_uid].push_back(&file);
  if (!wanted.empty()) {
    std::erase_if(files, [&](const FileContent& file) { return file.series_uid != wanted; });
    return;
  }
  if (all.size() <= 1) return;
  std::vector<std::string> listed;
  for (const auto& [uid, members] : all)
    listed.push_back(members.front()->modality + " (" + std::to_string(members.size()) + " files, e.g. '" +
                     members.front()->name + "')");
  throw InputError("the folder has " + std::to_string(all.size()) + " series: " + text::join(listed, "; ") +
                   "; name one slice of the series that is meant, or give each series its own folder");
}

std::vector<Slice> slices_of(const fs::path& path, const DicomParams& params, std::vector<std::string>& notes) {
  std::error_code ignored;
  const bool folder = fs::is_directory(path, ignored);
  const fs::path parent = folder ? path : path.parent_path().empty() ? fs::path(".") : path.parent_path();
  std::vector<FileContent> files;
  std::string wanted;
  for (const fs::path& file : dicom_files(parent)) {
    throw_if_stopped();
    auto content = with_context("slice '" + file.filename().string() + "'", [&] { return read_content(file, params); });
    if (!content) continue;
    if (!folder && file.filename() == path.filename()) wanted = content->series_uid;
    files.push_back(std::move(*content));
  }
  if (!folder && wanted.empty()) throw InputError("is not a DICOM image");
  if (files.empty()) throw InputError("the folder has no DICOM images");
  keep_series(files, wanted);
  std::vector<Slice> slices;
  for (FileContent& file : files) {
    if (file.problem) std::rethrow_exception(file.problem);
    for (const std::string& note : file.notes) note_once(notes, note);
    slices.insert(slices.end(), std::make_move_iterator(file.slices.begin()),
                  std::make_move_iterator(file.slices.end()));
  }
  return slices;
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

/// A plane that was made of two slices belongs to none.
ReferenceFrame frame_of(const Stack& made) {
  const Slice& first = made.slices.front();
  ReferenceFrame frame{made.grid, first.frame_of_reference, {}, first.series_uid, {}};
  for (const Plane& plane : made.planes)
    frame.instances.push_back(plane.share == 0 ? made.slices[plane.below].instance_uid : std::string());
  return frame;
}

DicomSeries read(const fs::path& path, const DicomParams& params, bool with_voxels) {
  DicomSeries series;
  const Stack made = stack(slices_of(path, params, series.notes), params.series, series.notes);
  if (with_voxels) series.volume = fill(made, series.notes);
  const Slice& first = made.slices.front();
  if (std::any_of(made.slices.begin(), made.slices.end(), [&](const Slice& s) { return s.scaling != first.scaling; }))
    series.notes.push_back("slope and intercept differ between slices; each slice has its own");
  series.acquisition = acquisition_of(made.slices);
  series.frame = frame_of(made);
  return series;
}

}  // namespace

DicomSeries read_series(const fs::path& path, const DicomParams& params) {
  return read(path, params, true);
}

DicomSeries read_series_header(const fs::path& path, const DicomParams& params) {
  return read(path, params, false);
}

Grid read_series_grid(const fs::path& path, const DicomParams& params) {
  return read_series_header(path, params).frame.grid;
}

std::vector<std::string> acquisition_names() {
  std::vector<std::string> names;
  for (const AllowedAttribute& allowed : kAllowedAttributes) names.emplace_back(allowed.name);
  return names;
}

}  // namespace radfuse::dicom
