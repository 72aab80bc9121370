// SPDX-License-Identifier: Apache-2.0
// The sections about the study itself: cohort, selection, segmentation, doubts, methods, files.
#include "report_parts.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <map>
#include <set>

#include "format.hpp"
#include "protocol.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/descriptive.hpp"

namespace radfuse {
namespace {

struct Counts {
  std::size_t cases = 0, positive = 0, negative = 0;
  std::set<std::string> patients = {};
  void add(const CaseRow& row) {
    ++cases;
    positive += row.outcome == 1 ? 1u : 0u;
    negative += row.outcome == 0 ? 1u : 0u;
    patients.insert(row.patient_id);
  }
  std::vector<std::string> cells(const std::string& split, const std::string& site) const {
    const std::size_t known = positive + negative;
    return {split,
            site,
            std::to_string(cases),
            std::to_string(patients.size()),
            std::to_string(positive),
            std::to_string(negative),
            std::to_string(cases - known),
            known == 0 ? "–" : percent(static_cast<double>(positive) / static_cast<double>(known))};
  }
};

HtmlTable cohort_table(const Cohort& cohort) {
  HtmlTable table{.caption = "Cases by split and site",
                  .header = {"Split", "Site", "Cases", "Patients", "Positive", "Negative", "Unknown", "Share positive"},
                  .align = "llrrrrrr"};
  for (const auto& split : kSplits) {
    Counts all;
    std::map<std::string, Counts> sites;
    for (const CaseRow* row : cohort.reference_rows())
      if (row->split == split.value) {
        all.add(*row);
        sites[row->site].add(*row);
      }
    if (all.cases == 0) continue;
    if (sites.size() > 1) table.rows.push_back(all.cells(std::string(split.name), "all"));
    for (const auto& [site, counts] : sites)
      table.rows.push_back(counts.cells(std::string(split.name), site.empty() ? "–" : site));
  }
  return table;
}

// "61.0 (54.0–70.0), 2 missing": median and quartiles.
std::string spread(const std::vector<double>& values, std::size_t missing) {
  const std::string gap = missing == 0 ? "" : ", " + std::to_string(missing) + " missing";
  if (values.empty()) return "–" + gap;
  const Eigen::VectorXd x = Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size()));
  if (std::ranges::all_of(values, [](double v) { return v == 0 || v == 1; }))
    return std::to_string(static_cast<std::size_t>(x.sum())) + "/" + std::to_string(values.size()) + gap;
  return fixed(stats::median(x), 2) + " (" + fixed(stats::quantile(x, 0.25), 2) + " to " +
         fixed(stats::quantile(x, 0.75), 2) + ")" + gap;
}

HtmlTable clinical_table(const Cohort& cohort) {
  HtmlTable table{.caption = "Clinical values: median (quartiles), or how many cases have the value 1",
                  .header = {"Column", "Split", "Positive cases", "Negative cases"},
                  .align = "llrr"};
  for (std::size_t column = 0; column < cohort.clinical_columns.size(); ++column)
    for (const auto& split : kSplits) {
      std::vector<double> values[2];
      std::size_t missing[2] = {0, 0}, cases = 0;
      for (const CaseRow* row : cohort.reference_rows()) {
        if (row->split != split.value || row->outcome < 0) continue;
        ++cases;
        const auto outcome = static_cast<std::size_t>(row->outcome);
        if (row->clinical[column])
          values[outcome].push_back(*row->clinical[column]);
        else
          ++missing[outcome];
      }
      if (cases > 0)
        table.rows.push_back({cohort.clinical_columns[column], std::string(split.name), spread(values[1], missing[1]),
                              spread(values[0], missing[0])});
    }
  return table;
}

// Steps down, models across: how many features each step dropped.
HtmlTable dropped_table(const std::vector<SelectedFeature>& selection) {
  std::vector<std::string> models;
  std::map<std::pair<std::int64_t, std::string>, std::map<std::string, std::size_t>> dropped;
  std::map<std::string, std::size_t> entered, kept;
  for (const SelectedFeature& row : selection) {
    if (std::ranges::find(models, row.model) == models.end()) models.push_back(row.model);
    ++entered[row.model];
    if (row.kept)
      ++kept[row.model];
    else  // steps are numbered in the order of the chain
      ++dropped[{text::to_int(row.step.substr(0, row.step.find(' '))).value_or(0), row.step}][row.model];
  }
  HtmlTable table{.caption = "Features that entered, were dropped by each step, and were kept",
                  .header = {"Step"},
                  .align = "l" + std::string(models.size(), 'r')};
  for (const std::string& model : models) table.header.push_back(model.empty() ? "all models" : model);
  const auto line = [&](const std::string& name, std::map<std::string, std::size_t>& counts) {
    std::vector<std::string> cells = {name};
    for (const std::string& model : models) cells.push_back(std::to_string(counts[model]));
    table.rows.push_back(cells);
  };
  line("entered", entered);
  for (auto& [step, counts] : dropped) line("dropped by " + step.second, counts);
  line("kept", kept);
  return table;
}

