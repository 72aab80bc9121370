// SPDX-License-Identifier: Apache-2.0
// SHA-256 of files, remembered.
#include "radfuse/stage/hashes.hpp"

#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

// A file written within the last seconds may be written again within the same tick of the clock: not remembered.
constexpr long kSettled_s = 2;

struct Stamp {
  std::string text;
  bool settled = false;
};

Stamp stamp_of(const fs::path& file) {
  struct stat s {};
  if (stat(file.c_str(), &s) != 0) return {};
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return {std::to_string(s.st_size) + ":" + std::to_string(s.st_mtim.tv_sec) + "." + std::to_string(s.st_mtim.tv_nsec) +
              ":" + std::to_string(s.st_ctim.tv_sec) + "." + std::to_string(s.st_ctim.tv_nsec) + ":" +
              std::to_string(s.st_ino),
          now.tv_sec - std::max(s.st_mtim.tv_sec, s.st_ctim.tv_sec) > kSettled_s};
}

}  // namespace

FileHashes::FileHashes(const fs::path& output) : cache_(output / ".radfuse" / "hashes.tsv") {
  std::error_code ignored;
  if (!fs::exists(cache_, ignored)) return;
  try {
    for (const std::string& line : text::split(read_file(cache_), '\n')) {
      const auto cells = text::split(line, '\t');
      if (cells.size() == 3 && cells[0].size() == 32 && cells[2].size() == 64) known_[cells[0]] = {cells[1], cells[2]};
    }
  } catch (const InputError&) {
    known_.clear();
  }
}

std::string FileHashes::of(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return "missing";
  // A pipe or a device in the place of a file would be read without end.
  if (!fs::is_directory(path, ignored)) return fs::is_regular_file(path, ignored) ? of_file(path) : "no file";
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, ignored))
    if (entry.is_regular_file(ignored)) files.push_back(entry.path());
  std::ranges::sort(files);
  std::string all;
  for (const fs::path& file : files) all += file.filename().string() + " " + of_file(file) + "\n";
  return sha256(all);
}

std::string FileHashes::of_file(const fs::path& path) {
  // Names of files can identify a patient, and the cache lies among the results.
  const std::string name = sha256(fs::weakly_canonical(path).string()).substr(0, 32);
  const Stamp stamp = stamp_of(path);
  {
    const std::lock_guard lock(guard_);
    const auto found = known_.find(name);
    if (found != known_.end() && found->second.stamp == stamp.text) return found->second.sha256;
  }
  std::string sum = sha256_file(path);
  const std::lock_guard lock(guard_);
  if (stamp.settled) {
    known_[name] = {stamp.text, sum};
    changed_ = true;
  }
  return sum;
}

void FileHashes::save() {
  const std::lock_guard lock(guard_);
  if (!changed_) return;
  std::string all;
  for (const auto& [name, known] : known_) all += name + "\t" + known.stamp + "\t" + known.sha256 + "\n";
  try {
    write_file(cache_, all);
    changed_ = false;
  } catch (const OutputError&) {
    // a cache: the next run reads the files again
  }
}

}  // namespace radfuse
