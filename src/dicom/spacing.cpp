// SPDX-License-Identifier: Apache-2.0
// The usual distance is the one that most neighbours agree on; everything else is measured against it.
#include "spacing.hpp"

#include <algorithm>
#include <cmath>

#include "choose.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kHole = 1.5;  // times the usual distance: something is missing, whole slices or not
constexpr std::size_t kMostPlanes = 1 << 16;

std::vector<double> gaps_of(const std::vector<Slice>& slices, const Vector& normal) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < slices.size(); ++i)
    gaps.push_back(dot(minus(slices[i].position, slices[i - 1].position), normal));
  return gaps;
}

/// The mean of the gaps that agree with the one that the most others agree with (the smallest of equals).
double usual_of(const std::vector<double>& gaps) {
  std::vector<double> sorted = gaps;
  std::sort(sorted.begin(), sorted.end());
  auto best_low = sorted.begin(), best_high = sorted.begin();
  for (const double gap : sorted) {
    const auto low = std::lower_bound(sorted.begin(), sorted.end(), gap * (1 - kMostSpacingError));
    const auto high = std::upper_bound(sorted.begin(), sorted.end(), gap * (1 + kMostSpacingError));
    if (high - low > best_high - best_low) {
      best_low = low;
      best_high = high;
    }
  }
  double sum = 0;
  for (auto it = best_low; it != best_high; ++it) sum += *it;
  return sum / static_cast<double>(best_high - best_low);
}

/// The number of usual distances that a gap is; 0 when it is no whole number of them.
std::int64_t whole_steps(double gap, double usual) {
  const double steps = gap / usual, whole = std::max(1.0, std::round(steps));
  return std::abs(steps - whole) <= kMostSpacingError * whole ? static_cast<std::int64_t>(whole) : 0;
}

std::string where(const std::vector<Slice>& slices, const std::vector<double>& gaps, std::size_t i, double usual) {
  return " between '" + slices[i].name + "' and '" + slices[i + 1].name + "': " + mm(gaps[i]) +
         " where the slices are " + mm(usual) + " apart";
}

std::string missing_text(std::int64_t count) {
  return count == 0   ? "slices are missing"
         : count == 1 ? "1 slice is missing"
                      : std::to_string(count) + " slices are missing";
}

/// The longest run of slices without a hole, the first of equals.
void keep_longest_run(std::vector<Slice>& slices, const std::vector<double>& gaps, double usual,
                      std::vector<std::string>& notes) {
  std::size_t start = 0, best = 0, most = 0;
  for (std::size_t i = 0; i <= gaps.size(); ++i) {
    if (i < gaps.size() && gaps[i] <= kHole * usual) continue;
    if (i + 1 - start > most) {
      most = i + 1 - start;
      best = start;
    }
    start = i + 1;
  }
  const auto from = slices.begin() + static_cast<std::ptrdiff_t>(best);
  notes.push_back("slices are missing: kept the longest run without a gap, " + std::to_string(most) + " of " +
                  std::to_string(slices.size()) + " slices, '" + from->name + "' to '" +
                  (from + static_cast<std::ptrdiff_t>(most) - 1)->name + "' (import.series.gaps)");
  slices = std::vector<Slice>(std::make_move_iterator(from),
                              std::make_move_iterator(from + static_cast<std::ptrdiff_t>(most)));
}

void refuse_or_note_gaps(const std::vector<Slice>& slices, const std::vector<double>& gaps, double usual,
                         const SeriesParams& params, std::vector<std::string>& notes) {
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    if (gaps[i] <= kHole * usual) continue;
    const std::int64_t whole = whole_steps(gaps[i], usual);
    const std::string what = missing_text(std::max<std::int64_t>(whole - 1, 0)) + where(slices, gaps, i, usual);
    if (params.gaps == GapPolicy::refuse)
      throw InputError(what + "; import.series.gaps says whether to interpolate them or to split the series there");
    notes.push_back(what + ": interpolated linearly (import.series.gaps)");
  }
}

