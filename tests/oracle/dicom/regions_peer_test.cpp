// SPDX-License-Identifier: Apache-2.0
// Regions beside other programs. The fixtures in data/ were written by highdicom (scripts/oracles/dicom_regions.py),
// with the masks that it was given; a job file makes masks for that script to compare.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/regions.hpp"
#include "radfuse/dicom/write_regions.hpp"

namespace radfuse::dicom {
namespace {

namespace fs = std::filesystem;

/// The grid of the fixtures' image.
ReferenceFrame fixture_image() {
  ReferenceFrame image;
  image.grid.size = {11, 7, 5};
  image.grid.spacing = {0.8, 1.5, 2.5};
  image.grid.origin = {-30, 12.5, -100};
  return image;
}

/// Voxels inside, as the script lists them: one line a region, "file|wanted|fraction|index index ...".
TEST(RegionsPeer, SegmentationsWrittenByHighdicom) {
  const fs::path folder = fs::path(RADFUSE_SOURCE_DIR) / "tests/oracle/dicom/data";
  std::ifstream expected(folder / "expected.txt");
  ASSERT_TRUE(expected.good());
  std::size_t compared = 0;
  for (std::string line; std::getline(expected, line);) {
    const auto cells = text::split(line, '|');
    ASSERT_EQ(cells.size(), 4U) << line;
    MaskParams params;
    params.fraction = *text::to_double(cells[2]);
    const Mask mask = read_regions(folder / cells[0], cells[1], fixture_image(), params).mask;
    std::string inside;
    for (std::size_t i = 0; i < mask.values.size(); ++i)
      if (mask.values[i] != 0) inside += (inside.empty() ? "" : " ") + std::to_string(i);
    EXPECT_EQ(inside, cells[3]) << cells[0] << " " << cells[1];
    ++compared;
  }
  EXPECT_EQ(compared, 14U);
}

/// RADFUSE_REGION_JOB names a file with one job a line. "read|images|regions|wanted|out": the mask of `wanted` as
/// bytes, x fastest, with out.txt for the grid. "write|images|masks|rtstruct or seg|out": masks (bytes, on the series'
/// grid, one file each, separated by commas) as regions r1, r2, ... of a structure set or segmentation.
class Job {
 public:
  explicit Job(const std::string& line) : cells_(text::split(line, '|')) {
    if (cells_.size() != 5) throw InputError("a job with " + std::to_string(cells_.size()) + " cells");
  }
  void run() const {
    const DicomSeries series = read_series(cells_[1]);
    cells_[0] == "read" ? read(series) : write(series);
  }

 private:
  void read(const DicomSeries& series) const {
    const DicomMask found = read_regions(cells_[2], cells_[3], series.frame);
    write_file(cells_[4], std::string(found.mask.values.begin(), found.mask.values.end()));
    const Grid& grid = found.mask.grid;
    std::ostringstream text;
    for (const auto size : grid.size) text << size << ' ';
    for (const double value : grid.spacing) text << text::from_double(value) << ' ';
    for (const double value : grid.origin) text << text::from_double(value) << ' ';
    write_file(cells_[4] + ".txt", text.str());
  }
  void write(const DicomSeries& series) const {
    std::vector<NamedMask> regions;
    for (const std::string& file : text::split(cells_[2], ',')) {
      const std::string bytes = read_file(file);
      NamedMask region{"r" + std::to_string(regions.size() + 1), Mask(series.volume.grid)};
      if (bytes.size() != region.mask.values.size()) throw InputError(file + " is not on the series' grid");
      std::copy(bytes.begin(), bytes.end(), region.mask.values.begin());
      regions.push_back(std::move(region));
    }
    const SeriesText text{.uid_name = "oracle/dicom_regions", .patient_id = "ORACLE"};
    if (cells_[3] == "seg")
      write_segmentation(cells_[4], regions, series.frame, text);
    else
      write_structure_set(cells_[4], regions, series.frame, text);
  }
  std::vector<std::string> cells_;
};

TEST(RegionsPeer, JobsOfTheScript) {
  const char* jobs = std::getenv("RADFUSE_REGION_JOB");
  if (jobs == nullptr)
    GTEST_SKIP() << "runs from scripts/oracles/dicom_regions.py, which says what it needs (plastimatch, highdicom)";
  std::ifstream in(jobs);
  for (std::string line; std::getline(in, line);) try {
      Job(line).run();
    } catch (const Error& error) {
      ADD_FAILURE() << line << ": " << error.what();
    }
}

}  // namespace
}  // namespace radfuse::dicom
