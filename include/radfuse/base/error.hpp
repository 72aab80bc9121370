// SPDX-License-Identifier: Apache-2.0
// Errors written for the person who made the input: a message, the context added on the way up, and an exit code.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace radfuse {

/// What every Radfuse program returns to the shell; printed by --help.
enum class ExitCode : int {
  done = 0,
  usage = 2,           ///< command line or study file wrong
  input = 3,           ///< input missing or unreadable
  output = 4,          ///< cannot write
  some_failed = 8,     ///< finished, some cases failed
  none_succeeded = 9,  ///< no case succeeded
  bug = 70,            ///< our mistake
  try_again = 75,      ///< locked by another run, or terminated in order
};

/// Base of all errors that a user may see. `what()` reads outermost context first: "case P012: mask m.nii: ...".
class Error : public std::exception {
 public:
  Error(ExitCode code, std::string message) : code_(code), text_(std::move(message)) {}
  const char* what() const noexcept override { return text_.c_str(); }
  ExitCode code() const noexcept { return code_; }
  /// Puts "context: " before the message; call it while the error passes, then rethrow.
  void add(std::string_view context) { text_ = std::string(context) + ": " + text_; }

 private:
  ExitCode code_;
  std::string text_;
};

/// The command line or the study file is wrong.
struct StudyError : Error {
  explicit StudyError(std::string message) : Error(ExitCode::usage, std::move(message)) {}
};
/// An input file is missing, unreadable or says something impossible; the user can mend it.
struct InputError : Error {
  explicit InputError(std::string message) : Error(ExitCode::input, std::move(message)) {}
};
/// A file cannot be written.
struct OutputError : Error {
  explicit OutputError(std::string message) : Error(ExitCode::output, std::move(message)) {}
};
/// This case only: recorded in its record, and the run goes on.
struct CaseError : Error {
  explicit CaseError(std::string message) : Error(ExitCode::some_failed, std::move(message)) {}
};
/// Another run holds the folder, or this one was asked to stop: the same command may succeed later.
struct TryAgain : Error {
  explicit TryAgain(std::string message) : Error(ExitCode::try_again, std::move(message)) {}
};

/// Runs `work`; an Error that leaves it gets `context` in front.
template <class Work>
decltype(auto) with_context(std::string_view context, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (Error& error) {
    error.add(context);
    throw;
  }
}

}  // namespace radfuse
