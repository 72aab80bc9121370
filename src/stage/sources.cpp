// SPDX-License-Identifier: Apache-2.0
// Cells of the manifest become files.
#include "sources.hpp"

#include <algorithm>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

constexpr const char* kOutside =
    "lies outside the manifest's folder and cohort.roots; add its folder to cohort.roots, or set "
    "cohort.allow_outside: true";

Place refused(std::string why) {
  return {{}, false, std::move(why)};
}

UidFinder& finder() {
  static UidFinder chosen;
  return chosen;
}

// As DICOM has them (PS3.5, 9.1), as far as a manifest must tell them from file names.
bool looks_like_uid(std::string_view cell) {
  return cell.size() <= 64 && std::ranges::count(cell, '.') >= 2 && cell.front() != '.' && cell.back() != '.' &&
         cell.find("..") == std::string_view::npos &&
         std::ranges::all_of(cell, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end() || (std::next(end) == folder.end() && end->empty());  // a slash at its end
}

}  // namespace

void find_uids_with(UidFinder chosen) {
  finder() = std::move(chosen);
}

std::vector<Source> sources_of(const ManifestImage& image) {
  std::vector<Source> sources;
  if (!image.image.empty() && image.files.empty()) sources.push_back({image.image, image.image_column});
  for (const fs::path& file : image.files) sources.push_back({file, image.image_column});
  for (const fs::path& file : image.masks) sources.push_back({file, image.mask_column});
  return sources;
}

Places::Places(const Study& study, fs::path manifest_folder)
    : folder_(std::move(manifest_folder)), allow_outside_(study.cohort.allow_outside) {
  std::error_code ignored;
  for (const std::string& root : study.cohort.roots) roots_.push_back((study.folder / root).lexically_normal());
  inside_.push_back(fs::weakly_canonical(folder_.empty() ? fs::path(".") : folder_, ignored));
  for (const fs::path& root : roots_) inside_.push_back(fs::weakly_canonical(root, ignored));
}

bool Places::allowed(const fs::path& path) const {
  if (allow_outside_) return true;
  std::error_code problem;
  const fs::path real = fs::weakly_canonical(path, problem);
  return !problem && std::ranges::any_of(inside_, [&](const fs::path& folder) { return is_below(real, folder); });
}

Place Places::find_uid(const std::string& uid) const {
  if (!finder()) return refused("names a DICOM object by its UID, which this program does not look for");
  Place place;
  place.by_uid = true;
  try {
    place.files = finder()(uid, roots_.empty() ? std::vector{folder_.empty() ? fs::path(".") : folder_} : roots_);
  } catch (const InputError& error) {
    return refused(error.what());
  }
  if (place.files.empty())
    return refused("there is no file of this name, and no DICOM series or object with this UID below " +
                   std::string(roots_.empty() ? "the manifest's folder; name the folders to search in cohort.roots"
                                              : "the folders of cohort.roots"));
  for (const fs::path& file : place.files) {
    if (file.parent_path() != place.files.front().parent_path())
      return refused("the series lies in several folders; put its files into one");
    if (!allowed(file)) return refused(kOutside);
  }
  return place;
}

Place Places::find(std::string_view cell) const {
  if (cell.empty()) return refused("has an empty name between two semicolons");
  const fs::path path = folder_ / fs::path(cell);
  std::error_code ignored;
  if (looks_like_uid(cell) && !fs::exists(path, ignored)) return find_uid(std::string(cell));
  if (!allowed(path)) return refused(kOutside);
  return {{path}, false, ""};
}

}  // namespace radfuse
