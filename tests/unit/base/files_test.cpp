// SPDX-License-Identifier: Apache-2.0
// Durable files: whole old or whole new.
#include <gtest/gtest.h>

#include <fstream>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;

TEST(Files, WriteReplacesWholeFiles) {
  const test::TemporaryFolder folder;
  write_file(folder / "a/b/c.txt", "one");
  write_file(folder / "a/b/c.txt", "two");
  EXPECT_EQ(read_file(folder / "a/b/c.txt"), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder / "a/b"), fs::directory_iterator()), 1);
}

TEST(Files, AFailedWriteLeavesTheOldFile) {
  const test::TemporaryFolder folder;
  write_file(folder / "c.txt", "old");
  EXPECT_THROW(publish_file(folder / "c.txt",
                            [](const fs::path& temporary) {
                              std::ofstream(temporary) << "half";
                              throw CaseError("interrupted");
                            }),
               CaseError);
  EXPECT_EQ(read_file(folder / "c.txt"), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(Files, RefusesWhatItCannotDo) {
  const test::TemporaryFolder folder;
  write_file(folder / "file", "x");
  EXPECT_THROW(write_file(folder / "file/inside", "y"), OutputError);
  EXPECT_THROW(read_file(folder / "none"), InputError);
  EXPECT_THROW(read_file(folder.path()), InputError);
}

TEST(Files, TemporariesOfADeadWriterAreRemoved) {
  const test::TemporaryFolder folder;
  write_file(folder / "keep.txt", "x");
  std::ofstream(folder / ".radfuse-tmp-1-0-half.csv") << "half";
  remove_temporaries(folder.path());
  EXPECT_TRUE(fs::exists(folder / "keep.txt"));
  EXPECT_FALSE(fs::exists(folder / ".radfuse-tmp-1-0-half.csv"));
}

}  // namespace
}  // namespace radfuse
