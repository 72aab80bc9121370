// SPDX-License-Identifier: Apache-2.0
// Missing and unequally spaced slices, mended: a ramp along the normal comes back exactly.
#include "spacing.hpp"

#include "series_fixture.hpp"

namespace radfuse::dicom {
namespace {

/// The value at (x, y) and a height in mm above the first slice: 8 z + 3 x + 5 y.
class Spacing : public SeriesFixture {
 protected:
  void SetUp() override {
    SeriesFixture::SetUp();
    for (int k = 0; k < 7; ++k) at_height(k + 1, 2.5 * k);
  }
  void at_height(int number, double z) {
    put_at(number, -120.5, 33.25, -400 + z);
    paint(number, [z](int x, int y) { return static_cast<int>(8 * z) + 3 * x + 5 * y; });
  }
  static void expect_ramp(const Volume& volume, double start = 0) {
    for (std::int64_t k = 0; k < volume.grid.size[2]; ++k)
      for (std::int64_t y = 0; y < 3; ++y)
        for (std::int64_t x = 0; x < 4; ++x)
          EXPECT_FLOAT_EQ(volume.at(x, y, k),
                          static_cast<float>(8 * (start + static_cast<double>(k) * volume.grid.spacing[2]) +
                                             static_cast<double>(3 * x + 5 * y)))
              << x << " " << y << " " << k;
  }
  DicomParams params_;
};

TEST_F(Spacing, GapIsFilledOnTheTrueGrid) {
  fs::remove(slice(4));
  params_.series.gaps = GapPolicy::interpolate;
  const DicomSeries series = read_series(folder_, params_);
  EXPECT_EQ(series.volume.grid.size[2], 7);
  EXPECT_DOUBLE_EQ(series.volume.grid.spacing[2], 2.5) << "not 15 mm over five steps";
  expect_ramp(series.volume);
  EXPECT_EQ(series.frame.instances[3], "") << "belongs to no object";
  EXPECT_EQ(series.frame.instances[4], derived_uid("1/C005/slice/5"));
  EXPECT_THAT(series.notes,
              ::testing::ElementsAre(HasSubstr("1 slice is missing between 'slice_0003.dcm' and 'slice_0005.dcm'")));
  EXPECT_EQ(read_series_grid(folder_, params_), series.volume.grid);
  fs::remove(slice(5));
  expect_ramp(read_series(folder_, params_).volume);
}

TEST_F(Spacing, FilledPlanesAreMeansAndOthersUntouched) {
  for (int k = 0; k < 7; ++k) paint(k + 1, [k](int x, int y) { return (k * k * 31 + x * 7 + y * y * 13) % 97; });
  const Volume whole = read_series(folder_).volume;
  fs::remove(slice(4));
  params_.series.gaps = GapPolicy::interpolate;
  const Volume filled = read_series(folder_, params_).volume;
  for (std::int64_t k = 0; k < 7; ++k)
    for (std::int64_t y = 0; y < 3; ++y)
      for (std::int64_t x = 0; x < 4; ++x)
        EXPECT_EQ(filled.at(x, y, k), k == 3 ? (whole.at(x, y, 2) + whole.at(x, y, 4)) / 2 : whole.at(x, y, k));
}

TEST_F(Spacing, SplitKeepsTheLongestRun) {
  fs::remove(slice(3));
  params_.series.gaps = GapPolicy::split;
  const DicomSeries series = read_series(folder_, params_);
  EXPECT_EQ(series.volume.grid.size[2], 4);
  EXPECT_DOUBLE_EQ(series.volume.grid.origin[2], -400 + 7.5);
  expect_ramp(series.volume, 7.5);
  EXPECT_THAT(series.notes,
              ::testing::ElementsAre(HasSubstr(
                  "kept the longest run without a gap, 4 of 6 slices, 'slice_0004.dcm' to 'slice_0007.dcm'")));
}

TEST_F(Spacing, UnevenSlicesAreResampledToTheUsualDistance) {
  at_height(6, 12);
  at_height(7, 14.5);
  EXPECT_THAT(refusal(), HasSubstr("uneven slice spacing between 'slice_0005.dcm' and 'slice_0006.dcm': 2 mm where the "
                                   "slices are 2.5 mm apart; import.series.nonuniform: resample"));
  params_.series.nonuniform = StackPolicy::resample;
  const DicomSeries series = read_series(folder_, params_);
  EXPECT_EQ(series.volume.grid.size[2], 6) << "12.5 mm is the last multiple of 2.5 mm within 14.5 mm";
  EXPECT_DOUBLE_EQ(series.volume.grid.spacing[2], 2.5);
  expect_ramp(series.volume);
  EXPECT_EQ(series.frame.instances[4], derived_uid("1/C005/slice/5"));
  EXPECT_EQ(series.frame.instances[5], "");
  EXPECT_THAT(series.notes, ::testing::ElementsAre(HasSubstr("resampled linearly to 2.5 mm")));
}

TEST_F(Spacing, UnevenHoleNeedsBothPermissions) {
  at_height(6, 15.5);  // 5.5 mm after slice 5: 2.2 distances
  at_height(7, 18);
  params_.series.nonuniform = StackPolicy::resample;
  EXPECT_THAT(refusal(params_), HasSubstr("slices are missing between 'slice_0005.dcm' and 'slice_0006.dcm': 5.5 mm"));
  params_.series.nonuniform = StackPolicy::refuse;
  params_.series.gaps = GapPolicy::interpolate;
  EXPECT_THAT(refusal(params_), HasSubstr("uneven slice spacing between 'slice_0005.dcm' and 'slice_0006.dcm'"));
  params_.series.nonuniform = StackPolicy::resample;
  expect_ramp(read_series(folder_, params_).volume);
}

TEST_F(Spacing, SpacingComesFromThePositionsAndNotFromTheThickness) {
  for (int k = 1; k <= 7; ++k) set(k, DCM_SliceThickness, "5");
  EXPECT_DOUBLE_EQ(read_series_grid(folder_).spacing[2], 2.5);
}

}  // namespace
}  // namespace radfuse::dicom
