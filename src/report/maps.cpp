// SPDX-License-Identifier: Apache-2.0
// The section with the maps of the cases: what can be read from them, and what cannot.
#include <algorithm>
#include <map>

#include "cells.hpp"
#include "format.hpp"
#include "radfuse/base/text.hpp"
#include "report_parts.hpp"

namespace radfuse {

std::vector<MappedCases> read_maps(const std::filesystem::path& summary, const std::filesystem::path& points) {
  const std::string what = "the maps of the cases";
  const CsvTable table = read_csv(summary), each = read_csv(points);
  const auto column = [&](const CsvTable& csv, const char* name) { return csv.require_column(name, what); };
  std::vector<MappedCases> maps;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto number = [&](const char* name) { return cell_number(table, r, column(table, name)); };
    MappedCases map{.model = table.rows[r][column(table, "model")],
                    .map = table.rows[r][column(table, "map")],
                    .features = static_cast<std::size_t>(number("features")),
                    .components = static_cast<std::size_t>(number("components")),
                    .variance_share = number("variance_share"),
                    .perplexity = number("perplexity"),
                    .trustworthiness = number("trustworthiness"),
                    .reason = table.rows[r][column(table, "reason")]};
    places[{map.model, map.map}] = maps.size();
    maps.push_back(std::move(map));
  }
  const std::size_t model = column(each, "model"), name = column(each, "map"), id = column(each, "case_id"),
                    x = column(each, "x"), y = column(each, "y");
  for (std::size_t r = 0; r < each.rows.size(); ++r)
    if (const auto at = places.find({each.rows[r][model], each.rows[r][name]}); at != places.end())
      maps[at->second].points.push_back({each.rows[r][id], cell_number(each, r, x), cell_number(each, r, y)});
  return maps;
}

void tell_maps(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures) {
  const auto& maps = input.results.maps;
  if (maps.empty()) return;
  page.section("Maps of the cases");
  page.paragraph(
      "Each dot is a case of the study, of any split. Cases whose features are alike lie side by side (t-SNE of up to "
      "50 principal components of the standardised features, missing values by the median). Distances between clusters "
      "that lie apart mean nothing, nor do their sizes or the axes. No model uses a map, and none was chosen by one.");
  page.figures(figures_named(figures, "map_"));
  HtmlTable table{.caption =
                      "What the maps are made of. Trustworthiness: how far a case's five neighbours on the map are "
                      "its neighbours among the components (1: all of them)",
                  .header = {"Model", "Map", "Features", "Components", "Variance", "Perplexity", "Trustworthiness", ""},
                  .align = "llrrrrrl",
                  .rest_in = "5_select/map_summary.csv"};
  for (const MappedCases& map : maps)
    table.rows.push_back({map.model, map_text(map.map), std::to_string(map.features), std::to_string(map.components),
                          map.points.empty() ? "–" : percent(map.variance_share), fixed(map.perplexity, 1),
                          fixed(map.trustworthiness, 3), map.reason});
  page.table(table);
}

}  // namespace radfuse
