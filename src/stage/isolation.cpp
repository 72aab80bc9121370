// SPDX-License-Identifier: Apache-2.0
// Helpers and who may ask them.
#include "radfuse/stage/isolation.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <optional>
#include <vector>

#include "isolation_helper.hpp"
#include "isolation_wire.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse {
namespace {

using isolation::Message;

// How often a request to stop is looked for while waiting.
constexpr int kLook_ms = 50;

struct Helper {
  pid_t pid = -1;
  int socket = -1;
};

Helper start_helper(const isolation::Task& task) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw TryAgain(std::string("no socket for a helper process: ") + std::strerror(errno));
  const pid_t self = getpid();
  const pid_t pid = fork();
  if (pid == 0) isolation::serve(ends[1], self, task);
  const int reason = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    throw TryAgain(std::string("no helper process: ") + std::strerror(reason) + "; use fewer --threads");
  }
  return {pid, ends[0]};
}

// A helper whose socket is closed ends by itself.
void end_helper(Helper& helper) {
  if (helper.socket < 0) return;
  close(helper.socket);
  helper.socket = -1;
  while (waitpid(helper.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

// Nothing when the helper is gone.
std::optional<Message> converse(const Helper& helper, const std::string& request) {
  if (!isolation::send_all(helper.socket, isolation::packed({0, request}), true)) return std::nullopt;
  std::string bytes;
  bool told = false, nonsense = false;
  while (true) {
    if (stop_requested() && !told) {
      told = true;
      isolation::send_all(helper.socket, std::string(1, isolation::kStop), true);
    }
    if (!isolation::wait_readable(helper.socket, kLook_ms)) continue;
    if (!isolation::receive_some(helper.socket, bytes)) return std::nullopt;
    if (auto answer = isolation::unpacked(bytes, nonsense)) return answer;
    if (nonsense) return std::nullopt;
  }
}

[[noreturn]] void throw_again(const Message& failure) {
  switch (static_cast<ExitCode>(failure.code)) {
    case ExitCode::usage:
      throw StudyError(failure.text);
    case ExitCode::input:
      throw InputError(failure.text);
    case ExitCode::output:
      throw OutputError(failure.text);
    case ExitCode::try_again:
      throw TryAgain(failure.text);
    default:
      throw CaseError(failure.text);
  }
}

}  // namespace

struct Isolation::State {
  std::vector<Helper> helpers;
  std::vector<std::size_t> idle;
  std::size_t lost = 0;
  std::mutex guard;
  std::condition_variable freed;

  ~State() {
    for (Helper& helper : helpers) end_helper(helper);
  }

  std::size_t take() {
    std::unique_lock lock(guard);
    while (idle.empty()) {
      if (lost == helpers.size())
        throw TryAgain("every helper process was ended from outside; the same command goes on from here");
      throw_if_stopped();
      freed.wait_for(lock, std::chrono::milliseconds(kLook_ms));
    }
    const std::size_t taken = idle.back();
    idle.pop_back();
    return taken;
  }

  void give_back(std::size_t index, bool alive) {
    if (!alive) end_helper(helpers[index]);
    {
      const std::lock_guard lock(guard);
      if (alive)
        idle.push_back(index);
      else
        ++lost;
    }
    freed.notify_all();
  }
};

Isolation::Isolation(const Limits& limits, int threads, std::function<std::string(const std::string&)> answer,
                     const std::filesystem::path& folder)
    : state_(std::make_unique<State>()) {
  const isolation::Task task{limits, std::move(answer), folder};
  for (int i = 0; i < std::max(threads, 1); ++i) {
    state_->helpers.push_back(start_helper(task));
    state_->idle.push_back(state_->helpers.size() - 1);
  }
}

Isolation::~Isolation() = default;

std::string Isolation::ask(const std::string& request) {
  throw_if_stopped();
  if (request.size() > isolation::kLongest) throw Error(ExitCode::bug, "a request of more than 256 MiB");
  const std::size_t taken = state_->take();
  std::optional<Message> answer;
  try {
    answer = converse(state_->helpers[taken], request);
  } catch (...) {
    state_->give_back(taken, false);
    throw;
  }
  state_->give_back(taken, answer.has_value());
  if (!answer) {
    throw_if_stopped();
    throw CaseError("the process that watches over decoding was ended from outside; the same command tries it again");
  }
  if (answer->code != 0) throw_again(*answer);
  return std::move(answer->text);
}

}  // namespace radfuse
