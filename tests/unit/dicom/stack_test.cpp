// SPDX-License-Identifier: Apache-2.0
// Leaning stacks: refused, or put upright; the truth is a linear ramp, which linear interpolation keeps exactly.
#include "stack.hpp"

#include <cmath>
#include <numbers>

#include "series_fixture.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kLean = 15 * std::numbers::pi / 180;

/// Slices 3 mm apart straight along the patient's axis, whose planes are tilted by 15 degrees: what a tilted gantry
/// makes. Voxel (x, y) of slice k has the value 3x + 8y + 4k.
class Tilt : public SeriesFixture {
 protected:
  void SetUp() override {
    SeriesFixture::SetUp();
    const std::string columns = "1\\0\\0\\0\\" + text::from_double(std::round(std::cos(kLean) * 1e12) / 1e12) + "\\" +
                                text::from_double(std::round(std::sin(kLean) * 1e12) / 1e12);
    for (int k = 0; k < 7; ++k) {
      put_at(k + 1, -120.5, 33.25, -400 + 3.0 * k);
      set(k + 1, DCM_ImageOrientationPatient, columns.c_str());
      paint(k + 1, [k](int x, int y) { return 3 * x + 8 * y + 4 * k; });
    }
    resample_.series.tilt = StackPolicy::resample;
  }
  DicomParams resample_;
};

TEST_F(Tilt, IsRefusedByItsPositionsAndNotByItsTag) {
  EXPECT_THAT(refusal(), HasSubstr("the stack leans by 15 degrees (gantry tilt) from 'slice_0001.dcm' to "
                                   "'slice_0007.dcm'; import.series.tilt: resample"));
  for (int k = 1; k <= 7; ++k) set(k, DCM_GantryDetectorTilt, "0");
  EXPECT_THAT(refusal(), HasSubstr("leans by 15 degrees"));
  for (int k = 1; k <= 7; ++k) {
    set(k, DCM_GantryDetectorTilt, "15");
    set(k, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
  }
  EXPECT_EQ(refusal(), "") << "the stack does not lean, whatever its tag says";
}

TEST_F(Tilt, RampComesOutUpright) {
  const DicomSeries series = read_series(folder_, resample_);
  const Grid& grid = series.volume.grid;
  EXPECT_EQ(read_series_grid(folder_, resample_), grid);
  EXPECT_NEAR(grid.spacing[2], 3 * std::cos(kLean), 1e-9) << "2.898 mm along the normal, not 3";
  // Each slice lies 3 sin(15 degrees) = 0.776 mm further along the columns; six steps are 5.18 voxels of 0.9 mm.
  EXPECT_EQ(grid.size, (std::array<std::int64_t, 3>{4, 3 + 6, 7}));
  const double step = 3 * std::sin(kLean) / 0.9;
  int inside = 0;
  for (std::int64_t z = 0; z < 7; ++z)
    for (std::int64_t y = 0; y < 9; ++y)
      for (std::int64_t x = 0; x < 4; ++x) {
        const double own_y = static_cast<double>(y) - step * static_cast<double>(z);
        const bool in = own_y > -1e-9 && own_y < 2 + 1e-9;
        inside += in;
        const double expected =
            in ? 3 * static_cast<double>(x) + 8 * own_y + 4 * static_cast<double>(z) : 0;  // the lowest value is 0
        EXPECT_NEAR(series.volume.at(x, y, z), expected, 1e-5) << x << " " << y << " " << z;
      }
  EXPECT_EQ(inside, 4 * (3 + 2 * 6)) << "a shifted slice of three rows meets two rows of the grid";
  EXPECT_THAT(series.notes, ::testing::ElementsAre(HasSubstr("leaned by 15 degrees"), HasSubstr("lowest value, 0")));
  EXPECT_EQ(series.frame.grid, grid);
  EXPECT_EQ(series.frame.instances[6], derived_uid("1/C005/slice/7")) << "planes stay those of their slices";
}

TEST_F(Tilt, LeaningToTheOtherSideMovesTheOrigin) {
  const std::string columns = "1\\0\\0\\0\\" + text::from_double(std::round(std::cos(kLean) * 1e12) / 1e12) + "\\" +
                              text::from_double(-std::round(std::sin(kLean) * 1e12) / 1e12);
  for (int k = 1; k <= 7; ++k) set(k, DCM_ImageOrientationPatient, columns.c_str());
  const Volume volume = read_series(folder_, resample_).volume;
  EXPECT_EQ(volume.grid.size[1], 9);
  // The first slice's first row is now row 6, and its place in the patient is where it was.
  const auto corner = volume.grid.point(0, 6, 0);
  EXPECT_NEAR(corner[1], 33.25, 1e-9);
  EXPECT_NEAR(corner[2], -400, 1e-9);
  for (std::int64_t x = 0; x < 4; ++x) EXPECT_NEAR(volume.at(x, 7, 0), 3 * static_cast<double>(x) + 8, 1e-5);
  EXPECT_NEAR(volume.at(0, 2, 6), 8 * (2 - 6 + 6 * 3 * std::sin(kLean) / 0.9) + 24, 1e-5);
}

TEST_F(Tilt, GapInALeaningStackIsFilledOnTheUprightGrid) {
  fs::remove(slice(3));
  EXPECT_THAT(refusal(resample_), HasSubstr("1 slice is missing between 'slice_0002.dcm' and 'slice_0004.dcm'"));
  resample_.series.gaps = GapPolicy::interpolate;
  const Volume volume = read_series(folder_, resample_).volume;
  ASSERT_EQ(volume.grid.size[2], 7);
  // Row 3 of plane 2 lies at row 3 - 2 steps; both neighbours (1 and 3 steps) reach it.
  const double step = 3 * std::sin(kLean) / 0.9;
  ASSERT_LT(3 - step, 2.2);
  EXPECT_NEAR(volume.at(1, 3, 3), 3 + 8 * (3 - 3 * step) + 12, 1e-5);
}

TEST_F(Tilt, HalfADegreeIsLeftAsItIs) {
  for (int k = 0; k < 7; ++k) {
    set(k + 1, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
    put_at(k + 1, -120.5, 33.25 + 2.5 * k * std::tan(0.4 * std::numbers::pi / 180), -400 + 2.5 * k);
  }
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(read_series(folder_, resample_).volume.grid.size[1], 3);
}

TEST_F(Tilt, SliceBesideTheOthersIsNoTilt) {
  for (int k = 1; k <= 7; ++k) set(k, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
  put_at(3, -118.5, 33.25, -394);
  EXPECT_THAT(refusal(resample_), HasSubstr("slice 'slice_0003.dcm' lies 2 mm beside the others"));
}

class Frame : public SeriesFixture {};

TEST_F(Frame, TiesThePlanesToTheirObjects) {
  fs::rename(slice(2), folder_ / "zz.dcm");
  const ReferenceFrame frame = read_series(folder_).frame;
  EXPECT_EQ(frame.grid, read_series_grid(folder_));
  EXPECT_EQ(frame.series, derived_uid("1/C005/series"));
  EXPECT_EQ(frame.frame_of_reference, derived_uid("1/C005/frame"));
  ASSERT_EQ(frame.instances.size(), 7U);
  for (std::size_t z = 0; z < 7; ++z)
    EXPECT_EQ(frame.instances[z], derived_uid("1/C005/slice/" + std::to_string(z + 1)));
}

}  // namespace
}  // namespace radfuse::dicom