/// True when some gap is no whole number of usual distances, and the study has that mended.
bool is_uneven(const std::vector<Slice>& slices, const std::vector<double>& gaps, double usual,
               const SeriesParams& params, std::vector<std::string>& notes) {
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    if (whole_steps(gaps[i], usual) > 0) continue;
    const std::string what = "uneven slice spacing" + where(slices, gaps, i, usual);
    if (params.nonuniform == StackPolicy::refuse)
      throw InputError(what + "; import.series.nonuniform: resample puts them " + mm(usual) + " apart");
    notes.push_back(what + ": resampled linearly to " + mm(usual) + " (import.series.nonuniform)");
    return true;
  }
  return false;
}

/// Every slice is a plane, and the missing ones between them are planes of their two neighbours.
double planes_on_true_grid(const std::vector<double>& gaps, double usual, std::vector<Plane>& planes) {
  planes.push_back({0, 0, 0});
  double span = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const std::int64_t steps = whole_steps(gaps[i], usual);
    span += gaps[i];
    if (planes.size() + static_cast<std::size_t>(steps) > kMostPlanes)
      throw InputError("the slices lie too far apart to fill the gaps between them");
    for (std::int64_t k = 1; k < steps; ++k)
      planes.push_back({i, i + 1, static_cast<double>(k) / static_cast<double>(steps)});
    planes.push_back({i + 1, i + 1, 0});
  }
  return span / static_cast<double>(planes.size() - 1);
}

/// Planes at whole multiples of the usual distance from the first slice to the last.
void planes_by_position(const std::vector<double>& gaps, double usual, std::vector<Plane>& planes) {
  double span = 0;
  for (const double gap : gaps) span += gap;
  const double last = std::floor(span / usual + 1e-6);
  if (!(last < static_cast<double>(kMostPlanes))) throw InputError("the slices lie too far apart to resample them");
  std::size_t i = 0;
  double start = 0;  // of slice i
  for (std::size_t k = 0; k <= static_cast<std::size_t>(last); ++k) {
    const double place = static_cast<double>(k) * usual;
    while (i + 1 < gaps.size() && place > start + gaps[i]) start += gaps[i++];
    const double share = std::clamp((place - start) / gaps[i], 0.0, 1.0);
    // A millionth of the distance is rounding of the positions: the slice itself.
    if (share < 1e-6)
      planes.push_back({i, i, 0});
    else if (share > 1 - 1e-6)
      planes.push_back({i + 1, i + 1, 0});
    else
      planes.push_back({i, i + 1, share});
  }
}

}  // namespace

double place_planes(std::vector<Slice>& slices, std::vector<Plane>& planes, const Vector& normal,
                    const SeriesParams& params, std::vector<std::string>& notes) {
  std::vector<double> gaps = gaps_of(slices, normal);
  double usual = usual_of(gaps);
  const bool regular = std::all_of(gaps.begin(), gaps.end(), [&](double g) { return whole_steps(g, usual) == 1; });
  if (!regular && acquisitions_overlap(slices)) {
    choose_acquisition(slices, params, notes);
    if (slices.size() == 1) return planes.push_back({}), slices.front().thickness;
    return place_planes(slices, planes, normal, params, notes);
  }
  const bool holes = std::any_of(gaps.begin(), gaps.end(), [&](double g) { return g > kHole * usual; });
  if (holes && params.gaps == GapPolicy::split) {
    keep_longest_run(slices, gaps, usual, notes);
    gaps = gaps_of(slices, normal);
    usual = gaps.empty() ? slices.front().thickness : usual_of(gaps);
  } else {
    refuse_or_note_gaps(slices, gaps, usual, params, notes);
  }
  if (gaps.empty()) return planes.push_back({}), usual;
  if (!is_uneven(slices, gaps, usual, params, notes)) return planes_on_true_grid(gaps, usual, planes);
  planes_by_position(gaps, usual, planes);
  return usual;
}

}  // namespace radfuse::dicom
