// SPDX-License-Identifier: Apache-2.0
// gnuplot as a process: posix_spawn with an argument vector, its own folder, no user start-up file, a time limit.
#include "gnuplot.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"

extern char** environ;

namespace radfuse {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::seconds kLimit{120};  // a figure takes about 0.1 s
constexpr char kMessages[] = "messages.txt";

class FileActions {
 public:
  explicit FileActions(const fs::path& folder) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, kMessages, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

[[noreturn]] void gnuplot_missing() {
  throw InputError(
      "gnuplot is not installed, and the figures need it: install it (Debian and Ubuntu: apt-get install gnuplot-nox) "
      "and run the same command again");
}

// -1 when the time is up; the process is gone in every case.
int wait_for(pid_t child) {
  const auto deadline = std::chrono::steady_clock::now() + kLimit;
  int status = 0;
  for (;;) {
    const pid_t done = waitpid(child, &status, WNOHANG);
    if (done == child) return status;
    if (done < 0 && errno != EINTR)
      throw Error(ExitCode::bug, std::string("waiting for gnuplot: ") + std::strerror(errno));
    if (stop_requested() || std::chrono::steady_clock::now() > deadline) {
      kill(child, SIGKILL);
      while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
      throw_if_stopped();
      return -1;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

bool filled(const fs::path& file) {
  std::error_code missing;
  const auto size = fs::file_size(file, missing);
  return !missing && size > 0;
}

}  // namespace

Sketch::Sketch(const fs::path& parent) {
  static std::atomic<unsigned> counter{0};
  // The start of the name is what remove_temporaries() looks for.
  folder_ = parent / (".radfuse-tmp-" + std::to_string(getpid()) + "-figure-" + std::to_string(counter++));
  make_folder(folder_);
}

Sketch::~Sketch() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Sketch::run_gnuplot(const std::string& name) const {
  const FileActions actions(folder_);
  std::array<std::string, 3> words = {"gnuplot", "-d", name + ".gp"};
  std::array<char*, 4> arguments = {words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t child = 0;
  const int problem = posix_spawnp(&child, "gnuplot", actions.get(), nullptr, arguments.data(), environ);
  if (problem == ENOENT) gnuplot_missing();
  if (problem != 0) throw Error(ExitCode::bug, std::string("gnuplot cannot be started: ") + std::strerror(problem));
  const int status = wait_for(child);
  if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 127) gnuplot_missing();
  const bool done = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (done && filled(folder_ / (name + ".svg")) && filled(folder_ / (name + ".pdf"))) return;
  const std::string said = filled(folder_ / kMessages) ? read_file(folder_ / kMessages) : "it said nothing";
  if (said.find("unknown or ambiguous terminal") != std::string::npos)
    throw InputError("this gnuplot cannot write PDF: install one with Cairo (Debian and Ubuntu: gnuplot-nox)");
  throw Error(ExitCode::bug, "gnuplot could not draw " + name + (status == -1 ? " in 120 s: " : ": ") +
                                 text::printable(text::trim(said).substr(0, 500)));
}

}  // namespace radfuse
