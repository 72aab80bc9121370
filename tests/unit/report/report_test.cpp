// SPDX-License-Identifier: Apache-2.0
// The page: order, honesty, escaping, no request, the same bytes twice. With RADFUSE_KEEP_REPORT=<folder> the made-up
// report stays there to be looked at.
#include "radfuse/report/report.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <cstdlib>
#include <limits>

#include "made_up.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/report/checklists.hpp"
#include "radfuse/report/plots.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

struct Written {
  Evaluation evaluation;
  std::vector<DrawnFigure> figures;
  std::string html;
};

Written write(const test::MadeUp& study, const fs::path& folder) {
  Written w{evaluate(study.evaluate_params, study.models, study.predictions, study.thresholds), {}, {}};
  w.figures = draw_all(study_figures(w.evaluation, study.results), folder / "figures");
  w.html = report_html({study.report_params, study.evaluate_params, w.evaluation, study.results}, w.figures);
  return w;
}

class Report : public ::testing::Test {
 protected:
  void SetUp() override { folder = fs::path(::testing::TempDir()) / ("radfuse-report-" + std::to_string(getpid())); }
  void TearDown() override { fs::remove_all(folder); }
  fs::path folder;
};

TEST_F(Report, TellsTheStudyInTheReadersOrder) {
  const test::MadeUp study = test::make_up();
  const char* kept = std::getenv("RADFUSE_KEEP_REPORT");
  const Written w = write(study, kept != nullptr ? fs::path(kept) : folder);
  if (kept != nullptr) write_file(fs::path(kept) / "report.html", w.html);
  std::size_t last = 0;
  for (const char* section : {"Result", "What was studied", "Performance", "Comparison of models", "Calibration",
                              "Net benefit", "Harmonisation", "Features in the models", "Maps of the cases",
                              "Segmentation", "What could be wrong", "Methods", "Files"}) {
    const std::size_t at = w.html.find(">" + std::string(section) + "</h2>");
    ASSERT_NE(at, std::string::npos) << section;
    EXPECT_GT(at, last) << section;
    last = at;
  }
  EXPECT_THAT(w.html, HasSubstr("fusion (logistic): AUC "));
  EXPECT_THAT(w.html, HasSubstr("in the external test (n = 25, "));
  EXPECT_THAT(w.html, HasSubstr("kept out of every fit? Yes: none of the 12 fitted objects"));
  EXPECT_THAT(w.html, Not(HasSubstr(">nan")));
  EXPECT_LT(w.html.size(), 5u << 20);
}

TEST_F(Report, ShowsHowOftenFeaturesWereSelected) {
  test::MadeUp study = test::make_up();
  const std::string primary = primary_model(write(study, folder).evaluation);
  EXPECT_THAT(write(study, folder).html, Not(HasSubstr("How often features of")));
  const double none = std::numeric_limits<double>::quiet_NaN();
  study.results.shares = {{primary, "rad.a", 0.8, none}, {primary, "rad.b", 0.4, none}, {"another", "rad.z", 1, none}};
  std::string html = write(study, folder).html;
  EXPECT_THAT(html, HasSubstr("How often features of " + primary + " were selected"));
  EXPECT_THAT(html, HasSubstr("80 %"));
  EXPECT_THAT(html, Not(HasSubstr("Bootstrap samples")));
  EXPECT_THAT(html, Not(HasSubstr("rad.z")));
  study.results.shares[0].samples = 0.655;
  html = write(study, folder).html;
  EXPECT_THAT(html, HasSubstr("Bootstrap samples"));
  EXPECT_LT(html.find("65.5 %"), html.find("80 %")) << "samples stand before folds";
}

TEST_F(Report, HasTheSameBytesTwice) {
  const test::MadeUp study = test::make_up();
  const Written first = write(study, folder / "a"), second = write(study, folder / "b");
  EXPECT_EQ(first.html, second.html);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder / "a" / "figures")) {
    EXPECT_EQ(read_file(entry.path()), read_file(folder / "b" / "figures" / entry.path().filename())) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 4 * first.figures.size());
}

