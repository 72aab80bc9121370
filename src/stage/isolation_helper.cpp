// SPDX-License-Identifier: Apache-2.0
// A helper: forks a child for each request, watches the clock, and says in words how a child ended.
#include "isolation_helper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>

#include "isolation_child.hpp"
#include "isolation_wire.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"

namespace radfuse::isolation {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kGrace{2000};  // for a child that was asked to end in order

Message case_failure(std::string text) {
  return {static_cast<std::uint32_t>(ExitCode::some_failed), std::move(text)};
}

struct Child {
  pid_t pid = -1;
  int pipe = -1;
  Clock::time_point until;
  std::string bytes;
  bool late = false, nonsense = false, stopped = false, orphaned = false;
  int status = 0;
  rusage used{};
};

std::optional<Message> whole_answer(Child& child) {
  return unpacked(child.bytes, child.nonsense);
}

int milliseconds_left(const Child& child) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(child.until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1000));
}

// A stop that the program asks for, or its end.
void hear_program(int socket, Child& child) {
  char word = 0;
  ssize_t got = -1;
  do got = read(socket, &word, 1);
  while (got < 0 && errno == EINTR);
  if (got <= 0) {
    child.orphaned = true;
  } else if (word == kStop && !child.stopped) {
    child.stopped = true;
    child.until = std::min(child.until, Clock::now() + kGrace);
    kill(child.pid, SIGTERM);
  }
}

// Until the answer is whole, the pipe is closed, time is up, or the program is gone.
void listen_to(int socket, Child& child) {
  while (true) {
    if (Clock::now() >= child.until) {
      child.late = true;
      return;
    }
    pollfd both[2] = {{child.pipe, POLLIN, 0}, {socket, POLLIN, 0}};
    if (poll(both, 2, milliseconds_left(child)) <= 0) continue;
    if (both[1].revents != 0) hear_program(socket, child);
    if (child.orphaned) return;
    if (both[0].revents == 0) continue;
    if (!receive_some(child.pipe, child.bytes)) return;
    if (whole_answer(child) || child.nonsense) return;
  }
}

// A child that has nothing more to say ends by itself within its time, or is ended.
void reap(Child& child, bool at_once) {
  bool killed = false;
  while (true) {
    if (!killed && (at_once || Clock::now() >= child.until)) {
      kill(child.pid, SIGKILL);
      killed = true;
      child.late = child.late || !at_once;
    }
    const pid_t got = wait4(child.pid, &child.status, killed ? 0 : WNOHANG, &child.used);
    if (got == child.pid || (got < 0 && errno != EINTR)) return;
    if (got == 0) poll(nullptr, 0, 1);
  }
}

// Near the limit when it crashed: libraries seldom check what malloc returns. ru_maxrss is in KiB.
bool was_short_of_memory(const Child& child, const Limits& limits) {
  return child.used.ru_maxrss / 1024 >= limits.memory_mb / 10 * 9;
}

Message crashed(const std::string& how) {
  return case_failure("decoding crashed (" + how +
                      "): the file is damaged or hostile; export it again, and report it if other programs read it");
}

Message how_it_ended(const Child& child, const Limits& limits) {
  if (child.stopped)
    return {static_cast<std::uint32_t>(ExitCode::try_again), "stopped in order; the same command goes on from here"};
  if (child.nonsense) return crashed("its answer is nonsense");
  const int number = WIFSIGNALED(child.status) ? WTERMSIG(child.status) : 0;
  if (child.late || number == SIGXCPU)
    return case_failure("took longer than " + std::to_string(limits.seconds) +
                        " s: check the file, or raise study.limits.seconds");
  if (number == SIGXFSZ)
    return case_failure("tried to write a file larger than " + std::to_string(limits.file_mb) +
                        " MB: check the file, or raise study.limits.file_mb");
  const std::string signal_text = "signal " + std::to_string(number);
  if (number == SIGKILL || number == SIGTERM || number == SIGINT || number == SIGHUP)
    return case_failure("decoding was ended from outside (" + signal_text +
                        "), as a machine that is short of memory does: use fewer --threads, then the same command");
  if (number != 0 && can_limit_memory() && was_short_of_memory(child, limits))
    return case_failure(too_much_memory(limits) + " (" + signal_text + ")");
  return crashed(number != 0 ? signal_text : "no answer, exit code " + std::to_string(WEXITSTATUS(child.status)));
}

Message run_child(int socket, const Task& task, const std::string& request) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return {static_cast<std::uint32_t>(ExitCode::try_again), "no pipe: " + std::string(std::strerror(errno))};
  Child child;
  child.until = Clock::now() + std::chrono::seconds(task.limits.seconds);
  const pid_t self = getpid();
  child.pid = fork();
  if (child.pid == 0) {
    close(socket);
    close(ends[0]);
    answer_one(ends[1], self, task, request);
  }
  const int reason = errno;
  close(ends[1]);
  child.pipe = ends[0];
  if (child.pid < 0) {
    close(child.pipe);
    return {static_cast<std::uint32_t>(ExitCode::try_again),
            "no process for a case: " + std::string(std::strerror(reason)) + "; use fewer --threads"};
  }
  listen_to(socket, child);
  const std::optional<Message> answer = whole_answer(child);
  // With an answer, nothing, or nonsense in hand there is nothing to wait for, except how a silent child ended.
  reap(child, answer || child.nonsense || child.late || child.orphaned);
  close(child.pipe);
  if (answer) return *answer;
  if (!task.folder.empty()) remove_temporaries_of(task.folder, child.pid);
  if (child.orphaned) _exit(0);
  return how_it_ended(child, task.limits);
}

// The socket becomes descriptor 3, and every other file of the program (its locks, its log) is closed.
int keep_only(int socket) {
  constexpr int kOurs = STDERR_FILENO + 1;
  if (socket != kOurs) dup2(socket, kOurs);
  fcntl(kOurs, F_SETFD, FD_CLOEXEC);
  if (close_range(kOurs + 1, ~0U, 0) != 0)
    for (int fd = kOurs + 1; fd < static_cast<int>(sysconf(_SC_OPEN_MAX)); ++fd) close(fd);
  return kOurs;
}

}  // namespace

void serve(int socket, pid_t parent, const Task& task) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  prctl(PR_SET_NAME, "radfuse-decode");
  // The program decides when a stop is a stop; its helpers end with it.
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGCHLD, SIG_DFL);
  signal(SIGPIPE, SIG_DFL);
  socket = keep_only(socket);
  try {
    std::string bytes;
    while (receive_some(socket, bytes)) {
      bool nonsense = false;
      // A stop that came when the answer was already on its way.
      while (!bytes.empty() && bytes.front() == kStop) bytes.erase(0, 1);
      const std::optional<Message> request = unpacked(bytes, nonsense);
      if (nonsense) break;
      if (!request) continue;
      bytes.clear();
      if (!send_all(socket, packed(run_child(socket, task, request->text)), true)) break;
    }
  } catch (...) {
    _exit(1);  // no memory for an answer: the program sees the end of this helper
  }
  _exit(0);
}

}  // namespace radfuse::isolation
