// SPDX-License-Identifier: Apache-2.0
// The section about harmonisation: what select's audit measured, as a table, with its warnings.
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <map>

#include "cells.hpp"
#include "format.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "report_parts.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kBatchesNamed = 6;
constexpr double kLevel = 0.05;

double median_of(const std::vector<double>& values) {
  if (values.empty()) return kUndefined;
  return stats::median(Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
}

// "2 by site: S1, S2"
std::string brought_together(const HarmonisedStep& step) {
  std::vector<std::string> named = step.batches;
  if (named.size() > kBatchesNamed) {
    named.resize(kBatchesNamed);
    named.push_back("and " + std::to_string(step.batches.size() - kBatchesNamed) + " more");
  }
  return std::to_string(step.batches.size()) + " by " + text::join(step.by, " and ") + ": " + text::join(named, ", ");
}

std::string share_text(double share) {
  return std::isfinite(share) ? fixed(100 * share, 1) + " %" : "–";
}

HtmlTable audit_table(const std::vector<HarmonisedStep>& steps) {
  HtmlTable table{
      .caption = "Differences between batches in the training cases, before and after each harmonising step",
      .header = {"Model", "Step", "Batches", "Features", "Differ before", "after", "Median f before", "after",
                 "Batch predicted before", "after", "by guessing", "V with outcome"},
      .align = "lllrrrrrrrrr",
      .rest_in = "5_select/harmonisation_summary.csv"};
  for (const HarmonisedStep& step : steps)
    table.rows.push_back({step.model, step.step, brought_together(step), std::to_string(step.features),
                          share_text(step.differ_before), share_text(step.differ_after),
                          fixed(median_of(step.effect_before), 2), fixed(median_of(step.effect_after), 2),
                          fixed(step.predicted_before, 2), fixed(step.predicted_after, 2), fixed(step.chance, 2),
                          fixed(step.outcome_v, 2)});
  return table;
}

// One warning for the models that share it.
void warn_of_confounding(HtmlPage& page, const std::vector<HarmonisedStep>& steps) {
  std::vector<std::pair<std::string, std::vector<std::string>>> warnings;
  for (const HarmonisedStep& step : steps) {
    if (!(step.outcome_p < kLevel)) continue;
    const std::string what = text::join(step.by, " and ");
    const std::string words =
        ": " + what + " and outcome go together in the training cases (Cramer's V = " + fixed(step.outcome_v, 2) +
        ", " + p_text(step.outcome_p) +
        "). Harmonising then also removes what tells the outcomes apart, and a model may still "
        "learn the " +
        what + " in place of the disease.";
    const auto at = std::ranges::find(warnings, words, &std::pair<std::string, std::vector<std::string>>::first);
    const std::string who = step.model + " (" + step.step + ")";
    if (at == warnings.end())
      warnings.push_back({words, {who}});
    else
      at->second.push_back(who);
  }
  for (const auto& [words, who] : warnings) page.warning(text::join(who, ", ") + words);
}

// Remarks that the chains made at these steps; the table says already what the audit's own remark does.
std::vector<std::string> remarks_of(const ReportInput& input) {
  std::vector<std::string> said;
  for (const HarmonisedStep& step : input.results.harmonised) {
    const std::string from = "Selection for " + step.model + ": " + step.step;
    for (const std::string& remark : input.results.remarks)
      if (remark.starts_with(from) && remark.find(" differed between ") == std::string::npos &&
          remark.find(" and outcome go together ") == std::string::npos)
        said.push_back(remark.substr(std::string_view("Selection for ").size()));
  }
  return said;
}

}  // namespace

std::vector<HarmonisedStep> read_harmonisation(const std::filesystem::path& summary,
                                               const std::filesystem::path& features) {
  const std::string what = "the audit of harmonisation";
  const CsvTable table = read_csv(summary), each = read_csv(features);
  const auto column = [&](const CsvTable& csv, const char* name) { return csv.require_column(name, what); };
  std::vector<HarmonisedStep> steps;
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const auto number = [&](const char* name) { return cell_number(table, r, column(table, name)); };
    const auto& cells = table.rows[r];
    HarmonisedStep step{.model = cells[column(table, "model")],
                        .step = cells[column(table, "step")],
                        .by = text::split(cells[column(table, "by")], ';'),
                        .batches = text::split(cells[column(table, "batches")], ';')};
    for (auto* names : {&step.by, &step.batches})
      for (std::string& name : *names) name = std::string(text::trim(name));
    step.features = static_cast<std::size_t>(number("features"));
    step.differ_before = number("differ_before");
    step.differ_after = number("differ_after");
    step.predicted_before = number("batch_predicted_before");
    step.predicted_after = number("batch_predicted_after");
    step.chance = number("chance");
    step.outcome_v = number("outcome_cramers_v");
    step.outcome_p = number("outcome_p");
    places[{step.model, step.step}] = steps.size();
    steps.push_back(std::move(step));
  }
  const std::size_t model = column(each, "model"), name = column(each, "step"),
                    before = column(each, "cohens_f_before"), after = column(each, "cohens_f_after");
  for (std::size_t r = 0; r < each.rows.size(); ++r) {
    const auto at = places.find({each.rows[r][model], each.rows[r][name]});
    const double f_before = cell_number(each, r, before), f_after = cell_number(each, r, after);
    if (at == places.end() || !std::isfinite(f_before) || !std::isfinite(f_after)) continue;
    steps[at->second].effect_before.push_back(f_before);
    steps[at->second].effect_after.push_back(f_after);
  }
  return steps;
}

void tell_harmonisation(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures) {
  const auto& steps = input.results.harmonised;
  if (steps.empty()) return;
  page.section("Harmonisation");
  page.paragraph(
      "How far features differ between sites or scanners in the training cases, before and after. A feature differs "
      "when p < 0.05 (Student's t test of two batches, analysis of variance of more). Cohen's f is the spread of the "
      "batches' means in standard deviations within them; chance alone keeps it above 0. Batch predicted: how well all "
      "features together tell the batch of a training case that was left out, as the mean over batches of the share "
      "that is told rightly; after harmonisation, which knew the cases left out, it may lie below guessing. V with "
      "outcome: how far batch and outcome go together (Cramer's V, 0 to 1).");
  warn_of_confounding(page, steps);
  page.table(audit_table(steps));
  page.figures(figures_named(figures, "harmonisation_"));
  if (std::ranges::any_of(steps, [](const auto& step) { return step.step.ends_with("combat"); }))
    page.paragraph("The outcome was no covariate of ComBat: the program refuses that.");
  if (const auto said = remarks_of(input); !said.empty()) page.list(said);
}

}  // namespace radfuse
