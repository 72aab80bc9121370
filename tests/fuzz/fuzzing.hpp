// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share: an Error is the right answer to a hostile file, anything else that leaves a parser is
// not.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "radfuse/base/error.hpp"

namespace radfuse::fuzzing {

inline std::string_view view(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// A finding of our own.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not true: %s\n", what);
  std::abort();
}

/// Runs a parser. Errors that the owner of a file can act on pass; a "mistake of ours" or a foreign exception is a
/// finding, and so is a message that says nothing.
template <class Work>
void try_to(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    require(error.code() != ExitCode::bug, error.what());
    require(std::string_view(error.what()).size() > 8, "a message that says nothing");
  }
}

/// For parsers that want a path: a file in memory, written anew for each input. `ending` may begin with a folder's
/// name.
class InputFile {
 public:
  explicit InputFile(std::string_view ending) {
    const std::filesystem::path memory = "/dev/shm";
    const auto folder = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    path_ = folder / ("radfuse-fuzz-" + std::to_string(getpid()) + std::string(ending));
    std::filesystem::create_directories(path_.parent_path());
  }
  ~InputFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
    if (path_.parent_path().filename().string().starts_with("radfuse-fuzz-"))
      std::filesystem::remove(path_.parent_path(), ignored);
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::filesystem::path& write(std::string_view bytes) {
    std::FILE* file = std::fopen(path_.c_str(), "wb");
    require(file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size(), "writing the input");
    std::fclose(file);
    return path_;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace radfuse::fuzzing
