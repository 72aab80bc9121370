// SPDX-License-Identifier: Apache-2.0
// Several images of one place: acquisitions, echoes, phases, b-values, or copies.
#include "choose.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "geometry.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::dicom {
namespace {

/// Neighbours in the sorted list that lie in one place.
template <class Visit>
void visit_shared_places(const std::vector<Slice>& slices, Visit&& visit) {
  if (slices.empty()) return;
  const Vector normal = normal_of(slices.front().row, slices.front().column);
  for (std::size_t i = 1; i < slices.size(); ++i)
    if (dot(minus(slices[i].position, slices[i - 1].position), normal) < kSamePlace) visit(slices[i - 1], slices[i]);
}

/// "4.6 (7 slices, e.g. 'a.dcm'), 9.2 (7 slices, e.g. 'b.dcm')", in the order of the values.
template <class ValueOf>
std::string listed(const std::vector<Slice>& slices, ValueOf&& value_of) {
  std::map<std::string, std::pair<std::size_t, std::string>> found;
  for (const Slice& slice : slices) {
    auto& [count, example] = found[value_of(slice)];
    if (count == 0 || slice.name < example) example = slice.name;
    ++count;
  }
  constexpr std::size_t kMost = 10;
  std::vector<std::string> parts;
  for (const auto& [value, what] : found) {
    if (parts.size() == kMost) {
      parts.push_back("and " + std::to_string(found.size() - kMost) + " more");
      break;
    }
    parts.push_back((value.empty() ? "none" : value) + " (" + std::to_string(what.first) +
                    (what.first == 1 ? " slice, e.g. '" : " slices, e.g. '") + what.second + "')");
  }
  return text::join(parts, ", ");
}

std::string acquisition_text(const Slice& slice) {
  return slice.acquisition_number ? text::from_double(*slice.acquisition_number) : std::string();
}

bool same_place_other_acquisition(const std::vector<Slice>& slices) {
  bool found = false;
  visit_shared_places(
      slices, [&](const Slice& a, const Slice& b) { found = found || a.acquisition_number != b.acquisition_number; });
  return found;
}

/// Two images of a place that differ in an attribute: different stacks, which no rule can choose between.
void refuse_several_stacks(const std::vector<Slice>& slices) {
  const auto names = mark_names();
  for (std::size_t m = 0; m < names.size(); ++m)
    visit_shared_places(slices, [&](const Slice& a, const Slice& b) {
      if (a.marks[m] == b.marks[m]) return;
      throw InputError("slices '" + a.name + "' and '" + b.name +
                       "' lie in the same place: the series holds several volumes, which differ in " + names[m] + ": " +
                       listed(slices, [m](const Slice& s) { return s.marks[m]; }) +
                       "; give each volume a folder (or a series) of its own");
    });
}

bool same_pixels(const Slice& a, const Slice& b) {
  const auto count = static_cast<std::size_t>(a.rows * a.columns);
  std::vector<float> first(count), second(count);
  with_context("slice '" + a.name + "'", [&] { read_values(a, first); });
  with_context("slice '" + b.name + "'", [&] { read_values(b, second); });
  return first == second && a.position == b.position;
}

void drop_copies(std::vector<Slice>& slices, std::vector<std::string>& notes) {
  std::vector<std::string> dropped;
  visit_shared_places(slices, [&](const Slice& a, const Slice& b) {
    throw_if_stopped();
    if (!same_pixels(a, b))
      throw InputError("slices '" + a.name + "' and '" + b.name +
                       "' lie in the same place and differ; keep one of them (two reconstructions in one series?)");
    dropped.push_back(b.name);
  });
  if (dropped.empty()) return;
  std::erase_if(slices,
                [&](const Slice& s) { return std::find(dropped.begin(), dropped.end(), s.name) != dropped.end(); });
  notes.push_back("dropped " + std::to_string(dropped.size()) +
                  (dropped.size() == 1 ? " slice that is an exact copy of another: '"
                                       : " slices that are exact copies of others, e.g. '") +
                  dropped.front() + "'");
}

}  // namespace

bool acquisitions_overlap(const std::vector<Slice>& slices) {
  if (slices.empty()) return false;
  const Vector normal = normal_of(slices.front().row, slices.front().column);
  constexpr double kFar = std::numeric_limits<double>::max();
  std::map<std::string, std::pair<double, double>> ranges;
  for (const Slice& slice : slices) {
    auto& [low, high] = ranges.try_emplace(acquisition_text(slice), kFar, -kFar).first->second;
    const double place = dot(slice.position, normal);
    low = std::min(low, place);
    high = std::max(high, place);
  }
  for (auto a = ranges.begin(); a != ranges.end(); ++a)
    for (auto b = std::next(a); b != ranges.end(); ++b)
      if (a->second.first <= b->second.second && b->second.first <= a->second.second) return true;
  return false;
}

void choose_acquisition(std::vector<Slice>& slices, const SeriesParams& params, std::vector<std::string>& notes) {
  const std::string all = listed(slices, acquisition_text);
  if (!params.acquisition)
    throw InputError("several acquisitions cover the same places: AcquisitionNumber " + all +
                     "; import.series.acquisition says which one to take");
  const auto taken = [&](const Slice& s) { return s.acquisition_number == params.acquisition; };
  if (std::none_of(slices.begin(), slices.end(), taken))
    throw InputError("import.series.acquisition is " + text::from_double(*params.acquisition) +
                     ", but the series has AcquisitionNumber " + all);
  std::erase_if(slices, [&](const Slice& s) { return !taken(s); });
  notes.push_back("took AcquisitionNumber " + text::from_double(*params.acquisition) +
                  " of a series with several (import.series.acquisition)");
}

void choose_slices(std::vector<Slice>& slices, const SeriesParams& params, std::vector<std::string>& notes) {
  if (same_place_other_acquisition(slices)) choose_acquisition(slices, params, notes);
  refuse_several_stacks(slices);
  drop_copies(slices, notes);
}

}  // namespace radfuse::dicom
