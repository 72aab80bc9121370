// SPDX-License-Identifier: Apache-2.0
// Interpolation, rounding, re-segmentation and discretisation (IBSI reference manual, chapter "Image processing").
#include <algorithm>
#include <cmath>
#include <limits>

#include "local_intensity.hpp"
#include "prepare.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/radiomics/extract.hpp"
#include "radfuse/volume/resample.hpp"
#include "radfuse/volume/roi.hpp"

namespace radfuse::radiomics {

Interpolator interpolator_of(VoxelInterpolation v) {
  switch (v) {
    case VoxelInterpolation::nearest:
      return Interpolator::nearest;
    case VoxelInterpolation::linear:
      return Interpolator::linear;
    case VoxelInterpolation::cubic:
      return Interpolator::cubic;
  }
  throw Error(ExitCode::bug, "unknown interpolator");
}

Grid resampled_grid(const Grid& from, const ResampleParams& p, bool two_dimensional) {
  std::vector<double> spacing = p.spacing_mm;
  if (two_dimensional && spacing.size() > 2) spacing.resize(2);
  return radfuse::resampled_grid(from, spacing);
}

namespace {

/// The voxels of the new grid that the old box can reach, with one to spare.
Box reached(const Grid& from, const Box& box, const Grid& to) {
  Box out{};
  for (std::size_t a = 0; a < 3; ++a) {
    const double step = to.spacing[a] / from.spacing[a];
    const double first = 0.5 * static_cast<double>(from.size[a] - 1) - 0.5 * static_cast<double>(to.size[a] - 1) * step;
    const double low = std::floor((static_cast<double>(box.low[a]) - 1 - first) / step) - 1;
    const double high = std::ceil((static_cast<double>(box.high[a]) + 1 - first) / step) + 1;
    const double end = static_cast<double>(to.size[a] - 1);
    out.low[a] = static_cast<std::int64_t>(std::clamp(low, 0.0, end));
    out.high[a] = static_cast<std::int64_t>(std::clamp(high, 0.0, end));
  }
  return out;
}

bool wants(const RadiomicsParams& params, FeatureGroup group) {
  return std::find(params.families.begin(), params.families.end(), group) != params.families.end();
}

/// `box` and what local intensity reads around it.
Box with_surroundings(const Grid& whole, const Box& box) {
  const auto reach = local_intensity_reach(whole.spacing);
  Box out = box;
  for (std::size_t a = 0; a < 3; ++a) {
    out.low[a] = std::max<std::int64_t>(0, box.low[a] - reach[a]);
    out.high[a] = std::min(whole.size[a] - 1, box.high[a] + reach[a]);
  }
  return out;
}

/// `at(box)` gives the part of the image in a box of the whole grid.
template <class At>
void take_image(At at, const Box& box, bool surroundings, Prepared& out) {
  if (!surroundings) {
    out.image = at(box);
    return;
  }
  const Box wide = with_surroundings(out.whole, box);
  out.surroundings = Surroundings{at(wide), {}};
  Box inner = box;
  for (std::size_t a = 0; a < 3; ++a) {
    out.surroundings->offset[a] = box.low[a] - wide.low[a];
    inner.low[a] -= wide.low[a];
    inner.high[a] -= wide.low[a];
  }
  out.image = crop(out.surroundings->image, inner);
}

/// Only the region's surroundings are interpolated: the values are those of the whole.
void interpolate(const Volume& image, const Mask& roi, const RadiomicsParams& params, bool two_dimensional,
                 Prepared& out) {
  const ResampleParams& p = *params.resample;
  out.whole = resampled_grid(image.grid, p, two_dimensional);
  const Interpolator interpolator = interpolator_of(p.interpolator);
  const Box near = reached(roi.grid, bounding_box(roi), out.whole);
  out.morphological = resample(roi, crop(out.whole, near), interpolator, p.partial_volume);
  if (out.morphological.count() == 0)
    throw CaseError("the region vanishes when voxels become " + text::from_double(out.whole.spacing[0]) + "x" +
                    text::from_double(out.whole.spacing[1]) + "x" + text::from_double(out.whole.spacing[2]) +
                    " mm: it is smaller than one of them; choose a smaller radiomics.resample.spacing_mm");
  Box box = bounding_box(out.morphological);
  out.morphological = crop(out.morphological, box);
  for (std::size_t a = 0; a < 3; ++a) {
    box.low[a] += near.low[a];
    box.high[a] += near.low[a];
  }
  const auto at = [&](const Box& part) {
    Volume values = resample(image, crop(out.whole, part), interpolator);
    if (p.round_intensities)
      for (float& v : values.values) v = std::nearbyint(v);
    return values;
  };
  take_image(at, box, wants(params, FeatureGroup::local_intensity), out);
}

/// Mean and standard deviation (over n) of the intensities in a mask.
std::pair<double, double> mean_and_deviation(const Volume& image, const Mask& mask) {
  double sum = 0, squares = 0;
  std::size_t n = 0;
  for (std::size_t i = 0; i < mask.values.size(); ++i)
    if (mask.values[i] != 0) {
      sum += static_cast<double>(image.values[i]);
      ++n;
    }
  const double mean = sum / static_cast<double>(n);
  for (std::size_t i = 0; i < mask.values.size(); ++i)
    if (mask.values[i] != 0)
      squares += (static_cast<double>(image.values[i]) - mean) * (static_cast<double>(image.values[i]) - mean);
  return {mean, std::sqrt(squares / static_cast<double>(n))};
}

void keep_between(const Volume& image, double low, double high, Mask& mask) {
  for (std::size_t i = 0; i < mask.values.size(); ++i) {
    const double v = static_cast<double>(image.values[i]);
    mask.values[i] &= static_cast<std::uint8_t>((v >= low) & (v <= high));
  }
}

/// Range first; the outliers are those of what the range has left.
void resegment(const ResegmentParams& p, Prepared& out) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double low = p.low.value_or(-kInfinity), high = p.high.value_or(kInfinity);
  keep_between(out.image, low, high, out.intensity);
  if (out.intensity.count() == 0)
    throw CaseError("no voxel of the region lies within radiomics.resegment (" +
                    (p.low ? text::from_double(low) : "no lower bound") + " to " +
                    (p.high ? text::from_double(high) : "no upper bound") +
                    "): widen the range, or check the image's intensity units");
  if (p.outliers_sigma) {
    const auto [mean, deviation] = mean_and_deviation(out.image, out.intensity);
    const double reach = *p.outliers_sigma * deviation * (1 + 1e-12);
    keep_between(out.image, mean - reach, mean + reach, out.intensity);
    if (out.intensity.count() == 0)
      throw CaseError("every voxel of the region lies further than radiomics.resegment.outliers_sigma (" +
                      text::from_double(*p.outliers_sigma) +
                      ") standard deviations from the mean: choose a larger one");
  }
}

std::pair<double, double> extent_of(const Volume& image, const Mask& mask) {
  float least = std::numeric_limits<float>::infinity(), most = -least;
  for (std::size_t i = 0; i < mask.values.size(); ++i) {
    if (mask.values[i] == 0) continue;
    least = std::min(least, image.values[i]);
    most = std::max(most, image.values[i]);
  }
  return {static_cast<double>(least), static_cast<double>(most)};
}

/// `bin(above)` is the continuous bin number of an intensity that lies `above` the first bin's start; negative ones
/// and those beyond the last bin lie outside the mask, where the level is 0.
template <class Bin>
std::vector<std::uint16_t> levels_of(const Prepared& prepared, double start, double bins, Bin bin) {
  const auto& inside = prepared.intensity.values;
  const float* values = prepared.image.values.data();
  std::vector<std::uint16_t> levels(inside.size());
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double at = std::min(std::max(bin(static_cast<double>(values[i]) - start), 0.0), bins - 1);
    levels[i] = static_cast<std::uint16_t>((static_cast<int>(at) + 1) & -static_cast<int>(inside[i] != 0));
  }
  return levels;
}

