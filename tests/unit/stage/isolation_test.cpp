// SPDX-License-Identifier: Apache-2.0
// Child processes under limits: each way to fail becomes a reason in words, and nothing is left behind.
#include "radfuse/stage/isolation.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

#include "isolation_child.hpp"
#include "isolation_wire.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::size_t open_files() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

// Processes whose parent this is, zombies among them.
std::size_t children_of(pid_t parent) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    if (!std::isdigit(static_cast<unsigned char>(entry.path().filename().string()[0]))) continue;
    std::ifstream stat(entry.path() / "stat");
    const std::string line((std::istreambuf_iterator<char>(stat)), std::istreambuf_iterator<char>());
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) continue;
    const auto words = text::split(std::string_view(line).substr(name_end + 2), ' ');
    count += words.size() > 1 && words[1] == std::to_string(parent) ? 1 : 0;
  }
  return count;
}

// Kept from the optimiser.
volatile int sink = 0;

[[noreturn]] void spin() {
  while (true) sink = sink + 1;
}

void eat_memory(std::size_t mib) {
  std::vector<std::vector<char>> all;
  for (std::size_t i = 0; i < mib; ++i) {
    all.emplace_back(std::size_t{1} << 20, 'x');
    sink = sink + all.back()[i];
  }
}

// What a hostile file may bring a decoder to do.
std::string misbehave(const std::string& how) {
  if (how == "crash") raise(SIGSEGV);
  if (how == "abort") raise(SIGABRT);
  if (how == "spin") spin();
  if (how == "eat") eat_memory(400);
  if (how == "leave") _exit(5);
  if (how == "silent") {
    for (int fd = 3; fd < 64; ++fd) close(fd);
    spin();
  }
  if (how == "nonsense") {
    // Fill whichever descriptor is the pipe with what is no message.
    for (int fd = 3; fd < 64; ++fd) isolation::send_all(fd, std::string(64, 'z'), false);
    spin();
  }
  if (how == "input") throw InputError("a.nii: is damaged");
  if (how == "output") throw OutputError("disk full");
  if (how == "study") throw StudyError("no such key");
  if (how == "case") throw CaseError("mask is empty");
  if (how == "bug") throw Error(ExitCode::bug, "the record vanished");
  if (how == "standard") throw std::runtime_error("odd state");
  if (how == "number") throw 7;
  if (how == "outside") raise(SIGKILL);
  return "did " + how;
}

std::string message_of(Isolation& isolation, const std::string& request) {
  try {
    isolation.ask(request);
  } catch (const CaseError& error) {
    return error.what();
  }
  return "no CaseError";
}

TEST(Isolation, AnswersAndKeepsServing) {
  Isolation isolation({}, 1, misbehave);
  EXPECT_EQ(isolation.ask("a"), "did a");
  EXPECT_THAT(message_of(isolation, "crash"), HasSubstr("decoding crashed"));
  EXPECT_THAT(message_of(isolation, "abort"), HasSubstr("decoding crashed"));
  EXPECT_EQ(isolation.ask("b"), "did b");
}

TEST(Isolation, CrashNamesTheSignal) {
  if (!isolation::can_limit_memory())
    GTEST_SKIP() << "sanitizers turn signals into exit codes; runs in a build without them: cmake --preset ci";
  Isolation isolation({}, 1, misbehave);
  EXPECT_THAT(message_of(isolation, "crash"), HasSubstr("decoding crashed (signal 11): the file is damaged"));
  EXPECT_THAT(message_of(isolation, "abort"), HasSubstr("decoding crashed (signal 6)"));
  EXPECT_THAT(message_of(isolation, "outside"), HasSubstr("ended from outside (signal 9)"));
}

TEST(Isolation, EndingWithoutAnAnswerIsACrash) {
  Isolation isolation({}, 1, misbehave);
  EXPECT_THAT(message_of(isolation, "leave"), HasSubstr("decoding crashed (no answer, exit code 5)"));
  EXPECT_THAT(message_of(isolation, "nonsense"), HasSubstr("decoding crashed (its answer is nonsense)"));
  EXPECT_EQ(isolation.ask("b"), "did b");
}

