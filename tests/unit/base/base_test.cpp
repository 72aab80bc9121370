// SPDX-License-Identifier: Apache-2.0
// Hashes, random streams, the parallel loop, durable files, errors.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <fstream>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/rng.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;

TEST(Hash, KnownVectors) {  // FIPS 180-4 examples
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Hash, FileEqualsBytes) {
  const test::TemporaryFolder folder;
  const std::string bytes(3'000'000, 'x');
  write_file(folder / "big", bytes);
  EXPECT_EQ(sha256_file(folder / "big"), sha256(bytes));
  EXPECT_THROW(sha256_file(folder / "none"), InputError);
}

TEST(Rng, StreamsDifferBySeedNameAndIndex) {
  Rng a(7, "x"), b(7, "x"), c(7, "y"), d(8, "x"), e(7, "x", 1);
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
  EXPECT_NE(first, d.next());
  EXPECT_NE(first, e.next());
}

TEST(Rng, MomentsAndRanges) {
  Rng rng(3, "moments");
  double sum = 0, squares = 0, fourth = 0;
  const int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double x = rng.normal();
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
  }
  // Standard errors: mean 1/sqrt(n), variance sqrt(2/n), fourth moment sqrt(96/n); five of them.
  EXPECT_NEAR(sum / n, 0, 5 * std::sqrt(1.0 / n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(fourth / n, 3, 5 * std::sqrt(96.0 / n));
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[rng.below(7)];
  for (const int c : counts) EXPECT_NEAR(c, 10000, 5 * std::sqrt(10000.0 * 6 / 7));
  auto order = rng.permutation(100);
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(order[i], i);
}

TEST(Parallel, EachIndexOnceForAnyThreadCount) {
  for (const int threads : {1, 2, 7}) {
    std::vector<std::atomic<int>> hits(1000);
    parallel_for(hits.size(), threads, [&](std::size_t i) { ++hits[i]; });
    for (const auto& h : hits) ASSERT_EQ(h, 1);
  }
}

TEST(Parallel, TheFirstExceptionIsRethrown) {
  std::atomic<int> calls{0};
  try {
    parallel_for(1000, 2, [&](std::size_t i) {
      ++calls;
      if (i >= 5) throw CaseError("at " + std::to_string(i));
    });
    FAIL();
  } catch (const CaseError& error) {
    EXPECT_STREQ(error.what(), "at 5");
  }
  EXPECT_LT(calls, 1000);
}

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

TEST(Error, ContextIsAddedOutside) {
  try {
    with_context("case P012", [] { with_context("mask m.nii", []() -> int { throw InputError("no such file"); }); });
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "case P012: mask m.nii: no such file");
    EXPECT_EQ(error.code(), ExitCode::input);
  }
}

}  // namespace
}  // namespace radfuse
