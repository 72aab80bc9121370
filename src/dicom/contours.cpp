// SPDX-License-Identifier: Apache-2.0
// Which slice a contour belongs to, what lies outside the image, and slices without a contour.
#include "contours.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kMostOutOfPlane = 0.01;  // mm
constexpr double kSame = 1e-6;            // of a slice spacing: rounding
constexpr std::size_t kMostListed = 8;

std::string mm(double value) {
  return text::from_double(std::round(value * 1e3) / 1e3 + 0.0) + " mm";
}

std::string counted(std::size_t count, const char* one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

/// "7, 9 to 12, ...": slices counted from 1 as people do, lowest first.
std::string slice_list(const std::vector<std::int64_t>& planes) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < planes.size();) {
    if (parts.size() == kMostListed) {
      parts.push_back("...");
      break;
    }
    std::size_t last = i;
    while (last + 1 < planes.size() && planes[last + 1] == planes[last] + 1) ++last;
    parts.push_back(std::to_string(planes[i] + 1) + (last > i ? " to " + std::to_string(planes[last] + 1) : ""));
    i = last + 1;
  }
  return text::join(parts, ", ");
}

}  // namespace

ContourStack::ContourStack(const ReferenceFrame& image, const MaskParams& params)
    : image_(image), params_(params), to_index_(image.grid) {
  // The planes of a multi-frame object share one instance, which then tells nothing.
  const auto slices = static_cast<std::size_t>(image.grid.size[2]);
  std::set<std::string> shared;
  for (std::size_t z = 0; z < std::min(image.instances.size(), slices); ++z)
    if (!image.instances[z].empty() &&
        !plane_of_instance_.emplace(image.instances[z], static_cast<std::int64_t>(z)).second)
      shared.insert(image.instances[z]);
  for (const std::string& instance : shared) plane_of_instance_.erase(instance);
}

void ContourStack::add(std::span<const std::array<double, 3>> points, const std::string& instance) {
  Placed placed;
  placed.polygon.reserve(points.size());
  double lowest = 0, highest = 0;
  std::array<double, 4> box{1e300, -1e300, 1e300, -1e300};  // least and most column, least and most row
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto at = to_index_(points[i]);
    lowest = i == 0 ? at[2] : std::min(lowest, at[2]);
    highest = i == 0 ? at[2] : std::max(highest, at[2]);
    box = {std::min(box[0], at[0]), std::max(box[1], at[0]), std::min(box[2], at[1]), std::max(box[3], at[1])};
    placed.polygon.push_back({at[0], at[1]});
  }
  const double thickness = (highest - lowest) * image_.grid.spacing[2];
  if (thickness > 2 * kMostOutOfPlane)
    throw InputError("the contour at z = " + mm(points[0][2]) +
                     " does not lie in the plane of the image's slices: its points are up to " + mm(thickness) +
                     " apart across them; draw the region on this image");
  placed.z = std::round((lowest + highest) / 2 / kSame) * kSame;
  ++closed_;
  const std::int64_t plane = plane_of(placed.z, instance, points[0][2]);
  const double columns = static_cast<double>(image_.grid.size[0]), rows = static_cast<double>(image_.grid.size[1]);
  const bool beside = box[0] > columns - 0.5 || box[1] < -0.5 || box[2] > rows - 0.5 || box[3] < -0.5;
  if (plane < 0 || beside) {
    ++outside_;
    return;
  }
  constexpr double kEdge = 0.5 + 1e-4;  // contours along the outermost pixel edges are inside
  cut_ += box[0] < -kEdge || box[1] > columns - 1 + kEdge || box[2] < -kEdge || box[3] > rows - 1 + kEdge;
  planes_[plane].push_back(std::move(placed));
}

/// -1 when it lies beyond the first or the last slice.
std::int64_t ContourStack::plane_of(double z, const std::string& instance, double z_mm) {
  if (const auto named = plane_of_instance_.find(instance); named != plane_of_instance_.end()) {
    if (std::abs(z - static_cast<double>(named->second)) <= params_.slice_tolerance + kSame) return named->second;
    ++contradicted_;
  }
  const double slices = static_cast<double>(image_.grid.size[2]);
  if (z < -0.5 || z >= slices - 0.5 + kSame) return -1;
  const double nearest = std::min(std::floor(z + 0.5), slices - 1);
  if (std::abs(z - nearest) > params_.slice_tolerance + kSame)
    throw InputError("the contour at z = " + mm(z_mm) + " lies between two slices, " +
                     mm(std::abs(z - nearest) * image_.grid.spacing[2]) + " from the nearest (slice " +
                     std::to_string(static_cast<long>(nearest) + 1) +
                     "); mask: slice_tolerance (a share of the slice spacing) says how far is allowed");
  return static_cast<std::int64_t>(nearest);
}

