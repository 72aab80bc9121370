// SPDX-License-Identifier: Apache-2.0
// Figures of the study: what selection dropped, coefficients, segmentation; and which figures a study has.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "format.hpp"
#include "plot_parts.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/report/plots.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kMostCoefficients = 25;

// Horizontal bars with their label on the left and a text on the right of each.
struct Bar {
  std::string label, text;
  double value;
  int series;
};

// The end of a long name tells features apart; the whole one stands in the table of the models.
std::string end_of(const std::string& name) {
  constexpr std::size_t kMost = 38;
  if (name.size() <= kMost) return name;
  std::size_t from = name.size() - kMost;
  while ((static_cast<unsigned char>(name[from]) & 0xC0U) == 0x80U) ++from;  // not within a character
  return "…" + name.substr(from);
}

// A round step that puts about four ticks between the ends.
double tick_step(const std::vector<Coefficient>& rows) {
  double low = 0, high = 0;
  for (const Coefficient& row : rows) {
    low = std::min(low, row.value);
    high = std::max(high, row.value);
  }
  const double rough = high > low ? (high - low) / 4 : 1, power = std::pow(10, std::floor(std::log10(rough)));
  for (const double digit : {1, 2, 5})
    if (rough <= digit * power) return digit * power;
  return 10 * power;
}

void draw_bars(Figure& figure, const std::vector<Bar>& bars, const std::string& right_titles) {
  figure.data = csv_line({"series", "row", "value", "label"});
  std::vector<std::string> left, right;
  std::set<int> series;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    figure.data += csv_line(
        {std::to_string(bars[i].series), std::to_string(i + 1), number(bars[i].value), text::printable(bars[i].label)});
    left.push_back(tick(bars[i].label, i + 1));
    right.push_back(tick(bars[i].text, i + 1));
    series.insert(bars[i].series);
  }
  PlotCommand plot(figure.name);
  for (const int s : series) plot.add_series(s, "3:2:(0):3:($2-0.35):($2+0.35)", "with boxxyerror " + colour(s), "");
  const std::string range = "[" + number(static_cast<double>(bars.size()) + 0.6) + ":0.4]\n";
  figure.settings += "set yrange " + range + "set y2range " + range + "set border 1\nset ytics scale 0 (" +
                     text::join(left, ", ") + ")\nset y2tics scale 0 (" + text::join(right, ", ") + ")\n" +
                     right_titles;
  figure.plot = plot.text();
}

}  // namespace

Figure selection_figure(const std::vector<SelectedFeature>& selection, const std::string& model) {
  std::vector<std::string> steps;
  std::map<std::string, std::size_t> dropped;
  std::size_t kept = 0, entered = 0;
  for (const SelectedFeature& row : selection) {
    if (!row.model.empty() && row.model != model) continue;
    ++entered;
    if (row.kept) {
      ++kept;
      continue;
    }
    if (dropped[row.step]++ == 0) steps.push_back(row.step);
  }
  // Steps are numbered in the order of the chain.
  std::ranges::sort(steps, [](const std::string& a, const std::string& b) {
    const auto order = [](const std::string& s) { return text::to_int(s.substr(0, s.find(' '))).value_or(0); };
    return std::pair(order(a), a) < std::pair(order(b), b);
  });
  std::vector<Bar> bars;
  for (const std::string& step : steps)
    bars.push_back({"dropped by " + step, std::to_string(dropped[step]), static_cast<double>(dropped[step]), 5});
  bars.push_back({"kept", std::to_string(kept), static_cast<double>(kept), 1});
  Figure figure{.name = "selection",
                .title = "What became of the features of " + model,
                .alt = std::to_string(entered) + " features entered the chain of selection; " + std::to_string(kept) +
                       " were kept.",
                .width_mm = kTwoColumns};
  figure.settings = "set xrange [0:*]\nset xlabel 'Features'\n";
  figure.height_mm = 18 + 6 * static_cast<double>(bars.size());
  draw_bars(figure, bars, "");
  return figure;
}

Figure coefficient_figure(const FinalModel& model) {
  std::vector<Coefficient> rows = model.coefficients;
  std::ranges::sort(rows, [](const Coefficient& a, const Coefficient& b) {
    return std::pair(-std::abs(a.value), a.feature) < std::pair(-std::abs(b.value), b.feature);
  });
  const std::size_t all = rows.size();
  if (rows.size() > kMostCoefficients) rows.resize(kMostCoefficients);
  std::vector<Bar> bars;
  for (const Coefficient& row : rows)
    bars.push_back({end_of(row.feature), fixed(row.value, 3), row.value, row.value < 0 ? 1 : 2});
  Figure figure{.name = "coefficients_" + file_word(model.model),
                .title = "Coefficients of " + model_text(model.model, model.learner),
                .alt = "The " + (all > rows.size() ? std::to_string(rows.size()) + " largest of " : std::string()) +
                       counted(all, "coefficient", "coefficients") +
                       "; right of zero, a larger value makes a positive outcome more likely.",
                .width_mm = kTwoColumns};
  figure.settings = "set xlabel " + std::string("'Log-odds per standard deviation of the training cases'\nset xtics ") +
                    number(tick_step(rows)) +
                    "\nset arrow from 0, graph 0 to 0, graph 1 nohead linewidth 0.75 linecolor rgb '#000000'\n";
  figure.height_mm = 18 + 4.6 * static_cast<double>(bars.size());
  draw_bars(figure, bars, "");
  return figure;
}

