// SPDX-License-Identifier: Apache-2.0
// An index of series and objects.
#include "radfuse/dicom/find.hpp"

#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/dicom/picture.hpp"
#include "radfuse/dicom/scan.hpp"

namespace radfuse::dicom {
namespace fs = std::filesystem;

UidIndex::UidIndex(int threads, std::function<void(std::size_t, std::size_t)> progress)
    : threads_(threads), progress_(std::move(progress)) {}

const UidIndex::ByUid& UidIndex::below(const fs::path& root) {
  const auto [known, is_new] = roots_.try_emplace(root.string());
  if (!is_new) return known->second;
  ByUid& by_uid = known->second;
  const Scan scan = with_context("cohort.roots", [&] { return scan_tree(root, threads_, progress_); });
  for (const FoundSeries& series : scan.series)
    for (std::size_t i = 0; i < series.files.size(); ++i) {
      by_uid[series.series_uid].push_back(series.files[i]);
      if (series.instances[i] != series.series_uid) by_uid[series.instances[i]].push_back(series.files[i]);
    }
  for (auto& [uid, files] : by_uid) std::ranges::sort(files);
  return by_uid;
}

std::vector<fs::path> UidIndex::find(const std::string& uid, const std::vector<fs::path>& roots) {
  const std::lock_guard lock(guard_);
  for (const fs::path& root : roots) {
    const ByUid& by_uid = below(root);
    const auto found = by_uid.find(uid);
    if (found == by_uid.end()) continue;
    if (found->second.size() > 1 && is_picture(found->second.front()))
      throw InputError("the series has " + std::to_string(found->second.size()) +
                       " pictures; name the one that is meant by its SOPInstanceUID or its file");
    return found->second;
  }
  return {};
}

}  // namespace radfuse::dicom
