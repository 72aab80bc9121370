// SPDX-License-Identifier: Apache-2.0
// Folders below the declared root, opened with openat2(RESOLVE_BENEATH).
#include "output_root.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

constexpr int kFolder = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

struct Root {
  fs::path named;  ///< absolute and tidy, as the study says it
  fs::path real;   ///< where that is
};

std::mutex guard;
std::optional<Root> declared;
std::atomic<bool> no_openat2{false};

fs::path tidy(const fs::path& path) {
  fs::path whole = fs::absolute(path).lexically_normal();
  return whole.filename().empty() ? whole.parent_path() : whole;
}

// The root, and the way from it to `folder`, when the folder lies below it.
std::optional<std::pair<Root, fs::path>> below_root(const fs::path& folder) {
  const std::lock_guard lock(guard);
  if (!declared) return std::nullopt;
  const fs::path way = tidy(folder).lexically_relative(declared->named);
  if (way.empty() || *way.begin() == "..") return std::nullopt;
  return std::pair(*declared, way);
}

bool lies_within(const fs::path& real, const fs::path& root) {
  const fs::path way = real.lexically_relative(root);
  return !way.empty() && *way.begin() != "..";
}

// The descriptor, or -1 with errno: EXDEV when the way leads out.
int open_beneath(int root, const fs::path& real_root, const fs::path& way) {
  if (!no_openat2) {
    open_how how{};
    how.flags = kFolder;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    const auto fd = static_cast<int>(syscall(SYS_openat2, root, way.c_str(), &how, sizeof how));
    // A sandbox may know nothing of the call (EPERM), and an absolute link may still point to a place within.
    if (fd >= 0 || (errno != ENOSYS && errno != EPERM && errno != EXDEV)) return fd;
  }
  std::error_code problem;
  const fs::path real = fs::canonical(real_root / way, problem);
  if (problem) {
    errno = problem.value();
    return -1;
  }
  if (!lies_within(real, real_root)) {
    errno = EXDEV;
    return -1;
  }
  return open(real.c_str(), kFolder | O_NOFOLLOW);
}

[[noreturn]] void leads_out(const Root& root, const fs::path& way) {
  fs::path link = root.named;
  for (const fs::path& part : way) {
    link /= part;
    std::error_code ignored;
    if (fs::is_symlink(link, ignored) && !lies_within(fs::weakly_canonical(link, ignored), root.real)) break;
  }
  throw OutputError(link.string() +
                    ": is a link that leads out of the study's output; nothing is written through it. " +
                    "Remove the link, or set study.output to the place it leads to");
}

int fail(const fs::path& folder, int reason) {
  throw OutputError(folder.string() + ": cannot make or open this folder: " + std::strerror(reason));
}

// Folder by folder from the root, made where it is missing.
int open_below(const Root& root, const fs::path& way) {
  const int top = open(root.real.c_str(), kFolder);
  if (top < 0) fail(root.named, errno);
  int parent = dup(top);
  int at = open_beneath(top, root.real, way);
  fs::path done;
  for (auto part = way.begin(); at < 0 && errno == ENOENT && part != way.end(); ++part) {
    done /= *part;
    int next = open_beneath(top, root.real, done);
    if (next < 0 && errno == ENOENT && (mkdirat(parent, part->c_str(), 0777) == 0 || errno == EEXIST))
      next = open_beneath(top, root.real, done);
    const int reason = errno;
    close(parent);
    parent = next;
    if (next < 0) {
      errno = reason;
      break;
    }
    if (std::next(part) == way.end()) std::swap(at, parent);
    errno = ENOENT;
  }
  const int reason = errno;
  if (parent >= 0) close(parent);
  close(top);
  if (at >= 0) return at;
  if (reason == EXDEV || reason == ELOOP) leads_out(root, way);
  return fail(root.named / way, reason);
}

}  // namespace

void set_output_root(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  const fs::path real = problem ? fs::path() : fs::canonical(folder, problem);
  if (problem) throw OutputError(folder.string() + ": cannot make this folder: " + problem.message());
  const std::lock_guard lock(guard);
  declared = Root{tidy(folder), real};
}

OutputFolder::OutputFolder(const fs::path& folder) {
  const fs::path there = folder.empty() ? fs::path(".") : folder;
  if (const auto found = below_root(there)) {
    fd_ = open_below(found->first, found->second);
    return;
  }
  std::error_code problem;
  fs::create_directories(there, problem);
  if (problem) throw OutputError(there.string() + ": cannot make this folder: " + problem.message());
  fd_ = open(there.c_str(), kFolder);
  if (fd_ < 0) fail(there, errno);
}

OutputFolder::~OutputFolder() {
  if (fd_ >= 0) close(fd_);
}

void require_writable_place(const fs::path& file) {
  const OutputFolder folder(file.parent_path());
  const auto found = below_root(file);
  struct stat s {};
  if (found && fstatat(folder.fd(), file.filename().c_str(), &s, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(s.st_mode))
    leads_out(found->first, found->second);
}

void pretend_no_openat2(bool pretend) {
  no_openat2 = pretend;
}

}  // namespace radfuse
