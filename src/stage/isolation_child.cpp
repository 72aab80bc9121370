// SPDX-License-Identifier: Apache-2.0
// One request in a process of its own.
#include "isolation_child.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <exception>
#include <new>

#include "isolation_wire.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "signals.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define RADFUSE_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RADFUSE_SANITIZED 1
#endif

namespace radfuse::isolation {
namespace {

#ifdef RADFUSE_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr std::int64_t kMiB = std::int64_t{1} << 20;
constexpr rlim_t kOpenFiles = 256;
// Each arena of the C library reserves 64 MiB of addresses: with one for each thread of a large machine, the limit
// would be met by empty promises.
constexpr int kArenas = 2;

extern "C" void on_stop_in_child(int) {
  request_stop();
}

// Never above a limit that is in force already: that needs privileges.
void limit(decltype(RLIMIT_AS) what, rlim_t most) {
  rlimit now{};
  if (getrlimit(what, &now) != 0) return;
  const rlim_t value = std::min(most, now.rlim_max);
  const rlimit wanted{value, value};
  setrlimit(what, &wanted);
}

// Bytes of address space in use: the first number of /proc/self/statm, in pages. 0 where it cannot be read.
std::int64_t address_space() {
  std::array<char, 64> text{};
  const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const ssize_t got = read(fd, text.data(), text.size());
  close(fd);
  std::int64_t pages = 0;
  if (got > 0) std::from_chars(text.data(), text.data() + got, pages);
  return pages * sysconf(_SC_PAGESIZE);
}

void set_limits(const Limits& limits) {
  if (can_limit_memory()) {
    mallopt(M_ARENA_MAX, kArenas);
    limit(RLIMIT_AS, static_cast<rlim_t>(address_space() + limits.memory_mb * kMiB));
  }
  // The helper's clock ends a child in time; this is for a child that outlives its helper, and counts all its threads.
  limit(RLIMIT_CPU, static_cast<rlim_t>((limits.seconds + 1) * std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))));
  limit(RLIMIT_FSIZE, static_cast<rlim_t>(limits.file_mb * kMiB));
  limit(RLIMIT_NOFILE, kOpenFiles);
  limit(RLIMIT_CORE, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

void set_signals() {
  on_stop_signals(on_stop_in_child);
  signal(SIGXFSZ, SIG_DFL);
  signal(SIGXCPU, SIG_DFL);
}

// Libraries print what they find in a file, control characters and all, and text of the program's own that was not yet
// flushed when it was forked must not be printed twice. A sanitizer's report is worth seeing.
void silence() {
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere < 0) return;
  dup2(nowhere, STDIN_FILENO);
  dup2(nowhere, STDOUT_FILENO);
  if (!kSanitized) dup2(nowhere, STDERR_FILENO);
  if (nowhere > STDERR_FILENO) close(nowhere);
}

Message failure(ExitCode code, std::string text) {
  return {static_cast<std::uint32_t>(code), std::move(text)};
}

Message mistake(const std::string& what) {
  return failure(ExitCode::some_failed, "this is a mistake of ours, please report it: " + what);
}

Message result_of(const Task& task, const std::string& request) {
  try {
    std::string text = task.answer(request);
    if (text.size() > kLongest) return mistake("an answer of " + std::to_string(text.size()) + " bytes");
    return {0, std::move(text)};
  } catch (const Error& error) {
    if (error.code() == ExitCode::bug || error.code() == ExitCode::done) return mistake(error.what());
    return failure(error.code(), error.what());
  } catch (const std::bad_alloc&) {
    return failure(ExitCode::some_failed, too_much_memory(task.limits));
  } catch (const std::exception& error) {
    return mistake(error.what());
  } catch (...) {
    return mistake("an exception that is none");
  }
}

}  // namespace

bool can_limit_memory() {
  return !kSanitized;
}

std::string too_much_memory(const Limits& limits) {
  return "needed more than " + std::to_string(limits.memory_mb) +
         " MB of memory: check the file, or raise study.limits.memory_mb";
}

void answer_one(int pipe, pid_t helper, const Task& task, const std::string& request) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != helper) _exit(1);  // it died before we asked to be told
  set_signals();
  silence();
  set_limits(task.limits);
  const std::string bytes = packed(result_of(task, request));
  _exit(send_all(pipe, bytes, false) ? 0 : 1);
}

}  // namespace radfuse::isolation
