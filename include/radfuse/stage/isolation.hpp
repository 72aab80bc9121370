// SPDX-License-Identifier: Apache-2.0
// Work on files that nobody vouches for, in a process of its own: what crashes, hangs or eats memory there fails alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace radfuse {

/// What one case may use. None of it changes a result.
struct Limits {
  std::int64_t memory_mb = 8192;
  std::int64_t seconds = 600;
  std::int64_t file_mb = 16384;
};

/// Answers a request in a child process under limits. Make it before the program has threads: the children are forked
/// from a helper that is forked here, so no lock of another thread is ever inherited.
class Isolation {
 public:
  /// `answer` runs in the child. An Error that it throws is thrown again by ask(), with its code and message.
  Isolation(const Limits& limits, int threads, std::function<std::string(const std::string& request)> answer);
  ~Isolation();
  Isolation(const Isolation&) = delete;
  Isolation& operator=(const Isolation&) = delete;

  /// From any thread. A child that dies, passes a limit or answers nonsense is a CaseError that says which in words for
  /// the owner of the file.
  std::string ask(const std::string& request);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace radfuse