TEST_F(Report, LetsNothingRunAndNothingLoad) {
  const std::string evil = "<script>alert(1)</script>\"'&<img src=http://x.example/a onerror=alert(2)>";
  test::MadeUp study = test::make_up({evil, "a\nb\x01", "c`id`$(id)"}, {evil, "rad", "it's", "fu'sion\""});
  study.report_params.title = evil;
  study.report_params.authors = {evil};
  study.results.remarks = {evil};
  study.results.settings += "x: \"" + evil + "\"\n";
  study.results.quality[0].image = evil;
  study.results.selection[0].reason = evil;
  const Written w = write(study, folder);
  EXPECT_THAT(w.html, Not(HasSubstr("<script")));
  EXPECT_THAT(w.html, Not(HasSubstr("<img")));
  EXPECT_THAT(w.html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(w.html, HasSubstr("default-src 'none'; img-src data:; style-src 'unsafe-inline'"));
  for (const char* request : {"src=\"http", "href=\"http", "url(http", "@import", "xlink:href=\"http"})
    EXPECT_THAT(w.html, Not(HasSubstr(request)));
  if (const char* kept = std::getenv("RADFUSE_KEEP_REPORT")) write_file(fs::path(kept) / "hostile.html", w.html);
}

TEST_F(Report, SaysWhenAHeldOutCaseWasLearnedFrom) {
  test::MadeUp study = test::make_up();
  const auto fitted =
      std::ranges::find_if(study.results.fitted, [](const auto& f) { return f.what == "model rad (xgboost)"; });
  ASSERT_NE(fitted, study.results.fitted.end());
  fitted->cases.push_back("P100");
  const Evaluation evaluation = evaluate(study.evaluate_params, study.models, study.predictions, study.thresholds);
  const std::string html = report_html({study.report_params, study.evaluate_params, evaluation, study.results}, {});
  EXPECT_THAT(html, HasSubstr("model rad (xgboost) learned from held-out cases: P100"));
  EXPECT_THAT(html, Not(HasSubstr("Yes: none of the")));
}

TEST(Leakage, FindsAPatientOnBothSides) {
  Cohort cohort;
  const auto add = [&](const char* id, const char* patient, Split split) {
    CaseRow row;
    row.case_id = id;
    row.patient_id = patient;
    row.split = split;
    cohort.rows.push_back(row);
  };
  add("a1", "a", Split::train);
  add("a2", "a", Split::test);
  add("b1", "b", Split::train);
  const auto findings = check_leakage(cohort, {{"dirty", {"a1", "b1"}}, {"clean", {"b1"}}, {"stranger", {"z"}}});
  EXPECT_THAT(findings[0].held_out_patients, ::testing::ElementsAre("a"));
  EXPECT_TRUE(findings[0].held_out_cases.empty());
  EXPECT_TRUE(findings[1].clean());
  EXPECT_THAT(findings[2].held_out_cases, ::testing::ElementsAre("z"));
}

TEST(Sentences, SayNoDifferenceUnlessOneWasShown) {
  Comparison row{.first = "fusion", .second = "rad", .split = Split::external, .n = 60, .positive = 20};
  row.auc_first = 0.842;
  row.auc_second = 0.742;
  row.difference = {0.1, 0.021, 0.179};
  row.p = 0.013;
  EXPECT_EQ(comparison_sentence(row, 0.95),
            "In the external test (logistic, n = 60, 20 positive), fusion told positive from negative cases better "
            "than rad: AUC 0.842 against 0.742, difference 0.100 (95 % CI 0.021 to 0.179), p = 0.013.");
  row.p = 0.2;
  row.difference = {0.1, -0.05, 0.25};
  EXPECT_THAT(comparison_sentence(row, 0.95), HasSubstr("no difference between fusion and rad was shown"));
  row.p = 0.0001;
  row.difference = {-0.1, -0.15, -0.05};
  EXPECT_THAT(comparison_sentence(row, 0.95), HasSubstr("rad told positive from negative cases better than fusion"));
  EXPECT_THAT(comparison_sentence(row, 0.95), HasSubstr("difference −0.100 (95 % CI −0.150 to −0.050), p < 0.001"));
}

TEST(Checklist, ClaimsOnlyWhatTheRunDid) {
  test::MadeUp study = test::make_up();
  study.report_params.checklist = {{"8", {"Approved."}}, {"36", {"Age."}}};
  const Evaluation evaluation = evaluate(study.evaluate_params, study.models, study.predictions, study.thresholds);
  const auto items = clear_checklist({study.report_params, study.evaluate_params, evaluation, study.results});
  ASSERT_EQ(items.size(), 58u);
  const auto item = [&](int number) { return items[static_cast<std::size_t>(number - 1)]; };
  for (int i = 1; i <= 58; ++i) EXPECT_EQ(item(i).number, i);
  EXPECT_EQ(item(8).status, ItemStatus::from_study);
  EXPECT_EQ(item(8).evidence, "Approved.");
  EXPECT_EQ(item(22).evidence, "spacing_mm [1, 1]; interpolator linear");
  EXPECT_EQ(item(33).evidence, "lasso");
  EXPECT_EQ(item(36).evidence, "Age. (site effects: the step combat of the chain)");
  // This study has no impute step, no scaling, no discretisation: nothing is claimed.
  for (const int number : {1, 10, 23, 29, 32, 52, 58}) {
    EXPECT_EQ(item(number).status, ItemStatus::author) << number;
    EXPECT_EQ(item(number).evidence, "") << number;
  }
  EXPECT_THAT(to_csv(items), HasSubstr("\n22,Pre-processing,Resampling,auto,\"spacing_mm [1, 1]; interpolator linear\","
                                       "study file: radiomics.resample\n"));
}

}  // namespace
}  // namespace radfuse
