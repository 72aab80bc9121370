// SPDX-License-Identifier: Apache-2.0
// SHA-256 of bytes and files.
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

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

}  // namespace
}  // namespace radfuse
