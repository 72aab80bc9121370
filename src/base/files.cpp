// SPDX-License-Identifier: Apache-2.0
// Durable files by temporary name, fsync and rename.
#include "radfuse/base/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "output_root.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMark = ".radfuse-tmp-";

[[noreturn]] void fail(const fs::path& file, std::string_view what, int reason) {
  throw OutputError(file.string() + ": cannot " + std::string(what) + ": " + std::strerror(reason));
}

// Same folder (rename must not cross file systems), same extension (libraries choose the format by it).
fs::path temporary_beside(const fs::path& file) {
  static std::atomic<unsigned> counter{0};
  return file.parent_path() / (std::string(kMark) + std::to_string(getpid()) + "-" + std::to_string(counter++) + "-" +
                               file.filename().string());
}

void sync_and_close(int fd, const fs::path& named) {
  if (fd < 0) fail(named, "open for syncing", errno);
  const int rc = fsync(fd);
  const int reason = errno;
  close(fd);
  // Some file systems refuse to sync a folder; the rename is still atomic there.
  if (rc != 0 && reason != EINVAL && reason != EROFS) fail(named, "be made durable", reason);
}

// Within one folder that stays open: a link that appears on the way meanwhile changes nothing.
void rename_durably(const OutputFolder& folder, const fs::path& temporary, const fs::path& file) {
  const fs::path from = temporary.filename(), to = file.filename();
  sync_and_close(openat(folder.fd(), from.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC), file);
  if (renameat(folder.fd(), from.c_str(), folder.fd(), to.c_str()) != 0) fail(file, "be renamed into place", errno);
  sync_and_close(fcntl(folder.fd(), F_DUPFD_CLOEXEC, 0), file);
}

void write_all(int fd, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t done = write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail(file, "be written (" + std::to_string(bytes.size()) + " bytes left)", errno);
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

void remove_marked(const fs::path& folder, std::string_view mark) {
  std::error_code ignored;
  std::vector<fs::path> left;
  for (fs::recursive_directory_iterator it(folder, ignored), end; it != end; it.increment(ignored))
    if (it->path().filename().string().starts_with(mark)) left.push_back(it->path());
  for (const fs::path& file : left) fs::remove_all(file, ignored);
}

}  // namespace

std::string read_file(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) throw InputError(file.string() + ": no such file");
  if (fs::is_directory(file, ignored)) throw InputError(file.string() + ": is a folder, not a file");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(file.string() + ": cannot be read: " + std::strerror(errno));
  std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) throw InputError(file.string() + ": reading failed half-way");
  return bytes;
}

void make_folder(const fs::path& folder) {
  const OutputFolder made(folder);
}

namespace {

// `write` fills the temporary file, in the folder that is open.
void publish(const fs::path& file, const std::function<void(const OutputFolder&, const fs::path&)>& write) {
  const OutputFolder folder(file.parent_path());
  const fs::path temporary = temporary_beside(file);
  // Nothing may wait there, least of all a link.
  if (unlinkat(folder.fd(), temporary.filename().c_str(), 0) != 0 && errno != ENOENT) fail(file, "be written", errno);
  try {
    write(folder, temporary);
    rename_durably(folder, temporary, file);
  } catch (...) {
    unlinkat(folder.fd(), temporary.filename().c_str(), 0);
    throw;
  }
}

}  // namespace

void write_file(const fs::path& file, std::string_view bytes) {
  write_file_in_parts(file, [&](const Put& put) { put(bytes); });
}

void write_file_in_parts(const fs::path& file, const std::function<void(const Put& put)>& produce) {
  publish(file, [&](const OutputFolder& folder, const fs::path& temporary) {
    const int fd =
        openat(folder.fd(), temporary.filename().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) fail(file, "be written", errno);
    try {
      produce([&](std::string_view bytes) { write_all(fd, bytes, file); });
    } catch (...) {
      close(fd);
      throw;
    }
    if (close(fd) != 0) fail(file, "be closed", errno);
  });
}

void publish_file(const fs::path& file, const std::function<void(const fs::path&)>& write) {
  publish(file, [&](const OutputFolder&, const fs::path& temporary) { write(temporary); });
}

void remove_temporaries(const fs::path& folder) {
  remove_marked(folder, kMark);
}

void remove_temporaries_of(const fs::path& folder, int process) {
  remove_marked(folder, std::string(kMark) + std::to_string(process) + "-");
}

}  // namespace radfuse
