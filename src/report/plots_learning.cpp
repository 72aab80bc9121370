// SPDX-License-Identifier: Apache-2.0
// Learning curves of the networks that a study trained.
#include <algorithm>
#include <cmath>

#include "cells.hpp"
#include "format.hpp"
#include "plot_parts.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/report/plots.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

constexpr int kTraining = 1, kValidation = 2, kOthers = 3;  // series

bool has_validation(const NetworkCurve& curve) {
  return std::ranges::any_of(curve.epochs, [](const auto& epoch) { return std::isfinite(epoch.validation); });
}

// What a fold's network is judged by: its validation error, or its training loss where nothing was held out.
double judged_by(const NetworkCurve& curve, const CurveEpoch& epoch) {
  return has_validation(curve) ? epoch.validation : epoch.training;
}

void add_lines(Figure& figure, int series, const std::string& network, const NetworkCurve& curve,
               double (*value)(const NetworkCurve&, const CurveEpoch&)) {
  for (const CurveEpoch& epoch : curve.epochs)
    figure.data +=
        csv_line({std::to_string(series), std::to_string(epoch.epoch), number(value(curve, epoch)), network});
}

std::string sentence(const NetworkCurve& curve) {
  const auto kept = std::ranges::find_if(curve.epochs, [](const CurveEpoch& epoch) { return epoch.kept; });
  if (kept == curve.epochs.end())
    return curve.network + " was trained for " + std::to_string(curve.epochs.size()) + " epochs.";
  std::string text = curve.network + ": the weights of epoch " + std::to_string(kept->epoch) + " of " +
                     std::to_string(curve.epochs.size()) + " were kept, training loss " + fixed(kept->training, 4);
  if (std::isfinite(kept->validation)) text += ", validation error " + fixed(kept->validation, 4);
  return text + ".";
}

}  // namespace

NetworkCurve read_learning_curve(const std::filesystem::path& file, const std::string& network) {
  const CsvTable csv = read_csv(file);
  const std::size_t epoch = csv.require_column("epoch", "a learning curve"),
                    training = csv.require_column("training_loss", "a learning curve"),
                    validation = csv.require_column("validation_error", "a learning curve"),
                    kept = csv.require_column("kept", "a learning curve");
  NetworkCurve curve{.network = network};
  for (std::size_t r = 0; r < csv.rows.size(); ++r)
    curve.epochs.push_back({static_cast<int>(cell_number(csv, r, epoch)), cell_number(csv, r, training),
                            cell_number(csv, r, validation), csv.rows[r][kept] == "1" || csv.rows[r][kept] == "yes"});
  return curve;
}

Figure learning_figure(const std::string& set, const std::vector<NetworkCurve>& curves) {
  Figure figure{.name = "learning_" + file_word(set),
                .title = "Learning curves of the network" + std::string(curves.size() > 1 ? "s" : "") + " of " + set,
                .alt = sentence(curves.front()),
                .height_mm = 70};
  figure.data = csv_line({"series", "epoch", "value", "network"});
  const NetworkCurve& own = curves.front();
  PlotCommand plot(figure.name);
  for (std::size_t i = 1; i < curves.size(); ++i) {
    const int series = kOthers + static_cast<int>(i) - 1;
    add_lines(figure, series, curves[i].network, curves[i], judged_by);
    plot.add_series(series, "2:3", "with lines linewidth 0.7 linecolor rgb '#AAAAAA'",
                    i == 1 ? (has_validation(curves[i]) ? "folds, validation" : "folds, training") : "");
  }
  add_lines(figure, kTraining, own.network, own, [](const NetworkCurve&, const CurveEpoch& e) { return e.training; });
  plot.add_series(kTraining, "2:3", "with lines linewidth 1.5 " + line_style(1), "training");
  std::size_t entries = curves.size() > 1 ? 2 : 1;
  if (has_validation(own)) {
    add_lines(figure, kValidation, own.network, own,
              [](const NetworkCurve&, const CurveEpoch& e) { return e.validation; });
    plot.add_series(kValidation, "2:3", "with lines linewidth 1.5 " + line_style(2), "validation");
    ++entries;
  }
  figure.settings = "set xlabel 'epoch'\nset ylabel 'loss'\nset xrange [1:*]\nset yrange [0:*]\n";
  figure.height_mm += legend_height(entries);
  figure.plot = plot.text();
  return figure;
}

}  // namespace radfuse