/// Contours drawn on finer slices than the image's: of those that fall on one slice only the nearest plane counts,
/// since the even-odd rule would cancel one against the other. A contour that is there twice counts once.
std::vector<const ContourStack::Placed*> ContourStack::nearest_only(std::int64_t plane,
                                                                    const std::vector<Placed>& contours,
                                                                    std::size_t& others, std::size_t& twice) const {
  const auto off = [&](const Placed& c) { return std::abs(c.z - static_cast<double>(plane)); };
  const auto nearest = std::min_element(contours.begin(), contours.end(), [&](const Placed& a, const Placed& b) {
    return off(a) < off(b) - kSame || (off(a) <= off(b) + kSame && a.z < b.z - kSame);
  });
  const double together = 2 * kMostOutOfPlane / image_.grid.spacing[2];
  std::vector<const Placed*> kept;
  for (const Placed& contour : contours) {
    if (std::abs(contour.z - nearest->z) > together) {
      ++others;
      continue;
    }
    kept.push_back(&contour);
  }
  std::sort(kept.begin(), kept.end(), [](const Placed* a, const Placed* b) { return a->polygon < b->polygon; });
  const auto last =
      std::unique(kept.begin(), kept.end(), [](const Placed* a, const Placed* b) { return a->polygon == b->polygon; });
  twice += static_cast<std::size_t>(kept.end() - last);
  kept.erase(last, kept.end());
  return kept;
}

Mask ContourStack::mask(const std::string& prefix, std::vector<std::string>& notes) const {
  if (closed_ == 0) throw InputError("has no closed contour");
  if (planes_.empty()) throw InputError("all its contours lie outside the image; is it the region's image?");
  Mask mask(image_.grid);
  SliceRaster raster(image_.grid.size[0], image_.grid.size[1]);
  const auto slice = static_cast<std::size_t>(image_.grid.size[0] * image_.grid.size[1]);
  std::vector<std::int64_t> drawn;
  std::size_t others = 0, twice = 0;
  for (const auto& [plane, contours] : planes_) {
    throw_if_stopped();
    for (const Placed* contour : nearest_only(plane, contours, others, twice)) raster.add(contour->polygon);
    raster.take(std::span(mask.values).subspan(static_cast<std::size_t>(plane) * slice, slice));
    drawn.push_back(plane);
  }
  const auto note = [&](std::size_t count, const char* what) {
    if (count > 0) notes.push_back(prefix + counted(count, "contour") + " " + what);
  };
  note(outside_, "outside the image left out");
  note(cut_, "reaching beyond the image cut off at its edge");
  note(others, "left out, because another contour plane lies nearer to the slice");
  note(twice, "drawn twice counted once");
  note(contradicted_, "placed by position, which contradicts the image that the contour names");
  fill(mask, drawn, prefix, notes);
  return mask;
}

void ContourStack::fill(Mask& mask, const std::vector<std::int64_t>& planes, const std::string& prefix,
                        std::vector<std::string>& notes) const {
  std::vector<std::int64_t> missing, steps;
  for (std::size_t i = 1; i < planes.size(); ++i) {
    steps.push_back(planes[i] - planes[i - 1]);
    for (std::int64_t z = planes[i - 1] + 1; z < planes[i]; ++z) missing.push_back(z);
  }
  if (missing.empty()) return;
  std::sort(steps.begin(), steps.end());
  const std::string where = counted(missing.size(), "slice") + " between its contours (" + slice_list(missing) +
                            ", counted from 1 along the normal) " + (missing.size() == 1 ? "has" : "have") + " none";
  const bool mostly = steps[(steps.size() - 1) / 2] > 1 && planes.size() > 2;
  if (params_.missing_contours == ContourFill::refuse || (params_.missing_contours == ContourFill::none && mostly))
    throw InputError(where + (mostly ? "; the contours are further apart than the image's slices. " : ". ") +
                     "mask: missing_contours: linear draws them from their neighbours" +
                     (mostly ? "" : ", none leaves them empty"));
  if (params_.missing_contours == ContourFill::none) {
    notes.push_back(prefix + where + " and " + (missing.size() == 1 ? "stays" : "stay") + " empty");
    return;
  }
  for (std::size_t i = 1; i < planes.size(); ++i)
    if (planes[i] > planes[i - 1] + 1) interpolate_between(mask, planes[i - 1], planes[i]);
  notes.push_back(prefix + where + "; drawn between the neighbouring contours");
}

}  // namespace radfuse::dicom
