// SPDX-License-Identifier: Apache-2.0
// Image and mask must lie on one grid; the message shows both.
#include <gmock/gmock.h>

#include "radfuse/base/error.hpp"
#include "radfuse/imaging/read.hpp"
#include "scratch.hpp"

namespace radfuse {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

Grid grid() {
  Grid g;
  g.size = {100, 100, 50};
  g.spacing = {0.5, 0.5, 3};
  return g;
}

TEST(SameGeometry, RoundingIsAllowed) {
  Grid mask = grid();
  mask.spacing[0] += 1e-6;
  EXPECT_NO_THROW(require_same_geometry(grid(), "i.nii", mask, "m.nii"));
}

TEST(SameGeometry, OtherSizeShowsBoth) {
  Grid mask = grid();
  mask.size[2] = 49;
  EXPECT_THAT(
      test::message_of<CaseError>([&] { require_same_geometry(grid(), "i.nii", mask, "m.nii"); }),
      AllOf(HasSubstr("different sizes"), HasSubstr("image i.nii: 100x100x50"), HasSubstr("mask m.nii: 100x100x49")));
}

TEST(SameGeometry, ShiftIsMeasured) {
  Grid mask = grid();
  mask.origin = {0, 0, 3};
  EXPECT_THAT(test::message_of<CaseError>([&] { require_same_geometry(grid(), "i.nii", mask, "m.nii"); }),
              HasSubstr("up to 3 mm apart"));
}

TEST(SameGeometry, SmallSpacingErrorAddsUpOverTheImage) {
  Grid mask = grid();
  mask.spacing[0] = 0.501;  // 0.1 mm at the far corner
  EXPECT_THROW(require_same_geometry(grid(), "i.nii", mask, "m.nii"), CaseError);
}

}  // namespace
}  // namespace radfuse
