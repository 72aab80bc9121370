// SPDX-License-Identifier: Apache-2.0
// Figures of performance: ROC, calibration, decision curve, probabilities, AUC of every model.
#include "radfuse/report/plots.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "format.hpp"
#include "plot_parts.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

std::string learner_name(Learner learner) {
  return std::string(name_of(kLearners, learner));
}
std::string split_name(Split split) {
  return std::string(name_of(kSplits, split));
}

template <class Line>
std::vector<const Line*> lines_of(const std::vector<Line>& all, Learner learner, Split split) {
  std::vector<const Line*> chosen;
  for (const Line& line : all)
    if (line.judged.learner == learner && line.judged.split == split) chosen.push_back(&line);
  return chosen;
}

std::string stem(const std::string& kind, Learner learner, Split split) {
  return kind + "_" + learner_name(learner) + "_" + split_name(split);
}

std::string counts_text(const Performance& row) {
  return "n = " + std::to_string(row.n) + ", " + std::to_string(row.positive) + " positive";
}

// "fusion: AUC 0.842 (0.751–0.923)", for each model of one learner on one split.
std::string auc_sentence(const Evaluation& evaluation, Learner learner, Split split) {
  std::vector<std::string> parts;
  std::string counts;
  for (const Performance& row : evaluation.performance)
    if (row.judged.learner == learner && row.judged.split == split) {
      parts.push_back(row.judged.model + " " + with_limits(row.auc));
      counts = counts_text(row);
    }
  return text::join(parts, ", ") + " (" + counts + ")";
}

}  // namespace

Figure roc_figure(const Evaluation& evaluation, Learner learner, Split split) {
  const auto lines = lines_of(evaluation.roc, learner, split);
  Figure figure{.name = stem("roc", learner, split),
                .title = "ROC curves, " + learner_name(learner) + ", " + split_text(split),
                .alt = "AUC with its " + percent(evaluation.level) +
                       " interval: " + auc_sentence(evaluation, learner, split) + "." +
                       (split == Split::train ? " The AUC is the mean over the outer folds; the curve is that of each "
                                                "case's mean out-of-fold probability."
                                              : "")};
  figure.data = csv_line({"series", "false_positive_rate", "sensitivity", "model"});
  PlotCommand plot(figure.name);
  plot.add("x with lines linewidth 0.75 linecolor rgb '#999999' dashtype 3 notitle");
  int series = 0;
  for (const RocLine* line : lines) {
    ++series;
    for (std::size_t i = 0; i < line->sensitivity.size(); ++i)
      figure.data += csv_line({std::to_string(series), number(1 - line->specificity[i]), number(line->sensitivity[i]),
                               text::printable(line->judged.model)});
    const Performance* row = find(evaluation, line->judged);
    plot.add_series(series, "2:3", "with lines linewidth 1.5 " + line_style(series),
                    short_name(line->judged.model) + "  " + (row ? with_limits(row->auc) : "") +
                        (row ? ", n = " + std::to_string(row->n) : ""));
  }
  figure.settings =
      "set size ratio 1\nset xrange [0:1]\nset yrange [0:1]\nset xtics 0.2 format '%.1f'\nset ytics 0.2 format '%.1f'\n"
      "set xlabel '1 − specificity'\nset ylabel 'Sensitivity'\nset key title " +
      gnuplot_quote("AUC (" + percent(evaluation.level) + " CI)") + " left\n";
  figure.height_mm = 82 + legend_height(lines.size() + 1);
  figure.plot = plot.text();
  return figure;
}