GreyLevels discretise(const DiscretiseParams& p, const std::optional<ResegmentParams>& resegmented,
                      const Prepared& prepared) {
  const auto [least, most] = extent_of(prepared.image, prepared.intensity);
  GreyLevels grey;
  const bool sized = p.method == Discretisation::fixed_bin_size;
  if (sized && !p.width) throw StudyError("radiomics.discretise: fixed_bin_size needs a width");
  const double width = sized ? *p.width : (most - least) / p.bins;
  const double start = sized && resegmented && resegmented->low ? *resegmented->low : least;
  const double bins = sized ? std::floor((most - start) / width) + 1 : most > least ? p.bins : 1;
  if (!(bins <= 65535))
    throw CaseError("the region spans " + text::from_double(bins) + " grey levels at a bin width of " +
                    text::from_double(width) + ": choose a larger radiomics.discretise.width, or fixed_bin_number");
  grey.count = static_cast<int>(bins);
  // The IBSI's two formulas; the maximum belongs to the last bin.
  if (sized)
    grey.levels = levels_of(prepared, start, bins, [width](double above) { return above / width; });
  else
    grey.levels = levels_of(prepared, start, bins, [n = p.bins, range = most > least ? most - least : 1](double above) {
      return n * above / range;
    });
  return grey;
}

}  // namespace

Prepared prepare(const Volume& image, const Mask& roi, const RadiomicsParams& params, bool two_dimensional) {
  if (corner_distance_mm(image.grid, roi.grid) >
      0.5 * *std::min_element(image.grid.spacing.begin(), image.grid.spacing.end()))
    throw CaseError("image and mask do not lie on the same grid: image " + describe(image.grid) + "; mask " +
                    describe(roi.grid));
  if (two_dimensional && image.grid.size[2] != 1)
    throw CaseError("the image has " + std::to_string(image.grid.size[2]) +
                    " slices, but the study calls it 2d: set dimension: 3d, or take one slice");
  const Box box = bounding_box(roi);
  Prepared out;
  if (params.resample) {
    interpolate(image, roi, params, two_dimensional, out);
  } else {
    out.whole = image.grid;
    take_image([&image](const Box& part) { return crop(image, part); }, box,
               wants(params, FeatureGroup::local_intensity), out);
    out.morphological = crop(roi, box);
  }
  out.intensity = out.morphological;
  if (params.resegment) resegment(*params.resegment, out);
  if (params.discretise) out.grey = discretise(*params.discretise, params.resegment, out);
  return out;
}

}  // namespace radfuse::radiomics