TEST(Isolation, TimeIsLimited) {
  Isolation isolation({8192, 1, 16}, 1, misbehave);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(message_of(isolation, "spin"),
              AllOf(HasSubstr("took longer than 1 s"), HasSubstr("study.limits.seconds")));
  EXPECT_THAT(message_of(isolation, "silent"), HasSubstr("took longer than 1 s"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(isolation.ask("b"), "did b");
}

TEST(Isolation, MemoryIsLimited) {
  if (!isolation::can_limit_memory())
    GTEST_SKIP() << "the sanitizers' address space leaves no room for a limit; runs in a build without them: "
                    "cmake --preset ci";
  Isolation isolation({128, 60, 16}, 1, misbehave);
  EXPECT_THAT(message_of(isolation, "eat"),
              AllOf(HasSubstr("needed more than 128 MB of memory"), HasSubstr("study.limits.memory_mb")));
  EXPECT_EQ(isolation.ask("b"), "did b");
}

TEST(Isolation, FileSizeIsLimitedAndTheTemporaryFileIsRemoved) {
  const test::TemporaryFolder folder;
  Isolation isolation(
      {8192, 60, 1}, 1,
      [&](const std::string& request) {
        write_file(folder / "sub/big.bin", std::string(request == "big" ? 3 << 20 : 3, 'x'));
        return std::string("written");
      },
      folder.path());
  EXPECT_THAT(message_of(isolation, "big"), AllOf(HasSubstr("larger than 1 MB"), HasSubstr("study.limits.file_mb")));
  EXPECT_TRUE(fs::is_empty(folder / "sub"));
  EXPECT_EQ(isolation.ask("small"), "written");
  EXPECT_EQ(read_file(folder / "sub/big.bin"), "xxx");
}

TEST(Isolation, ErrorsCrossTheBorder) {
  Isolation isolation({}, 1, misbehave);
  try {
    isolation.ask("input");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_EQ(error.code(), ExitCode::input);
    EXPECT_STREQ(error.what(), "a.nii: is damaged");
  }
  EXPECT_THROW(isolation.ask("output"), OutputError);
  EXPECT_THROW(isolation.ask("study"), StudyError);
  EXPECT_EQ(message_of(isolation, "case"), "mask is empty");
}

TEST(Isolation, MistakesOfOursFailTheirCaseOnlyAndAreCalledWhatTheyAre) {
  Isolation isolation({}, 1, misbehave);
  for (const char* how : {"bug", "standard", "number"})
    EXPECT_THAT(message_of(isolation, how), HasSubstr("this is a mistake of ours, please report it: ")) << how;
  EXPECT_THAT(message_of(isolation, "standard"), HasSubstr("odd state"));
}

TEST(Isolation, BigTextsGoThroughWhole) {
  std::string big(20 << 20, 'a');
  for (std::size_t i = 0; i < big.size(); i += 4097) big[i] = static_cast<char>(i % 251);
  Isolation isolation({}, 1, [](const std::string& request) { return request + request; });
  EXPECT_TRUE(isolation.ask(big) == big + big);
}

TEST(Isolation, ChildrenInheritMemoryButNoFile) {
  const int marker = open("/proc/self/exe", O_RDONLY);  // on purpose without O_CLOEXEC
  ASSERT_GE(marker, 3);
  std::string captured = "as it was";
  Isolation isolation({}, 2, [&](const std::string&) {
    std::string files;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
      std::error_code ignored;
      const fs::path target = fs::read_symlink(entry.path(), ignored);
      if (!ignored && target.string().starts_with("/") && !target.string().starts_with("/dev/") &&
          !target.string().starts_with("/proc/"))
        files += target.string() + " ";
    }
    return captured + ": " + files + std::to_string(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  });
  captured = "changed later";
  const std::string answer = isolation.ask("");
  close(marker);
  EXPECT_THAT(answer, testing::StartsWith("as it was: "));
  EXPECT_THAT(answer, testing::Not(HasSubstr(fs::read_symlink("/proc/self/exe").string())));
  EXPECT_TRUE(answer.ends_with("1"));
}

TEST(Isolation, ManyThreadsAskAtOnceAndNothingIsLeftBehind) {
  const std::size_t before = open_files();
  const std::size_t children_before = children_of(getpid());
  {
    Isolation isolation({8192, 60, 16}, 4, misbehave);
    const std::size_t with_helpers = open_files();
    std::vector<std::jthread> threads;
    std::atomic<int> right{0};
    for (int t = 0; t < 8; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 200; ++i) {
          if (i % 20 == t) {
            right += message_of(isolation, "crash").find("crashed") != std::string::npos ? 1 : 0;
          } else {
            const std::string request = std::to_string(t) + "/" + std::to_string(i);
            right += isolation.ask(request) == "did " + request ? 1 : 0;
          }
        }
      });
    threads.clear();
    EXPECT_EQ(right, 8 * 200);
    EXPECT_EQ(open_files(), with_helpers);
    EXPECT_EQ(children_of(getpid()), children_before + 4);
  }
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(children_of(getpid()), children_before);
}

