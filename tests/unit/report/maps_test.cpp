// SPDX-License-Identifier: Apache-2.0
// The maps of the cases: read from select's tables, drawn by outcome and site, and told with what they do not say.
#include <gmock/gmock.h>

#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "made_up.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/report/html.hpp"
#include "radfuse/report/plots.hpp"
#include "report_parts.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class MapsReport : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(::testing::TempDir()) / ("radfuse-maps-" + std::to_string(getpid()));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }
  fs::path folder;
};

CaseRow made_case(const std::string& id, int outcome, const std::string& site) {
  CaseRow row;
  row.case_id = row.patient_id = id;
  row.outcome = outcome;
  row.site = site;
  return row;
}

TEST_F(MapsReport, reads_maps_drawn_and_not) {
  write_file(folder / "summary.csv",
             "model,map,cases,features,components,variance_share,perplexity,divergence,trustworthiness,reason\n"
             "rad,entering,2,10,5,0.9,0.3,0.2,0.95,\nrad,leaving,2,1,1,1,,,,features that vary: 1\n");
  write_file(folder / "map.csv", "model,map,case_id,x,y\nrad,entering,A,1,-2.5\nrad,entering,B,3,4\n");
  const auto maps = read_maps(folder / "summary.csv", folder / "map.csv");
  ASSERT_EQ(maps.size(), 2u);
  EXPECT_EQ(maps[0].features, 10u);
  ASSERT_EQ(maps[0].points.size(), 2u);
  EXPECT_EQ(maps[0].points[0].y, -2.5);
  EXPECT_TRUE(maps[1].points.empty());
  EXPECT_TRUE(std::isnan(maps[1].perplexity));
  EXPECT_EQ(maps[1].reason, "features that vary: 1");
  write_file(folder / "map.csv", "model,map,case_id,x,y\nrad,entering,A,1,up\n");
  EXPECT_THROW(read_maps(folder / "summary.csv", folder / "map.csv"), InputError);
}

TEST_F(MapsReport, draws_by_outcome_and_by_site) {
  Cohort cohort;
  cohort.rows = {made_case("A", 0, "S1"), made_case("B", 1, "S2"), made_case("C", -1, "S2")};
  const MappedCases map{.model = "rad",
                        .map = "entering",
                        .features = 10,
                        .trustworthiness = 0.95,
                        .points = {{"A", 0, 0}, {"B", 10, 0}, {"C", 5, 2}}};
  const Figure figure = map_figure("rad", {map}, cohort);
  EXPECT_EQ(figure.name, "map_rad");
  for (const char* part : {"'outcome negative, n = 1'", "'outcome positive, n = 1'", "'outcome unknown, n = 1'",
                           "'site S1, n = 1'", "'site S2, n = 2'"})
    EXPECT_THAT(figure.plot, HasSubstr(part));
  EXPECT_THAT(figure.settings, HasSubstr("'before the chain (10 features)'"));
  // C lies in the middle of the panel from left to right, and again one panel lower.
  EXPECT_THAT(figure.data, HasSubstr("\n3,0.5,0.59"));
  EXPECT_THAT(figure.data, HasSubstr("\n5,0.5,-0.50"));
  EXPECT_THAT(figure.alt, HasSubstr("Distances between far clusters mean nothing"));
  for (CaseRow& row : cohort.rows) row.site = "S1";
  EXPECT_THAT(map_figure("rad", {map}, cohort).plot, Not(HasSubstr("site"))) << "one site: nothing to tell apart";
}

TEST_F(MapsReport, small_sites_share_a_colour) {
  Cohort cohort;
  MappedCases map{.model = "rad", .map = "entering", .features = 10};
  for (int i = 0; i < 30; ++i) {
    const std::string id = "P" + std::to_string(100 + i);
    cohort.rows.push_back(made_case(id, i % 2, "S" + std::to_string(10 + std::min(i % 12, 9))));
    map.points.push_back({id, static_cast<double>(i), 0});
  }
  const Figure figure = map_figure("rad", {map}, cohort);
  EXPECT_THAT(figure.plot, HasSubstr("'3 other sites, n = 6'"));
  EXPECT_THAT(figure.plot, HasSubstr("'site S19, n = 6'")) << "the largest is among those named";
}

TEST_F(MapsReport, tells_what_a_map_does_not_say) {
  const test::MadeUp study = test::make_up();
  const Evaluation evaluation = evaluate(study.evaluate_params, study.models, study.predictions, study.thresholds);
  HtmlPage page("x", "");
  tell_maps(page, {study.report_params, study.evaluate_params, evaluation, study.results}, {});
  const std::string html = page.finish();
  EXPECT_THAT(html, HasSubstr("Distances between clusters that lie apart mean nothing"));
  EXPECT_THAT(html, HasSubstr("No model uses a map"));
  EXPECT_THAT(html, HasSubstr("<td>rad</td><td>before the chain</td><td class=\"r\">60</td><td class=\"r\">50</td>"
                              "<td class=\"r\">98.7 %</td><td class=\"r\">30.0</td><td class=\"r\">0.943</td>"));
  EXPECT_THAT(html, HasSubstr("features that vary: 1; a map needs two or more"));
}

}  // namespace
}  // namespace radfuse
