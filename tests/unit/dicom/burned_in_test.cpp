// SPDX-License-Identifier: Apache-2.0
// Letters in margins, and what is not taken for letters.
#include "burned_in.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace radfuse::dicom {
namespace {

constexpr std::int64_t kColumns = 200, kRows = 160;

std::vector<float> speckle() {
  std::vector<float> picture(static_cast<std::size_t>(kColumns * kRows));
  std::uint32_t state = 1;
  for (float& value : picture) {
    state = state * 1664525 + 1013904223;
    value = static_cast<float>(10 + (state >> 24) % 200);
  }
  return picture;
}

/// An H of 5 x 7.
void write_letter(std::vector<float>& picture, std::int64_t x, std::int64_t y, float ink) {
  for (std::int64_t dy = 0; dy < 7; ++dy)
    for (std::int64_t dx = 0; dx < 5; ++dx)
      if (dx == 0 || dx == 4 || dy == 3) picture[static_cast<std::size_t>((y + dy) * kColumns + x + dx)] = ink;
}

TEST(BurnedIn, LineOfLettersInTheMargin) {
  for (const float ink : {255.0F, 0.0F}) {
    std::vector<float> picture = speckle();
    for (std::int64_t i = 0; i < 8; ++i) write_letter(picture, 5 + 7 * i, 4, ink);
    EXPECT_TRUE(looks_written_on(picture, kColumns, kRows));
  }
}

TEST(BurnedIn, SpeckleAndFlatPicturesAreNot) {
  EXPECT_FALSE(looks_written_on(speckle(), kColumns, kRows));
  EXPECT_FALSE(looks_written_on(std::vector<float>(kColumns * kRows, 3), kColumns, kRows));
  EXPECT_FALSE(looks_written_on({}, 0, 0));
}

TEST(BurnedIn, OneLetterOfTheSideIsNot) {
  std::vector<float> picture = speckle();
  write_letter(picture, 5, 4, 255);
  EXPECT_FALSE(looks_written_on(picture, kColumns, kRows));
}

TEST(BurnedIn, LettersInTheMiddleAreNotLookedFor) {
  std::vector<float> picture = speckle();
  for (std::int64_t i = 0; i < 8; ++i) write_letter(picture, 60 + 7 * i, 80, 255);
  EXPECT_FALSE(looks_written_on(picture, kColumns, kRows));
}

TEST(BurnedIn, ABlackBackgroundIsNoInk) {
  std::vector<float> picture(static_cast<std::size_t>(kColumns * kRows), 0);
  for (std::int64_t y = 60; y < 100; ++y)
    for (std::int64_t x = 60; x < 140; ++x) picture[static_cast<std::size_t>(y * kColumns + x)] = 100;
  EXPECT_FALSE(looks_written_on(picture, kColumns, kRows));
}

}  // namespace
}  // namespace radfuse::dicom
