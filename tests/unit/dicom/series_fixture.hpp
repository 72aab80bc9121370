// SPDX-License-Identifier: Apache-2.0
// A small CT series in a temporary folder, to be bent and broken by tests.
#pragma once

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "dcmtk.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/series.hpp"
#include "radfuse/dicom/write_series.hpp"

namespace radfuse::dicom {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

/// Seven slices of 4 x 3 voxels, 2.5 mm apart, in a folder that is gone after the test.
class SeriesFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("radfuse-series-" + std::to_string(getpid()));
    fs::remove_all(folder_);
    image_ = Volume(grid());
    for (std::size_t i = 0; i < image_.values.size(); ++i) image_.values[i] = static_cast<float>(i * 37 % 2000) - 1100;
    write_ct_series(folder_, image_, {.uid_name = "1/C005", .patient_id = "C005", .kernel = "B30f"});
  }
  void TearDown() override { fs::remove_all(folder_); }

  static Grid grid() {
    Grid g;
    g.size = {4, 3, 7};
    g.spacing = {0.7, 0.9, 2.5};
    g.origin = {-120.5, 33.25, -400};
    return g;
  }
  fs::path slice(int number) const { return folder_ / ("slice_000" + std::to_string(number) + ".dcm"); }
  /// Loads a slice, changes it, saves it.
  template <class Change>
  void edit(int number, Change&& change) {
    DcmFileFormat file;
    ASSERT_TRUE(file.loadFile(slice(number).c_str()).good());
    file.loadAllDataIntoMemory();
    change(*file.getDataset());
    ASSERT_TRUE(file.saveFile(slice(number).c_str(), file.getDataset()->getCurrentXfer()).good());
  }
  void set(int number, const DcmTagKey& tag, const char* value) {
    edit(number, [&](DcmDataset& data) { data.putAndInsertString(tag, value); });
  }
  /// What read_series says against it; empty when it reads. The quick look must say the same.
  std::string refusal(const DicomParams& params = {}) const {
    try {
      read_series(folder_, params);
    } catch (const InputError& error) {
      std::string by_grid;
      try {
        read_series_grid(folder_, params);
      } catch (const InputError& again) {
        by_grid = again.what();
      }
      EXPECT_EQ(by_grid, error.what()) << "the quick look must refuse the same";
      return error.what();
    }
    return {};
  }
  void compress(E_TransferSyntax syntax, const DcmRepresentationParameter& how) {
    for (int i = 1; i <= 7; ++i) {
      DcmFileFormat file;
      file.loadFile(slice(i).c_str());
      ASSERT_TRUE(file.getDataset()->chooseRepresentation(syntax, &how).good());
      ASSERT_TRUE(file.getDataset()->canWriteXfer(syntax));
      file.loadAllDataIntoMemory();
      ASSERT_TRUE(file.saveFile(slice(i).c_str(), syntax).good());
    }
  }

  /// New voxels of a slice; whole numbers.
  template <class ValueOf>
  void paint(int number, ValueOf&& value_of) {
    edit(number, [&](DcmDataset& data) {
      std::vector<Uint16> words;
      for (int y = 0; y < 3; ++y)
        for (int x = 0; x < 4; ++x)
          words.push_back(static_cast<Uint16>(static_cast<Sint16>(value_of(x, y) + 1024)));  // RescaleIntercept -1024
      data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size());
    });
  }
  void move(int number, const std::string& position) { set(number, DCM_ImagePositionPatient, position.c_str()); }
  void put_at(int number, double x, double y, double z) {
    move(number, text::from_double(x) + "\\" + text::from_double(y) + "\\" + text::from_double(z));
  }

  fs::path folder_;
  Volume image_;
};

}  // namespace radfuse::dicom
