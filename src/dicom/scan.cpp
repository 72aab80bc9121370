// SPDX-License-Identifier: Apache-2.0
// A tree of files: which DICOM series it holds. Headers are read up to the pixel data at most.
#include "radfuse/dicom/scan.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include "header.hpp"
#include "image_file.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace fs = std::filesystem;
namespace {

bool named_dicom(const fs::path& file) {
  const std::string extension = text::lower(file.extension().string());
  return extension == ".dcm" || extension == ".dicom" || extension == ".ima";
}

void list_files(const fs::path& folder, std::vector<fs::path>& files, Scan& scan) {
  throw_if_stopped();
  std::vector<fs::path> entries;
  std::error_code problem;
  for (fs::directory_iterator it(folder, problem), end; !problem && it != end; it.increment(problem))
    entries.push_back(it->path());
  if (problem) scan.damaged.emplace_back(folder, "the folder cannot be read: " + problem.message());
  std::ranges::sort(entries);
  for (const fs::path& entry : entries) {
    std::error_code ignored;
    if (entry.filename().string().starts_with('.')) continue;
    if (fs::is_directory(fs::symlink_status(entry, ignored)))
      list_files(entry, files, scan);
    else if (fs::is_regular_file(entry, ignored))
      files.push_back(entry);
  }
}

/// What one file turned out to be.
struct Looked {
  Header header;
  bool is_dicom = false;
  std::string damage;
};

Looked look_at(const fs::path& file) {
  Looked looked;
  if (file.filename() == "DICOMDIR") return looked;
  try {
    if (is_dicom_file(file)) {
      looked.header = read_header(file);
      looked.is_dicom = !looked.header.series_uid.empty();
    } else if (named_dicom(file)) {
      std::error_code ignored;
      looked.damage = fs::file_size(file, ignored) == 0 ? "is empty" : "is not a DICOM file, although it is named so";
    }
  } catch (const InputError& error) {
    looked.damage = error.what();
  }
  return looked;
}

std::vector<Looked> look_at_all(const std::vector<fs::path>& files, int threads,
                                const std::function<void(std::size_t, std::size_t)>& progress) {
  std::vector<Looked> looked(files.size());
  std::size_t done = 0;
  std::mutex guard;
  parallel_for(files.size(), threads, [&](std::size_t i) {
    throw_if_stopped();
    looked[i] = look_at(files[i]);
    const std::lock_guard lock(guard);
    ++done;
    if (progress) progress(done, files.size());
  });
  return looked;
}

FoundSeries series_of(const Header& header) {
  FoundSeries series;
  series.kind = header.kind;
  series.patient_key = header.patient_key;
  series.patient_id = header.patient_id;
  series.description = header.description;
  series.study_uid = header.study_uid;
  series.series_uid = header.series_uid;
  series.modality = header.modality;
  series.frame_of_reference = header.frame_of_reference;
  series.acquisition = header.acquisition;
  return series;
}

/// What ties regions to images, while the series are being put together.
class Ties {
 public:
  explicit Ties(const std::vector<FoundSeries>& series) {
    for (const FoundSeries& one : series) {
      if (one.kind != ObjectKind::image) continue;
      known_.insert(one.series_uid);
      for (const std::string& instance : one.instances) by_instance_[instance] = one.series_uid;
      if (!one.frame_of_reference.empty())
        by_frame_[one.patient_key + "\n" + one.frame_of_reference].insert(one.series_uid);
    }
  }

  void tie(FoundSeries& regions, const Header& header) const {
    std::set<std::string> found;
    for (const std::string& uid : header.referenced_series)
      if (known_.contains(uid)) found.insert(uid);
    regions.tie = Tie::series;
    if (found.empty()) {
      regions.tie = Tie::instance;
      for (const std::string& uid : header.referenced_instances)
        if (const auto series = by_instance_.find(uid); series != by_instance_.end()) found.insert(series->second);
    }
    if (found.empty()) {
      regions.tie = Tie::frame;
      const auto same = by_frame_.find(regions.patient_key + "\n" + header.frame_of_reference);
      if (!header.frame_of_reference.empty() && same != by_frame_.end()) found = same->second;
    }
    if (found.empty()) regions.tie = Tie::none;
    regions.references.assign(found.begin(), found.end());
  }

 private:
  std::set<std::string> known_;
  std::map<std::string, std::string> by_instance_;
  std::map<std::string, std::set<std::string>> by_frame_;
};

}  // namespace

Scan scan_tree(const fs::path& root, int threads, const std::function<void(std::size_t, std::size_t)>& progress) {
  std::error_code ignored;
  if (!fs::is_directory(root, ignored)) throw InputError(root.string() + ": is not a folder");
  Scan scan;
  std::vector<fs::path> files;
  list_files(root, files, scan);
  const std::vector<Looked> looked = look_at_all(files, threads, progress);
  scan.files = files.size();

  // Images by series; everything else by itself, with the place of its header.
  using Key = std::tuple<std::string, std::string, std::string, std::size_t>;
  std::map<Key, std::pair<FoundSeries, std::size_t>> groups;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Header& header = looked[i].header;
    if (!looked[i].damage.empty()) scan.damaged.emplace_back(files[i], looked[i].damage);
    if (!looked[i].damage.empty()) continue;
    if (!looked[i].is_dicom) {
      ++scan.other_files;
      continue;
    }
    if (!header.instance.empty() && !seen.insert(header.instance).second) {
      ++scan.copies;
      continue;
    }
    const std::size_t own = header.kind == ObjectKind::image ? 0 : i + 1;
    const auto [group, is_new] =
        groups.try_emplace(Key(header.patient_key, header.study_uid, header.series_uid, own), series_of(header), i);
    group->second.first.files.push_back(files[i]);
    group->second.first.instances.push_back(header.instance);
  }
  std::vector<std::size_t> first;
  for (auto& [key, group] : groups) {
    scan.series.push_back(std::move(group.first));
    first.push_back(group.second);
  }
  const Ties ties(scan.series);
  for (std::size_t s = 0; s < scan.series.size(); ++s)
    if (const auto kind = scan.series[s].kind; kind == ObjectKind::structure_set || kind == ObjectKind::segmentation)
      ties.tie(scan.series[s], looked[first[s]].header);
  return scan;
}

}  // namespace radfuse::dicom