Figure dice_figure(const std::vector<SegmentationQuality>& quality) {
  Figure figure{.name = "dice", .title = "Overlap of the drawn and the computed masks (Dice)"};
  figure.data = csv_line({"series", "column", "dice", "image", "split", "case_id"});
  std::vector<std::string> images, ticks, sentences;
  for (const SegmentationQuality& row : quality)
    if (std::ranges::find(images, row.image) == images.end()) images.push_back(row.image);
  PlotCommand plot(figure.name);
  int column = 0;
  for (const std::string& image : images)
    for (const auto& split : kSplits) {
      std::vector<double> values;
      for (const SegmentationQuality& row : quality)
        if (row.image == image && row.split == split.value && std::isfinite(row.dice)) values.push_back(row.dice);
      if (values.empty()) continue;
      ++column;
      for (const SegmentationQuality& row : quality)
        if (row.image == image && row.split == split.value && std::isfinite(row.dice))
          figure.data += csv_line({std::to_string(column), std::to_string(column), number(row.dice),
                                   text::printable(image), std::string(split.name), text::printable(row.case_id)});
      std::ranges::sort(values);
      const std::size_t half = values.size() / 2;
      const double median = values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
      const std::string name = (images.size() > 1 ? short_name(image) + " " : "") + std::string(split.name);
      ticks.push_back(tick(name, static_cast<double>(column)));
      sentences.push_back(name + " " + fixed(median, 3) + " (n = " + std::to_string(values.size()) + ")");
      if (values.size() >= 5) plot.add_series(column, "2:3", "with boxplot linewidth 1 linecolor rgb '#777777'", "");
      plot.add_series(column, "2:3", "with points pointtype 7 pointsize 0.35 " + colour(1), "");
    }
  figure.alt = "Median Dice: " + text::join(sentences, ", ") + ".";
  figure.settings =
      "set style fill empty border\nset style boxplot nooutliers\nset boxwidth 0.6\n"
      "set jitter overlap first 0.02 spread 0.4 wrap 8\nset xrange [0.4:" +
      number(column + 0.6) + "]\nset yrange [0:1]\nset ytics 0.2 format '%.1f'\nset xtics scale 0 (" +
      text::join(ticks, ", ") + ")\nset ylabel 'Dice coefficient'\n";
  figure.height_mm = 70;
  figure.plot = plot.text();
  return figure;
}

std::vector<Figure> study_figures(const Evaluation& evaluation, const StudyResults& results) {
  std::vector<Learner> learners;
  for (const Performance& row : evaluation.performance)
    if (std::ranges::find(learners, row.judged.learner) == learners.end()) learners.push_back(row.judged.learner);
  const auto has = [](const auto& lines, Learner learner, Split split) {
    return std::ranges::any_of(
        lines, [&](const auto& line) { return line.judged.learner == learner && line.judged.split == split; });
  };
  std::vector<Figure> figures;
  if (std::ranges::any_of(evaluation.performance, [](const auto& row) { return std::isfinite(row.auc.value); }))
    figures.push_back(forest_figure(evaluation));
  for (const auto& split : kSplits)
    for (const Learner learner : learners) {
      if (has(evaluation.roc, learner, split.value)) figures.push_back(roc_figure(evaluation, learner, split.value));
      if (has(evaluation.calibration, learner, split.value))
        figures.push_back(calibration_figure(evaluation, learner, split.value));
      if (has(evaluation.decision, learner, split.value))
        figures.push_back(decision_figure(evaluation, learner, split.value));
    }
  for (const auto& model : evaluation.models)
    for (const Learner learner : learners)
      if (find(evaluation, {model, learner, Split::train}) != nullptr)
        figures.push_back(probability_figure(evaluation, model, learner));
  if (!results.selection.empty()) figures.push_back(selection_figure(results.selection, primary_model(evaluation)));
  for (const HarmonisedStep& step : results.harmonised)
    if (!step.effect_before.empty()) figures.push_back(harmonisation_figure(step));
  for (const auto& model : evaluation.models)
    if (std::ranges::any_of(results.maps, [&](const auto& map) { return map.model == model && !map.points.empty(); }))
      figures.push_back(map_figure(model, results.maps, results.cohort));
  for (const FinalModel& model : results.models)
    if (!model.coefficients.empty()) figures.push_back(coefficient_figure(model));
  if (std::ranges::any_of(results.quality, [](const auto& row) { return std::isfinite(row.dice); }))
    figures.push_back(dice_figure(results.quality));
  for (const SetCurves& set : results.learning)
    if (!set.networks.empty() && !set.networks.front().epochs.empty())
      figures.push_back(learning_figure(set.set, set.networks));
  return figures;
}

}  // namespace radfuse