// The features of a model that were selected most often; a column more where bootstrap samples were drawn.
HtmlTable share_table(const std::vector<SelectionShare>& shares, const std::string& model) {
  const bool sampled = std::ranges::any_of(shares, [](const auto& row) { return std::isfinite(row.samples); });
  HtmlTable table{.caption = "How often features of " + model + " were selected",
                  .header = {"Feature", "Outer folds"},
                  .align = sampled ? "lrr" : "lr",
                  .most_rows = 25,
                  .rest_in = sampled ? "5_select/selection_bootstraps.csv and 6_train/selection_frequency.csv"
                                     : "6_train/selection_frequency.csv"};
  if (sampled) table.header.insert(table.header.begin() + 1, "Bootstrap samples");
  const auto cell = [](double share) { return std::isfinite(share) ? percent(share) : std::string("–"); };
  for (const SelectionShare& row : shares) {
    if (row.model != model) continue;
    table.rows.push_back({row.feature, cell(row.folds)});
    if (sampled) table.rows.back().insert(table.rows.back().begin() + 1, cell(row.samples));
  }
  return table;
}

}  // namespace

void tell_cohort(HtmlPage& page, const ReportInput& input) {
  const StudyResults& results = input.results;
  page.section("What was studied");
  page.table(cohort_table(results.cohort));
  if (!results.cohort.clinical_columns.empty()) page.table(clinical_table(results.cohort));
  std::vector<std::pair<std::string, std::string>> facts;
  for (const auto& [name, image] : results.images)
    facts.emplace_back("Image " + name, std::string(name_of(kModalities, image.modality)) + ", " +
                                            std::string(name_of(kDimensions, image.dimension)) +
                                            (image.mask.empty() ? ", without drawn masks" : ", with drawn masks"));
  for (const FeatureBlock& block : results.blocks)
    facts.emplace_back("Features " + block.block, std::to_string(block.columns) + " (" + block.file + ")");
  page.facts(facts);
  const auto protocols = protocol_tables(results);
  if (!protocols.empty()) page.heading("Imaging protocol");
  for (const HtmlTable& table : protocols) page.table(table);
}

void tell_selection(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures) {
  const StudyResults& results = input.results;
  if (results.selection.empty() && results.models.empty()) return;
  page.section("Features in the models");
  if (!results.selection.empty()) page.table(dropped_table(results.selection));
  page.figures(figures_named(figures, "selection"));
  page.figures(figures_named(figures, "coefficients_"));
  HtmlTable models{.caption = "Final models",
                   .header = {"Model", "Learner", "Features", "Settings", "Names"},
                   .align = "llrll",
                   .rest_in = "6_train/models.csv"};
  for (const FinalModel& model : results.models) {
    std::vector<std::string> names = model.features;
    if (names.size() > 30) {
      names.resize(30);
      names.push_back("and " + std::to_string(model.features.size() - 30) + " more");
    }
    models.rows.push_back({model.model, std::string(name_of(kLearners, model.learner)),
                           std::to_string(model.features.size()), model.settings, text::join(names, ", ")});
  }
  page.table(models);
  const std::string primary = primary_model(input.evaluation);
  if (const HtmlTable shares = share_table(results.shares, primary); !shares.rows.empty()) page.table(shares);
  HtmlTable reasons{.caption = "What became of each feature of " + primary,
                    .header = {"Feature", "Kept", "Dropped by", "Reason"},
                    .align = "llll",
                    .most_rows = 100,
                    .rest_in = "5_select/selection.csv"};
  for (const bool kept : {true, false})  // the kept ones first
    for (const SelectedFeature& row : results.selection)
      if (row.kept == kept && (row.model.empty() || row.model == primary))
        reasons.rows.push_back({row.feature, row.kept ? "yes" : "no", row.step, row.reason});
  if (!reasons.rows.empty()) page.table(reasons);
}

