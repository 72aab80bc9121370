// SPDX-License-Identifier: Apache-2.0
// Maps of the cases: panels side by side in one figure, above by outcome, below by site.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "format.hpp"
#include "plot_parts.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/report/plots.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kMostSites = 7;  // with an own colour and shape
constexpr double kApart = 1.1;         // from one panel's left edge to the next one's; a panel is 1 wide
constexpr const char* kGrey = "linecolor rgb '#777777'";
constexpr double kTwoPanels = 122;  // mm; panels as wide as those of three in two columns

// Cases that share a colour and a shape.
struct Group {
  std::string title;
  std::string style;
  std::size_t cases = 0;
};

// gnuplot's filled shapes.
constexpr int kCircle = 7, kTriangle = 9;
constexpr std::array<int, 5> kSiteShapes = {5, 13, 11, 7, 9};  // square, diamond, inverted triangle, circle, triangle

std::string marker(int shape, int series) {
  return "pointtype " + std::to_string(shape) + " " + colour(series);
}

// Other colours than the outcomes' as long as there are any, and never the same colour and shape.
std::string site_marker(std::size_t site) {
  return marker(kSiteShapes[site % kSiteShapes.size()], static_cast<int>((site + 2) % kMostSites) + 1);
}

std::vector<Group> outcome_groups() {
  return {{"outcome negative", marker(kCircle, 1)},
          {"outcome positive", marker(kTriangle, 2)},
          {"outcome unknown", std::string("pointtype 2 ") + kGrey}};
}

// The sites of the cases, the largest first; those beyond kMostSites share the last group.
std::vector<Group> site_groups(const std::vector<MapPoint>& points, const Cohort& cohort,
                               std::map<std::string, std::size_t>& group_of) {
  std::map<std::string, std::size_t> cases;
  for (const MapPoint& point : points)
    if (const CaseRow* row = cohort.find(point.case_id)) ++cases[row->site];
  std::vector<std::pair<std::string, std::size_t>> sites(cases.begin(), cases.end());
  std::ranges::stable_sort(sites, [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sites.size() > kMostSites)
    std::sort(sites.begin(), sites.begin() + kMostSites);
  else
    std::ranges::sort(sites);
  std::vector<Group> groups;
  for (std::size_t s = 0; s < sites.size(); ++s) {
    if (s < kMostSites)
      groups.push_back({"site " + (sites[s].first.empty() ? "not given" : short_name(sites[s].first)), site_marker(s)});
    else if (s == kMostSites)
      groups.push_back(
          {std::to_string(sites.size() - kMostSites) + " other sites", std::string("pointtype 1 ") + kGrey});
    group_of[sites[s].first] = std::min(s, kMostSites);
  }
  return groups;
}

// Brings the points into a unit square with the same scale along both axes.
struct Fit {
  double x = 0, y = 0, width = 1;
  explicit Fit(const std::vector<MapPoint>& points) {
    const auto [left, right] = std::ranges::minmax(points, {}, &MapPoint::x);
    const auto [low, high] = std::ranges::minmax(points, {}, &MapPoint::y);
    x = (left.x + right.x) / 2;
    y = (low.y + high.y) / 2;
    width = std::max({right.x - left.x, high.y - low.y, 1e-12}) * 1.06;
  }
};

std::string panel_title(const MappedCases& map) {
  return map_text(map.map) + " (" + counted(map.features, "feature", "features") + ")";
}

std::string label(const std::string& text, double x, double y, const std::string& how) {
  return "set label " + gnuplot_quote(text) + " at " + number(x) + "," + number(y) + " " + how + "\n";
}

std::string frame(double x, double y) {
  return "set object rectangle from " + number(x) + "," + number(y) + " to " + number(x + 1) + "," + number(y + 1) +
         " fillstyle empty border linecolor rgb '#999999' linewidth 0.75\n";
}

double point_size(std::size_t cases) {
  return cases <= 150 ? 0.45 : cases <= 600 ? 0.33 : cases <= 2000 ? 0.22 : 0.15;
}

}  // namespace

