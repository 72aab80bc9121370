// SPDX-License-Identifier: Apache-2.0
// The contours of one region, gathered by slice of the image, become its mask.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "radfuse/dicom/series.hpp"
#include "radfuse/volume/regrid.hpp"
#include "rasterise.hpp"

namespace radfuse::dicom {

class ContourStack {
 public:
  ContourStack(const ReferenceFrame& image, const MaskParams& params);
  /// A closed contour in patient coordinates (mm); `instance` is the SOPInstanceUID of the image that it was drawn on,
  /// or empty. Throws InputError when it does not lie on a slice.
  void add(std::span<const std::array<double, 3>> points, const std::string& instance);
  /// Slices are drawn by the even-odd rule; missing ones are treated as the settings say. What was cut off, left out or
  /// filled goes into `notes`, each with `prefix` in front. Throws InputError.
  Mask mask(const std::string& prefix, std::vector<std::string>& notes) const;

 private:
  struct Placed {
    double z;  ///< continuous slice index
    Polygon polygon;
    bool operator==(const Placed&) const = default;
  };
  std::int64_t plane_of(double z, const std::string& instance, double z_mm);
  std::vector<const Placed*> nearest_only(std::int64_t plane, const std::vector<Placed>& contours, std::size_t& others,
                                          std::size_t& twice) const;
  void fill(Mask& mask, const std::vector<std::int64_t>& planes, const std::string& prefix,
            std::vector<std::string>& notes) const;

  const ReferenceFrame& image_;
  const MaskParams& params_;
  PatientToIndex to_index_;
  std::map<std::string, std::int64_t> plane_of_instance_;
  std::map<std::int64_t, std::vector<Placed>> planes_;
  std::size_t closed_ = 0, outside_ = 0, cut_ = 0, contradicted_ = 0;
};

/// Draws the slices between `below` and `above` by shape-based interpolation: the signed distance to the edge (positive
/// inside, in-plane, mm) is interpolated linearly between the two, and inside is where it is at least 0 (Raya and Udupa
/// 1990, doi:10.1109/42.52980).
void interpolate_between(Mask& mask, std::int64_t below, std::int64_t above);

}  // namespace radfuse::dicom