void tell_networks(HtmlPage& page, const std::vector<DrawnFigure>& figures) {
  const auto drawn = figures_named(figures, "learning_");
  if (drawn.empty()) return;
  page.section("Networks");
  page.paragraph(
      "What each network of the deep stage learned over its epochs. Where the loss on held-out patients rises while "
      "that "
      "on the training cases falls, a network learns its cases by heart; the weights of its best epoch were kept.");
  page.figures(drawn);
}

void tell_segmentation(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures) {
  const auto drawn = figures_named(figures, "dice");
  if (drawn.empty()) return;
  page.section("Segmentation");
  page.paragraph(
      "Dice is the overlap of the drawn and the computed mask: 1 is perfect. Training cases were outlined by networks "
      "that had learned without their patient, all others by the network of all training cases.");
  page.figures(drawn);
  HtmlTable worst{.caption = "The cases with the least overlap: look at these",
                  .header = {"Case", "Image", "Split", "Dice"},
                  .align = "lllr",
                  .most_rows = 10,
                  .rest_in = "2_segment/quality.csv"};
  std::vector<SegmentationQuality> rows = input.results.quality;
  std::ranges::sort(rows, [](const auto& a, const auto& b) {
    return std::tie(a.dice, a.case_id, a.image) < std::tie(b.dice, b.case_id, b.image);
  });
  for (const SegmentationQuality& row : rows)
    worst.rows.push_back({row.case_id, row.image, std::string(name_of(kSplits, row.split)), fixed(row.dice, 3)});
  page.table(worst);
}

void tell_doubts(HtmlPage& page, const ReportInput& input) {
  page.section("What could be wrong");
  const auto findings = check_leakage(input.results.cohort, input.results.fitted);
  std::size_t dirty = 0;
  for (const LeakFinding& finding : findings) {
    if (finding.clean()) continue;
    ++dirty;
    page.warning(
        finding.what + " learned from held-out cases: " + text::join(finding.held_out_cases, ", ") +
        (finding.held_out_patients.empty() ? "" : "; patients " + text::join(finding.held_out_patients, ", ")) +
        ". Its performance on them is worth nothing.");
  }
  if (findings.empty())
    page.warning("Were held-out cases kept out of every fit? Not known: no record of what the fits learned from.");
  else if (dirty == 0)
    page.verdict("Were held-out cases kept out of every fit? Yes: none of the " +
                 counted(findings.size(), "fitted object", "fitted objects") +
                 " learned from a validation, test or external case, or from another case of such a patient.");
  std::vector<std::string> sentences;
  for (const std::string& doubt : doubts(input)) sentences.push_back(doubt.ends_with('.') ? doubt : doubt + ".");
  page.list(sentences);
  if (!input.evaluation.notes.empty()) {
    HtmlTable table{.caption = "Values that are undefined or need a word",
                    .header = {"Cases", "Model", "Learner", "What", "Why"},
                    .align = "lllll",
                    .most_rows = 60,
                    .rest_in = "metrics.notes.csv"};
    for (const EvaluationNote& note : input.evaluation.notes)
      table.rows.push_back({split_text(note.judged.split), note.judged.model,
                            std::string(name_of(kLearners, note.judged.learner)), note.column, note.reason});
    page.table(table);
  }
  if (!findings.empty()) {
    HtmlTable table{.caption = "What learned from how many cases",
                    .header = {"Fitted", "Cases", "Held-out cases among them"},
                    .align = "lrr"};
    for (const LeakFinding& finding : findings)
      table.rows.push_back({finding.what, std::to_string(finding.fitted_on),
                            std::to_string(finding.held_out_cases.size() + finding.held_out_patients.size())});
    page.table(table);
  }
}

void tell_methods(HtmlPage& page, const ReportInput& input) {
  page.section("Methods");
  page.paragraph(text::join(methods_text(input), " "));
  page.heading("The study file, every default written out");
  page.code(input.results.settings);
}

void tell_files(HtmlPage& page, const ReportInput& input) {
  page.section("Files");
  page.facts({{"metrics.csv", "performance of every model, learner and split; why a cell is empty: metrics.notes.csv"},
              {"comparisons.csv", "paired tests between models"},
              {"roc.csv, calibration.csv, decision_curve.csv", "the curves"},
              {"figures/", "each figure as SVG, as PDF for print, its data (CSV) and its gnuplot script"},
              {"checklists/clear.csv", "the CLEAR checklist, filled where the run is the evidence"}});
  page.heading("SHA-256 of what this was made from");
  page.facts(input.results.inputs);
}

}  // namespace radfuse
