// SPDX-License-Identifier: Apache-2.0
// Work on files that nobody vouches for, in a process of its own: what crashes, hangs or eats memory there fails alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace radfuse {

/// What one case may use. None of it changes a result.
struct Limits {
  std::int64_t memory_mb = 8192;  ///< beside what the program itself takes
  std::int64_t seconds = 600;     ///< by the clock on the wall
  std::int64_t file_mb = 16384;   ///< the largest file that it may write
};

/// Answers a request in a child process under limits. Make it in the main thread and before the program has others: the
/// children are forked from helpers that are forked here, so no lock of another thread is ever inherited. A child
/// inherits memory as it was then, and no open file; what it prints is lost.
class Isolation {
 public:
  /// `answer` runs in the child. An Error that it throws is thrown again by ask(), with its code and message; a mistake
  /// of ours becomes a CaseError that says so, because one case must not end the others. Below `folder`, the temporary
  /// files of a child that was ended are removed.
  Isolation(const Limits& limits, int threads, std::function<std::string(const std::string& request)> answer,
            const std::filesystem::path& folder = {});
  ~Isolation();
  Isolation(const Isolation&) = delete;
  Isolation& operator=(const Isolation&) = delete;

  /// From any thread. A child that dies, passes a limit or answers nonsense is a CaseError that says which in words for
  /// the owner of the file. Throws TryAgain when a stop was requested: the child has ended in order then, or was ended.
  std::string ask(const std::string& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace radfuse
