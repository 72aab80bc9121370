// SPDX-License-Identifier: Apache-2.0
// Nothing is written out of the declared root, with the kernel's help and without.
#include "output_root.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const OutputError& error) {
    return error.what();
  }
  return "no OutputError";
}

class OutputRoot : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    pretend_no_openat2(GetParam());
    fs::create_directories(elsewhere_);
    set_output_root(out_);
  }
  void TearDown() override { pretend_no_openat2(false); }

  test::TemporaryFolder folder_;
  fs::path out_ = folder_ / "out", elsewhere_ = folder_ / "elsewhere";
};

TEST_P(OutputRoot, IsMadeAndWrittenInto) {
  EXPECT_TRUE(fs::is_directory(out_));
  write_file(out_ / "a/b/c.txt", "x");
  write_file(out_ / "a/b/c.txt", "y");
  write_file(out_ / "top.txt", "z");
  write_file(out_ / "a/../a/d.txt", "w");
  EXPECT_EQ(read_file(out_ / "a/b/c.txt"), "y");
  EXPECT_EQ(read_file(out_ / "top.txt"), "z");
  EXPECT_EQ(read_file(out_ / "a/d.txt"), "w");
  write_file(elsewhere_ / "free.txt", "outside the root nothing is changed");
  EXPECT_TRUE(fs::exists(elsewhere_ / "free.txt"));
}

TEST_P(OutputRoot, LinksThatLeadOutAreRefusedByName) {
  fs::create_directory_symlink(elsewhere_, out_ / "absolute");
  fs::create_directory_symlink("../elsewhere", out_ / "relative");
  fs::create_directories(elsewhere_ / "deep");
  for (const std::string link : {"absolute", "relative"}) {
    for (const std::string file : {"/f.txt", "/deep/f.txt", "/new/f.txt"})
      EXPECT_THAT(message_of([&] { write_file(out_ / (link + file), "x"); }),
                  testing::StartsWith((out_ / link).string() + ": is a link that leads out"))
          << link + file;
    EXPECT_THAT(message_of([&] { make_folder(out_ / link / "sub"); }), testing::HasSubstr("leads out"));
    bool called = false;
    EXPECT_THAT(message_of([&] { publish_file(out_ / link / "f.nii", [&](const fs::path&) { called = true; }); }),
                testing::HasSubstr("leads out"));
    EXPECT_FALSE(called) << "a library would have written there";
  }
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(elsewhere_)) files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 0u);
}

TEST_P(OutputRoot, LinksWithinAreTheUsersOwn) {
  fs::create_directories(out_ / "real");
  fs::create_directory_symlink("real", out_ / "relative");
  fs::create_directory_symlink(out_ / "real", out_ / "absolute");
  write_file(out_ / "relative/a.txt", "a");
  write_file(out_ / "absolute/b.txt", "b");
  EXPECT_EQ(read_file(out_ / "real/a.txt"), "a");
  EXPECT_EQ(read_file(out_ / "real/b.txt"), "b");
}

TEST_P(OutputRoot, TheRootItselfMayBeALink) {
  fs::create_directory_symlink(elsewhere_, folder_ / "link");
  set_output_root(folder_ / "link");
  write_file(folder_ / "link/sub/a.txt", "a");
  EXPECT_EQ(read_file(elsewhere_ / "sub/a.txt"), "a");
}

TEST_P(OutputRoot, ALinkInThePlaceOfAFileIsReplaced) {
  write_file(elsewhere_ / "precious.txt", "precious");
  fs::create_symlink(elsewhere_ / "precious.txt", out_ / "result.csv");
  write_file(out_ / "result.csv", "new");
  EXPECT_FALSE(fs::is_symlink(out_ / "result.csv"));
  EXPECT_EQ(read_file(out_ / "result.csv"), "new");
  EXPECT_EQ(read_file(elsewhere_ / "precious.txt"), "precious");
}

TEST_P(OutputRoot, FilesWrittenInPlaceMayNotBeLinks) {
  write_file(elsewhere_ / "precious.txt", "precious");
  fs::create_directories(out_ / "logs");
  fs::create_symlink(elsewhere_ / "precious.txt", out_ / "logs/radfuse.log");
  EXPECT_THAT(message_of([&] { require_writable_place(out_ / "logs/radfuse.log"); }),
              testing::HasSubstr("radfuse.log: is a link"));
  EXPECT_NO_THROW(require_writable_place(out_ / "logs/other.log"));
  EXPECT_NO_THROW(require_writable_place(out_ / "new/other.log"));
  EXPECT_TRUE(fs::is_directory(out_ / "new"));
}

TEST_P(OutputRoot, AFileInThePlaceOfAFolderIsAnError) {
  write_file(out_ / "file", "x");
  EXPECT_NE(message_of([&] { write_file(out_ / "file/inside", "y"); }), "no OutputError");
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutTheKernelsHelp, OutputRoot, testing::Bool(),
                         [](const auto& info) { return info.param ? "fallback" : "openat2"; });

}  // namespace
}  // namespace radfuse