Figure calibration_figure(const Evaluation& evaluation, Learner learner, Split split) {
  const auto lines = lines_of(evaluation.calibration, learner, split);
  Figure figure{.name = stem("calibration", learner, split),
                .title = "Calibration, " + learner_name(learner) + ", " + split_text(split),
                .alt = ""};
  figure.data = csv_line({"series", "predicted", "observed", "low", "high", "n", "positive", "model"});
  PlotCommand plot(figure.name);
  plot.add("x with lines linewidth 0.75 linecolor rgb '#999999' dashtype 3 notitle");
  std::vector<std::string> slopes;
  const std::string barred = lines.empty() ? "" : primary_model(evaluation);  // bars of all models would hide the lines
  int series = 0;
  for (const CalibrationLine* line : lines) {
    ++series;
    for (const CalibrationGroup& group : line->groups)
      figure.data += csv_line({std::to_string(series), number(group.predicted), number(group.observed.value),
                               number(group.observed.low), number(group.observed.high), std::to_string(group.n),
                               std::to_string(group.positive), text::printable(line->judged.model)});
    const Performance* row = find(evaluation, line->judged);
    const std::string slope = row ? fixed(row->calibration_slope.value, 2) : "–";
    const std::string intercept = row ? fixed(row->calibration_in_the_large.value, 2) : "–";
    if (line->judged.model == barred)
      plot.add_series(series, "2:3:4:5", "with yerrorbars linewidth 0.6 pointtype 7 pointsize 0.01 " + colour(series),
                      "");
    plot.add_series(series, "2:3", "with linespoints linewidth 1.25 pointtype 7 pointsize 0.4 " + line_style(series),
                    short_name(line->judged.model) + "  " + slope + ", " + intercept +
                        ", n = " + (row ? std::to_string(row->n) : ""));
    slopes.push_back(line->judged.model + " " + slope);
  }
  figure.alt =
      "Calibration slope (1 is ideal): " + text::join(slopes, ", ") + ". Bars: 95 % intervals of " + barred + ".";
  figure.settings =
      "set size ratio 1\nset xrange [0:1]\nset yrange [0:1]\nset xtics 0.2 format '%.1f'\nset ytics 0.2 format '%.1f'\n"
      "set xlabel 'Predicted probability'\nset ylabel 'Observed share of positive cases'\n"
      "set key title 'Slope, calibration in the large' left\n";
  figure.height_mm = 82 + legend_height(lines.size() + 1);
  figure.plot = plot.text();
  return figure;
}

Figure decision_figure(const Evaluation& evaluation, Learner learner, Split split) {
  const auto lines = lines_of(evaluation.decision, learner, split);
  Figure figure{.name = stem("decision", learner, split),
                .title = "Decision curves, " + learner_name(learner) + ", " + split_text(split)};
  figure.data = csv_line({"series", "threshold_probability", "net_benefit", "treat_all", "model"});
  PlotCommand plot(figure.name);
  double highest = 0.02;
  int series = 0;
  std::vector<std::string> names;
  for (const DecisionLine* line : lines) {
    ++series;
    for (std::size_t i = 0; i < line->threshold.size(); ++i) {
      figure.data += csv_line({std::to_string(series), number(line->threshold[i]), number(line->model[i]),
                               number(line->treat_all[i]), text::printable(line->judged.model)});
      highest = std::max({highest, line->model[i], line->treat_all[i]});
    }
    if (series == 1)
      plot.add_series(series, "2:4", "with lines linewidth 0.75 linecolor rgb '#777777'", "every case positive");
    plot.add_series(series, "2:3", "with lines linewidth 1.5 " + line_style(series), short_name(line->judged.model));
    names.push_back(line->judged.model);
  }
  plot.add("0 with lines linewidth 0.75 linecolor rgb '#000000' dashtype 3 title 'no case positive'");
  figure.alt = "Net benefit of " + text::join(names, ", ") +
               " over threshold probabilities, beside calling every case or no case positive.";
  figure.settings = "set xrange [0:1]\nset yrange [" + number(-0.25 * highest) + ":" + number(1.05 * highest) +
                    "]\nset xtics 0.2 format '%.1f'\nset ytics format '%.2f'\n"
                    "set xlabel 'Threshold probability'\nset ylabel 'Net benefit per case'\n";
  figure.height_mm = 68 + legend_height(lines.size() + 2);
  figure.plot = plot.text();
  return figure;
}

