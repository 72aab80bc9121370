// SPDX-License-Identifier: Apache-2.0
// Many threads read at the same time. ITK's NIfTI reader keeps the last file's name in a static string, which this test
// corrupts in most runs when readers are not kept apart.
#include <gtest/gtest.h>

#include "radfuse/base/parallel.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/imaging/write.hpp"
#include "scratch.hpp"

namespace radfuse {
namespace {

class Threads : public test::Scratch {};

TEST_F(Threads, ReadNiftiFilesAtTheSameTime) {
  constexpr std::size_t kFiles = 8, kReads = 20000;
  Grid grid;
  grid.size = {2, 2, 2};
  for (std::size_t f = 0; f < kFiles; ++f)  // names of different lengths, too long for a string without memory
    write_nifti(in(std::string(20 + 10 * f, 'a' + static_cast<char>(f)) + ".nii"), Volume(grid, static_cast<float>(f)));
  std::vector<float> found(kReads);
  parallel_for(kReads, 8, [&](std::size_t i) {
    const std::size_t f = i * 5 % kFiles;
    found[i] = read_image(in(std::string(20 + 10 * f, 'a' + static_cast<char>(f)) + ".nii")).values.front();
  });
  for (std::size_t i = 0; i < kReads; ++i) ASSERT_EQ(found[i], static_cast<float>(i * 5 % kFiles));
}

}  // namespace
}  // namespace radfuse