TEST(Isolation, HelpersKilledFromOutside) {
  const auto kill_watcher = [](const std::string& request) {
    if (request == "kill") {
      kill(getppid(), SIGKILL);
      spin();
    }
    return request;
  };
  Isolation isolation({}, 2, kill_watcher);
  EXPECT_THAT(message_of(isolation, "kill"), HasSubstr("ended from outside"));
  EXPECT_EQ(isolation.ask("on"), "on") << "the other helper goes on";
  EXPECT_THAT(message_of(isolation, "kill"), HasSubstr("ended from outside"));
  EXPECT_THROW(isolation.ask("on"), TryAgain) << "nobody is left";
}

// In a process of its own, because a stop lasts: a case at work is asked to end in order and its file goes.
TEST(Isolation, StopEndsTheChildInOrder) {
  const test::TemporaryFolder folder;
  const pid_t program = fork();
  if (program == 0) {
    Isolation isolation({}, 1, [&](const std::string&) {
      publish_file(folder / "out.bin", [&](const fs::path& temporary) {
        write_file(temporary.string() + ".started", "x");
        std::ofstream(temporary) << "half";
        write_file(folder / "started", "x");
        while (true) {
          throw_if_stopped();
          std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
      });
      return std::string();
    });
    std::jthread stopper([&] {
      while (!fs::exists(folder / "started")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      request_stop();
    });
    try {
      isolation.ask("");
    } catch (const TryAgain&) {
      stopper.join();
      _exit(75);
    } catch (...) {
    }
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(program, &status, 0), program);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 75);
  for (const auto& entry : fs::directory_iterator(folder.path()))
    EXPECT_TRUE(entry.path().string().ends_with("started")) << entry.path() << " is left";
}

TEST(Isolation, MessagesAreBoundedAndChecked) {
  bool nonsense = false;
  const std::string whole = isolation::packed({3, "abc"});
  for (std::size_t n = 0; n < whole.size(); ++n) {
    EXPECT_FALSE(isolation::unpacked(std::string_view(whole).substr(0, n), nonsense));
    EXPECT_FALSE(nonsense);
  }
  const auto message = isolation::unpacked(whole, nonsense);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->text, "abc");
  EXPECT_FALSE(isolation::unpacked(whole + "d", nonsense));
  EXPECT_TRUE(nonsense);
  EXPECT_FALSE(isolation::unpacked(isolation::packed({77, ""}), nonsense));
  EXPECT_TRUE(nonsense) << "no such exit code";
  std::string long_one = isolation::packed({0, ""});
  long_one[15] = 1;  // the highest byte of the length
  EXPECT_FALSE(isolation::unpacked(long_one, nonsense));
  EXPECT_TRUE(nonsense);
}

// The cost of a process for each case, printed for the record: far below what reading an image costs.
TEST(Isolation, CostOfARequest) {
  Isolation isolation({}, 1, [](const std::string& request) { return request; });
  double best_ms = 1e9;
  for (int i = 0; i < 50; ++i) {
    const auto start = std::chrono::steady_clock::now();
    isolation.ask("x");
    best_ms =
        std::min(best_ms, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  RecordProperty("best_ms", std::to_string(best_ms));
  std::cout << "[   cost   ] " << best_ms << " ms for a request\n";
  EXPECT_LT(best_ms, 100);
}

}  // namespace
}  // namespace radfuse