Figure forest_figure(const Evaluation& evaluation) {
  Figure figure{.name = "auc",
                .title = "AUC of every model",
                .alt = "AUC with its " + percent(evaluation.level) + " interval, by split, model and learner.",
                .width_mm = kTwoColumns};
  std::vector<const Performance*> rows;
  double lowest = 0.4;
  for (auto split = std::rbegin(kSplits); split != std::rend(kSplits); ++split)  // the hardest test first
    for (const Performance& row : evaluation.performance)
      if (row.judged.split == split->value && std::isfinite(row.auc.value)) {
        rows.push_back(&row);
        lowest = std::min({lowest, row.auc.value, std::isfinite(row.auc.low) ? row.auc.low : 1});
      }
  figure.data = csv_line({"series", "row", "auc", "low", "high", "split", "model", "learner", "n", "positive"});
  std::vector<std::string> left, right;
  PlotCommand plot(figure.name);
  for (auto it = std::rbegin(kSplits); it != std::rend(kSplits); ++it) {
    const auto& split = *it;
    const int series = 1 + static_cast<int>(split.value);
    bool any = false;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const Performance& row = *rows[i];
      if (row.judged.split != split.value) continue;
      any = true;
      figure.data +=
          csv_line({std::to_string(series), std::to_string(i + 1), number(row.auc.value), number(row.auc.low),
                    number(row.auc.high), split_name(row.judged.split), text::printable(row.judged.model),
                    learner_name(row.judged.learner), std::to_string(row.n), std::to_string(row.positive)});
      left.push_back(tick(model_text(short_name(row.judged.model), row.judged.learner), i + 1));
      right.push_back(tick(with_limits(row.auc), i + 1));
    }
    if (any)
      plot.add_series(series, "3:2:(valid(4)?$4:$3):(valid(5)?$5:$3)",
                      "with xerrorbars linewidth 1.25 pointtype 5 pointsize 0.5 " + colour(series),
                      split_text(split.value));
  }
  const std::string range = "[" + number(static_cast<double>(rows.size()) + 0.6) + ":0.4]\n";
  figure.settings = "set yrange " + range + "set y2range " + range + "set xrange [" +
                    number(std::floor(lowest * 10) / 10) + ":1]\nset xtics 0.1 format '%.1f'\n" + "set xlabel " +
                    gnuplot_quote("AUC (" + percent(evaluation.level) + " CI)") +
                    "\nset border 1\nset ytics scale 0 (" + text::join(left, ", ") + ")\nset y2tics scale 0 (" +
                    text::join(right, ", ") +
                    ")\nset arrow from 0.5, graph 0 to 0.5, graph 1 nohead linewidth 0.75 linecolor rgb '#999999' "
                    "dashtype 3\nset key maxcols 4 samplen 1.5\n";
  figure.height_mm = 24 + 4.6 * static_cast<double>(rows.size());
  figure.plot = plot.text();
  return figure;
}

Figure probability_figure(const Evaluation& evaluation, const std::string& model, Learner learner) {
  Figure figure{.name = "probability_" + file_word(model) + "_" + learner_name(learner),
                .title = "Probabilities by " + model_text(model, learner)};
  figure.data = csv_line({"outcome", "column", "probability", "split", "case_id"});
  std::vector<std::string> ticks;
  double column = 0, cut = kUndefined;
  for (const ScoredCases& scored : evaluation.scored) {
    if (scored.judged.model != model || scored.judged.learner != learner || scored.cases.empty()) continue;
    ticks.push_back(
        tick(split_name(scored.judged.split) + ", n = " + std::to_string(scored.cases.size()), column + 1.5));
    for (const Prediction& p : scored.cases)
      figure.data += csv_line({std::to_string(p.outcome), number(column + 1 + p.outcome), number(p.probability),
                               split_name(p.split), text::printable(p.case_id)});
    if (const Performance* row = find(evaluation, scored.judged)) cut = row->threshold;
    column += 3;
  }
  PlotCommand plot(figure.name);
  if (std::isfinite(cut))
    plot.add(number(cut) + " with lines linewidth 0.75 linecolor rgb '#777777' dashtype 3 title " +
             gnuplot_quote("threshold fixed in training, " + fixed(cut, 3)));
  plot.add_series(0, "2:3", "with points pointtype 7 pointsize 0.35 " + colour(1), "outcome negative");
  plot.add_series(1, "2:3", "with points pointtype 7 pointsize 0.35 " + colour(2), "outcome positive");
  figure.alt = "Each dot is a case; the threshold that was fixed on training cases lies at " + fixed(cut, 3) + ".";
  figure.settings = "set jitter overlap first 0.02 spread 0.5 wrap 8\nset xrange [0:" + number(column) +
                    "]\nset yrange [0:1]\nset ytics 0.2 format '%.1f'\nset xtics scale 0 (" + text::join(ticks, ", ") +
                    ")\nset ylabel 'Probability of a positive outcome'\n";
  figure.height_mm = 70 + legend_height(3);
  figure.plot = plot.text();
  return figure;
}

}  // namespace radfuse
