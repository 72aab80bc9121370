// SPDX-License-Identifier: Apache-2.0
// Advisory lock of a stage's folder.
#include "radfuse/stage/lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse {

FolderLock::FolderLock(const std::filesystem::path& output, std::string_view stage, bool shared, double patience_s) {
  const std::filesystem::path file = output / ".radfuse" / (std::string(stage) + ".lock");
  require_writable_place(file);
  fd_ = open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (fd_ < 0) throw OutputError(file.string() + ": cannot be opened: " + std::strerror(errno));
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(patience_s);
  while (flock(fd_, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      const int reason = errno;
      close(fd_);
      throw OutputError(file.string() + ": cannot be locked: " + std::strerror(reason));
    }
    if (stop_requested() || std::chrono::steady_clock::now() > until) {
      char holder[32] = {};
      const ssize_t got = pread(fd_, holder, sizeof holder - 1, 0);
      close(fd_);
      throw TryAgain("another run of " + std::string(stage) + " is at work in " + output.string() +
                     (got > 0 ? " (process " + std::string(holder, static_cast<std::size_t>(got)) + ")" : "") +
                     "; wait for it, or stop it");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const std::string pid = std::to_string(getpid());
  if (ftruncate(fd_, 0) == 0) {
    const ssize_t written = pwrite(fd_, pid.data(), pid.size(), 0);
    (void)written;  // the holder's number is a courtesy
  }
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace radfuse
