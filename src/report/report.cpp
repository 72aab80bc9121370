// SPDX-License-Identifier: Apache-2.0
// report.html: the order of its sections, and those about performance.
#include "radfuse/report/report.hpp"

#include <algorithm>
#include <cmath>

#include "format.hpp"
#include "radfuse/base/text.hpp"
#include "report_parts.hpp"

namespace radfuse {
namespace {

std::string learner_name(Learner learner) {
  return std::string(name_of(kLearners, learner));
}

// "0.85 (0.64–0.95), 17/20"
std::string share(std::size_t part, std::size_t whole, const Estimate& estimate) {
  if (!std::isfinite(estimate.value)) return "–";
  return with_limits(estimate, 2) + ", " + std::to_string(part) + "/" + std::to_string(whole);
}

// Rows of a split stand together: that is how models are compared.
std::vector<const Performance*> by_split(const Evaluation& evaluation) {
  std::vector<const Performance*> rows;
  for (auto split = std::rbegin(kSplits); split != std::rend(kSplits); ++split)
    for (const Performance& row : evaluation.performance)
      if (row.judged.split == split->value) rows.push_back(&row);
  return rows;
}

void tell_result(HtmlPage& page, const ReportInput& input) {
  page.section("Result");
  for (const std::string& sentence : verdicts(input.evaluation)) page.verdict(sentence);
  const auto held_out = [](const Comparison& row) { return row.split != Split::train; };
  const bool any = std::ranges::any_of(input.evaluation.comparisons, held_out);
  std::vector<std::string> compared;
  for (const Comparison& row : input.evaluation.comparisons)
    if (held_out(row) == any) compared.push_back(comparison_sentence(row, input.evaluation.level));
  if (!compared.empty()) page.list(compared);
  page.paragraph(
      "AUC: the chance that a positive case gets a higher probability than a negative one; 0.5 is chance, 1 is "
      "perfect. "
      "The interval says which values the data leave open.");
}

void tell_performance(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures) {
  page.section("Performance");
  HtmlTable aucs{.caption = "Discrimination, with " + percent(input.evaluation.level) + " intervals",
                 .header = {"Cases", "Model", "Learner", "n", "Positive", "AUC"},
                 .align = "lllrrr",
                 .rest_in = "metrics.csv"};
  HtmlTable decisions{
      .caption = "Decisions at the threshold that was fixed on training cases, with 95 % intervals and counts",
      .header = {"Cases", "Model", "Learner", "Threshold", "Sensitivity", "Specificity", "PPV", "NPV", "Accuracy"},
      .align = "lllrrrrrr",
      .rest_in = "metrics.csv"};
  for (const Performance* row : by_split(input.evaluation)) {
    const std::size_t tp = row->true_positive, fp = row->false_positive, tn = row->true_negative,
                      fn = row->false_negative;
    const std::vector<std::string> key = {split_text(row->judged.split), row->judged.model,
                                          learner_name(row->judged.learner)};
    const auto line = [&](std::vector<std::string> cells) {
      cells.insert(cells.begin(), key.begin(), key.end());
      return cells;
    };
    aucs.rows.push_back(line({std::to_string(row->n), std::to_string(row->positive), with_limits(row->auc)}));
    decisions.rows.push_back(
        line({fixed(row->threshold, 3), share(tp, tp + fn, row->sensitivity), share(tn, tn + fp, row->specificity),
              share(tp, tp + fp, row->ppv), share(tn, tn + fn, row->npv), share(tp + tn, row->n, row->accuracy)}));
  }
  page.table(aucs);
  page.figures(figures_named(figures, "auc"));
  page.table(decisions);
  page.heading("ROC curves");
  page.figures(figures_named(figures, "roc_"));
  page.heading("Probabilities case by case");
  page.figures(figures_named(figures, "probability_"));
}

void tell_comparisons(HtmlPage& page, const ReportInput& input) {
  if (input.evaluation.comparisons.empty()) return;
  page.section("Comparison of models");
  HtmlTable table{
      .caption =
          "First minus second: DeLong's paired test; of training cases the corrected resampled t-test over the folds",
      .header = {"Cases", "First", "Second", "Learner", "n", "Positive", "AUC first", "AUC second", "Difference",
                 "z or t", "p"},
      .align = "llllrrrrrrr",
      .rest_in = "comparisons.csv"};
  for (const Comparison& row : input.evaluation.comparisons) {
    table.rows.push_back({split_text(row.split), row.first, row.second, learner_name(row.learner),
                          std::to_string(row.n), std::to_string(row.positive), fixed(row.auc_first, 3),
                          fixed(row.auc_second, 3), with_limits(row.difference), fixed(row.statistic, 2),
                          std::isfinite(row.p) ? (row.p < 0.001 ? "< 0.001" : fixed(row.p, 3)) : "–"});
  }
  page.table(table);
}

void tell_calibration(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures) {
  if (!input.evaluate.calibration) return;
  page.section("Calibration");
  page.paragraph(
      "Do 100 patients with a predicted probability of 20 % have 20 events? Calibration in the large is 0 when the "
      "mean "
      "probability is right (positive: too low), the slope is 1 when probabilities are neither too extreme (below 1) "
      "nor too timid (above 1). The scaled Brier score is 1 for perfect probabilities and 0 for always saying the "
      "prevalence.");
  HtmlTable table{
      .caption = "Calibration, with 95 % intervals",
      .header = {"Cases", "Model", "Learner", "n", "Brier", "Brier, scaled", "In the large", "Intercept", "Slope"},
      .align = "lllrrrrrr",
      .rest_in = "metrics.csv"};
  for (const Performance* row : by_split(input.evaluation))
    table.rows.push_back({split_text(row->judged.split), row->judged.model, learner_name(row->judged.learner),
                          std::to_string(row->n), fixed(row->brier, 3), fixed(row->brier_scaled, 3),
                          with_limits(row->calibration_in_the_large, 2), with_limits(row->calibration_intercept, 2),
                          with_limits(row->calibration_slope, 2)});
  page.table(table);
  page.figures(figures_named(figures, "calibration_"));
}

void tell_net_benefit(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures) {
  if (!input.evaluate.decision_curve) return;
  page.section("Net benefit");
  page.paragraph(
      "What is a model worth to someone who acts above a given probability? A curve above both reference lines means "
      "that acting on the model does more good than acting on every case or on none.");
  page.figures(figures_named(figures, "decision_"));
}

}  // namespace

std::vector<DrawnFigure> figures_named(const std::vector<DrawnFigure>& figures, std::string_view kind) {
  std::vector<DrawnFigure> chosen;
  for (const DrawnFigure& figure : figures)
    if (figure.name.starts_with(kind)) chosen.push_back(figure);
  return chosen;
}

std::string report_html(const ReportInput& input, const std::vector<DrawnFigure>& figures) {
  HtmlPage page(input.params.title.empty() ? input.results.name : input.params.title,
                text::join(input.params.authors, ", "));
  tell_result(page, input);
  tell_cohort(page, input);
  tell_performance(page, input, figures);
  tell_comparisons(page, input);
  tell_calibration(page, input, figures);
  tell_net_benefit(page, input, figures);
  tell_harmonisation(page, input, figures);
  tell_selection(page, input, figures);
  tell_maps(page, input, figures);
  tell_networks(page, figures);
  tell_segmentation(page, input, figures);
  tell_doubts(page, input);
  tell_methods(page, input);
  tell_files(page, input);
  return page.finish();
}

}  // namespace radfuse
