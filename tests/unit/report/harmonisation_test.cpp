// SPDX-License-Identifier: Apache-2.0
// The audit of harmonisation: read from select's tables, told in a table with its warnings, and drawn.
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

class HarmonisationReport : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(::testing::TempDir()) / ("radfuse-harmonisation-" + std::to_string(getpid()));
    fs::create_directories(folder);
    write_file(folder / "summary.csv",
               "model,step,by,batches,features,differ_before,differ_after,batch_predicted_before,"
               "batch_predicted_after,chance,outcome_cramers_v,outcome_p\n"
               "rad,2 combat,site; scanner,S1 / GE; S2 / GE,3,1,0.3333333333333333,0.9,,0.5,0.4,0.002\n");
    write_file(folder / "features.csv",
               "model,step,feature,statistic_before,p_before,cohens_f_before,statistic_after,p_after,cohens_f_after,"
               "reason\nrad,2 combat,rad.a,5,0.01,0.5,1,0.4,0.1,\nrad,2 combat,rad.b,5,0.01,0.7,1,0.4,0.2,\n"
               "rad,2 combat,rad.c,,,,,,,constant\nrad,2 combat,rad.d,5,0.01,0.9,1,0.01,0.3,\n");
  }
  void TearDown() override { fs::remove_all(folder); }
  fs::path folder;
};

std::string told(const test::MadeUp& study) {
  const Evaluation evaluation = evaluate(study.evaluate_params, study.models, study.predictions, study.thresholds);
  HtmlPage page("x", "");
  tell_harmonisation(page, {study.report_params, study.evaluate_params, evaluation, study.results}, {});
  return page.finish();
}

TEST_F(HarmonisationReport, reads_steps_and_their_features) {
  const auto steps = read_harmonisation(folder / "summary.csv", folder / "features.csv");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].by, (std::vector<std::string>{"site", "scanner"}));
  EXPECT_EQ(steps[0].batches, (std::vector<std::string>{"S1 / GE", "S2 / GE"}));
  EXPECT_EQ(steps[0].effect_before, (std::vector<double>{0.5, 0.7, 0.9})) << "a feature without a test is left out";
  EXPECT_EQ(steps[0].effect_after, (std::vector<double>{0.1, 0.2, 0.3}));
  EXPECT_TRUE(std::isnan(steps[0].predicted_after));
  write_file(folder / "summary.csv", "model,step\n");
  write_file(folder / "features.csv", "model\n");
  EXPECT_THROW(read_harmonisation(folder / "summary.csv", folder / "features.csv"), InputError);
}

TEST_F(HarmonisationReport, tells_numbers_and_warnings) {
  test::MadeUp study = test::make_up();
  study.results.harmonised = read_harmonisation(folder / "summary.csv", folder / "features.csv");
  study.results.remarks = {"Selection for rad: 2 combat: site 'S2' has one training row: only shifts are removed",
                           "Selection for rad: 3 lasso: no feature", "Selection for deep: 2 combat: of deep only"};
  const std::string html = told(study);
  EXPECT_THAT(html, HasSubstr("<td>rad</td><td>2 combat</td><td>2 by site and scanner: S1 / GE, S2 / GE</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"r\">3</td><td class=\"r\">100.0 %</td><td class=\"r\">33.3 %</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"r\">0.70</td><td class=\"r\">0.20</td>")) << "medians of three";
  EXPECT_THAT(html, HasSubstr("<td class=\"r\">0.90</td><td class=\"r\">–</td><td class=\"r\">0.50</td>"));
  EXPECT_THAT(html, HasSubstr("rad (2 combat): site and scanner and outcome go together in the training cases "
                              "(Cramer&#39;s V = 0.40, p = 0.002)"));
  EXPECT_THAT(html, HasSubstr("site &#39;S2&#39; has one training row"));
  EXPECT_THAT(html, Not(HasSubstr("no feature")));
  EXPECT_THAT(html, Not(HasSubstr("of deep only")));
  EXPECT_THAT(html, HasSubstr("The outcome was no covariate of ComBat"));
}

TEST_F(HarmonisationReport, says_nothing_without_a_harmonising_step) {
  test::MadeUp study = test::make_up();
  study.results.harmonised.clear();
  EXPECT_THAT(told(study), Not(HasSubstr("Harmonisation")));
  study.results.harmonised = read_harmonisation(folder / "summary.csv", folder / "features.csv");
  study.results.harmonised[0].outcome_p = 0.2;
  study.results.harmonised[0].step = "2 site_scale";
  EXPECT_THAT(told(study), Not(HasSubstr("class=\"warning\"")));
  EXPECT_THAT(told(study), Not(HasSubstr("ComBat")));
}

// Bins of 0.05: 0.5 stands in [0.5, 0.55), one feature of three.
TEST_F(HarmonisationReport, draws_both_histograms) {
  const auto steps = read_harmonisation(folder / "summary.csv", folder / "features.csv");
  const Figure figure = harmonisation_figure(steps[0]);
  EXPECT_EQ(figure.name, "harmonisation_rad_2");
  EXPECT_EQ(figure.alt, "Cohen's f of 3 features: median 0.70 before and 0.20 after.");
  EXPECT_THAT(figure.data, HasSubstr("\n1,0.5,33.333"));
  EXPECT_THAT(figure.data, HasSubstr("\n1,0.45,0,before\n"));
  HarmonisedStep none = steps[0];
  none.effect_before = none.effect_after = {0, 0};
  EXPECT_THAT(harmonisation_figure(none).settings, HasSubstr("set xrange [0:1]"));
}

}  // namespace
}  // namespace radfuse