Figure map_figure(const std::string& model, const std::vector<MappedCases>& maps, const Cohort& cohort) {
  std::vector<const MappedCases*> panels;
  for (const MappedCases& map : maps)
    if (map.model == model && !map.points.empty()) panels.push_back(&map);
  std::map<std::string, std::size_t> site_of;
  std::vector<Group> groups = outcome_groups();
  const std::size_t outcomes = groups.size();
  for (Group& group : site_groups(panels.front()->points, cohort, site_of)) groups.push_back(std::move(group));
  const bool by_site = site_of.size() > 1;
  Figure figure{.name = "map_" + file_word(model),
                .title = "Maps of the cases by the features of " + model,
                .width_mm = panels.size() > 2   ? kTwoColumns
                            : panels.size() > 1 ? kTwoPanels
                                                : kOneColumn};
  figure.data = csv_line({"series", "x", "y", "map", "group", "case_id"});
  const double below = -kApart;
  std::vector<std::string> trust;
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const Fit fit(panels[p]->points);
    const double left = kApart * static_cast<double>(p);
    figure.settings += frame(left, 0) + (by_site ? frame(left, below) : "") +
                       label(panel_title(*panels[p]), left + 0.5, 1.06, "center");
    trust.push_back(panel_title(*panels[p]) + " " + fixed(panels[p]->trustworthiness, 3));
    for (const MapPoint& point : panels[p]->points) {
      const CaseRow* row = cohort.find(point.case_id);
      if (row == nullptr) continue;
      const double x = left + 0.5 + (point.x - fit.x) / fit.width, y = 0.5 + (point.y - fit.y) / fit.width;
      const auto add = [&](std::size_t group, double down) {
        groups[group].cases += p == 0 ? 1u : 0u;
        figure.data += csv_line({std::to_string(group + 1), number(x), number(y + down), panels[p]->map,
                                 text::printable(groups[group].title), text::printable(point.case_id)});
      };
      add(row->outcome < 0 ? 2 : static_cast<std::size_t>(row->outcome), 0);
      if (by_site) add(outcomes + site_of.at(row->site), below);
    }
  }
  PlotCommand plot(figure.name);
  const std::string size = " pointsize " + number(point_size(panels.front()->points.size()));
  std::size_t entries = 0;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].cases == 0) continue;
    ++entries;
    plot.add_series(static_cast<int>(g) + 1, "2:3", "with points " + groups[g].style + size, "");
    plot.add("NaN with points " + groups[g].style + " pointsize 0.5 title " +
             gnuplot_quote(groups[g].title + ", n = " + std::to_string(groups[g].cases)));
  }
  const double right = kApart * static_cast<double>(panels.size() - 1) + 1, rows = by_site ? 1 - below : 1;
  figure.settings += label("by outcome", -0.05, 0.5, "center rotate by 90");
  if (by_site) figure.settings += label("by site", -0.05, below + 0.5, "center rotate by 90");
  figure.settings += "set size ratio -1\nunset border\nunset tics\nset xrange [-0.1:" + number(right + 0.02) +
                     "]\nset yrange [" + number((by_site ? below : 0) - 0.02) + ":1.12]\n" +
                     "set key horizontal maxcols " + (panels.size() > 1 ? "4" : "2") + " samplen 0.5\n";
  const std::size_t columns = panels.size() > 1 ? 4 : 2;
  figure.height_mm =
      (figure.width_mm - 6) * (rows + 0.14) / (right + 0.12) + 4 + legend_height((entries + columns - 1) / columns);
  figure.alt = "Each dot is a case (" + std::to_string(panels.front()->points.size()) +
               "). Trustworthiness: " + text::join(trust, ", ") + ". Distances between far clusters mean nothing.";
  figure.plot = plot.text();
  return figure;
}

}  // namespace radfuse
