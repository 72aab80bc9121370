// SPDX-License-Identifier: Apache-2.0
// Learning curves: read, and made into a figure that holds every number.
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/report/plots.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

TEST(LearningCurves, AreReadAndDrawn) {
  const test::TemporaryFolder folder;
  write_file(folder / "cnn.csv",
             "epoch,training_loss,validation_error,kept\n1,0.7,0.69,0\n2,0.5,0.6,1\n3,0.4,0.65,0\n");
  write_file(folder / "fold.csv", "epoch,training_loss,validation_error,kept\n1,0.8,0.71,1\n");
  const NetworkCurve own = read_learning_curve(folder / "cnn.csv", "cnn");
  ASSERT_EQ(own.epochs.size(), 3U);
  EXPECT_EQ(own.epochs[1].validation, 0.6);
  EXPECT_TRUE(own.epochs[1].kept);
  EXPECT_FALSE(own.epochs[2].kept);
  const Figure figure = learning_figure("cnn", {own, read_learning_curve(folder / "fold.csv", "cnn.fold-1")});
  EXPECT_EQ(figure.name, "learning_cnn");
  EXPECT_NE(figure.alt.find("epoch 2 of 3"), std::string::npos) << figure.alt;
  EXPECT_EQ(figure.data,
            "series,epoch,value,network\n3,1,0.71,cnn.fold-1\n1,1,0.7,cnn\n1,2,0.5,cnn\n1,3,0.4,cnn\n2,1,0.69,cnn\n"
            "2,2,0.6,cnn\n2,3,0.65,cnn\n");
  EXPECT_NE(draw(figure, folder / "figures").svg.find("<svg"), std::string::npos);
}

TEST(LearningCurves, WithoutValidationTheLossIsShown) {
  const test::TemporaryFolder folder;
  write_file(folder / "a.csv", "epoch,training_loss,validation_error,kept\n1,0.7,,0\n2,0.5,,1\n");
  const NetworkCurve curve = read_learning_curve(folder / "a.csv", "a");
  EXPECT_TRUE(std::isnan(curve.epochs[0].validation));
  EXPECT_EQ(learning_figure("a", {curve}).data, "series,epoch,value,network\n1,1,0.7,a\n1,2,0.5,a\n");
  write_file(folder / "b.csv", "epoch,training_loss,validation_error,kept\n1,x,,0\n");
  EXPECT_THROW(read_learning_curve(folder / "b.csv", "b"), InputError);
}

}  // namespace
}  // namespace radfuse
