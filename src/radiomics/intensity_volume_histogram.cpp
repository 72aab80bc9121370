// SPDX-License-Identifier: Apache-2.0
// Intensity-volume histogram (IBSI P88C): the share nu of the region that has at least a given intensity, over the
// intensity as a fraction gamma of its range.
#include <algorithm>
#include <cmath>
#include <limits>

#include "family.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"volume_fraction_at_10_intensity", "NK6P", "ivh_v10", "share of the region above a tenth of the intensity range"},
    {"volume_fraction_at_90_intensity", "4279", "ivh_v90",
     "share of the region above nine tenths of the intensity range"},
    {"intensity_at_10_volume", "PWN1", "ivh_i10", "lowest intensity that at most a tenth of the region reaches"},
    {"intensity_at_90_volume", "BOHI", "ivh_i90", "lowest intensity that at most nine tenths of the region reach"},
    {"volume_fraction_difference_10_90", "WITY", "ivh_diff_v10_v90", "the first less the second volume fraction"},
    {"intensity_difference_10_90", "JXJA", "ivh_diff_i10_i90", "the first less the second intensity"},
    {"area_under_curve", "9CMM", "ivh_auc", "area under the curve, by trapezia; 0 when there is one intensity only"},
};
static_assert(std::size(kFeatures) == 7);

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The levels that intensities fall on: whole numbers from `first` to `last` (step 1), or, with step 0, those that
/// occur.
struct Levels {
  double first, last, step;
};

/// The curve, fed with levels in ascending order.
class Curve {
 public:
  Curve(const Levels& levels, double voxels) : levels_(levels), voxels_(voxels), at_(levels.first), above_(voxels) {}

  /// `count` voxels lie on `level`.
  void add(double level, double count) {
    if (level > at_) step_to(level);
    at_ = level;
    here_ += count;
    if (fraction(level) >= 0.1) v10_ += count;
    if (fraction(level) >= 0.9) v90_ += count;
  }
  /// The levels above the highest that occurs.
  void finish() {
    if (levels_.step > 0 && at_ < levels_.last) step_to(levels_.last);
  }

  bool is_flat() const { return !(levels_.last > levels_.first); }
  double v10() const { return is_flat() ? kNaN : v10_ / voxels_; }
  double v90() const { return is_flat() ? kNaN : v90_ / voxels_; }
  double i10() const { return i10_; }
  double i90() const { return i90_; }
  double area() const { return is_flat() ? 0 : area_ / (levels_.last - levels_.first); }

 private:
  double fraction(double level) const { return (level - levels_.first) / (levels_.last - levels_.first); }

  /// From the level at hand to the next one that occurs: at once, or by one step and a stretch of equal height.
  void step_to(double next) {
    const double before = above_ / voxels_;
    above_ -= here_;
    here_ = 0;
    const double after = above_ / voxels_;
    const double rise = levels_.step > 0 ? std::min(levels_.step, next - at_) : next - at_;
    area_ += (before + after) / 2 * rise + after * (next - at_ - rise);
    if (std::isnan(i10_) && after <= 0.1) i10_ = at_ + rise;
    if (std::isnan(i90_) && after <= 0.9) i90_ = at_ + rise;
  }

  Levels levels_;
  double voxels_;
  double at_;        ///< the level at hand
  double above_;     ///< voxels on it or above it
  double here_ = 0;  ///< voxels on it
  double v10_ = 0, v90_ = 0, area_ = 0, i10_ = kNaN, i90_ = kNaN;
};

/// The range is that of re-segmentation where it is given, else that of the region.
struct Binning {
  IvhDiscretisation method;
  double low, high, width, bins;
  /// Level of an intensity, counted from 1; the intensity itself without binning.
  double level(double v) const {
    switch (method) {
      case IvhDiscretisation::none:
        return v;
      case IvhDiscretisation::fixed_bin_size:
        return std::min(std::floor((v - low) / width) + 1, bins);
      case IvhDiscretisation::fixed_bin_number:
        return high > low ? std::min(std::floor(bins * (v - low) / (high - low)) + 1, bins) : 1;
    }
    return kNaN;
  }
  /// Bins of a fixed width stand for their centres, numbered bins for their numbers.
  double intensity(double level) const {
    return method == IvhDiscretisation::fixed_bin_size ? low + (level - 0.5) * width : level;
  }
};

Binning binning_of(const RadiomicsParams& p, const Intensities& values) {
  Binning b{p.ivh.method, values.least(), values.most(), 1, 1};
  if (b.method != IvhDiscretisation::fixed_bin_number && p.resegment) {
    b.low = p.resegment->low.value_or(b.low);
    b.high = p.resegment->high.value_or(b.high);
  }
  if (b.method == IvhDiscretisation::fixed_bin_number) b.bins = b.high > b.low ? p.ivh.bins : 1;
  if (b.method == IvhDiscretisation::fixed_bin_size) {
    if (!p.ivh.width) throw StudyError("radiomics.ivh: fixed_bin_size needs a width");
    b.width = *p.ivh.width;
    b.bins = std::max(std::ceil((b.high - b.low) / b.width), 1.0);
  }
  return b;
}

Levels levels_of(const Binning& b, bool whole) {
  if (b.method != IvhDiscretisation::none) return {1, b.bins, 1};
  return {b.low, b.high, whole ? 1.0 : 0.0};
}

}  // namespace

constinit const FamilyDef kIntensityVolumeHistogram{"intensity_volume_histogram",
                                                    "P88C",
                                                    FeatureGroup::intensity_volume_histogram,
                                                    true,
                                                    true,
                                                    false,
                                                    "which share of the region has at least which intensity",
                                                    kFeatures};

void intensity_volume_histogram(const Context& context, std::span<Cells> cells) {
  const Intensities& values = context.shared.intensities_of(context.prepared);
  const Binning binning = binning_of(context.params, values);
  Curve curve(levels_of(binning, values.whole), static_cast<double>(values.count));
  values.each([&](double v, double count) { curve.add(binning.level(v), count); });
  curve.finish();
  const double i10 = binning.intensity(curve.i10()), i90 = binning.intensity(curve.i90());
  Cells& out = cells[0];
  out.set("volume_fraction_at_10_intensity", curve.v10(), "one_intensity");
  out.set("volume_fraction_at_90_intensity", curve.v90(), "one_intensity");
  out.set("intensity_at_10_volume", i10, "volume_not_reached");
  out.set("intensity_at_90_volume", i90, "volume_not_reached");
  out.set("volume_fraction_difference_10_90", curve.v10() - curve.v90(), "one_intensity");
  out.set("intensity_difference_10_90", i10 - i90, "volume_not_reached");
  out.set("area_under_curve", curve.area());
}

}  // namespace radfuse::radiomics
