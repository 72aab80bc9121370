// SPDX-License-Identifier: Apache-2.0
// How far features differ between batches, before and after a harmonising step.
#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "format.hpp"
#include "plot_parts.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/report/plots.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

constexpr int kBins = 25;

// A round number, 1, 2 or 5 times a power of ten, that is not below `value`.
double round_up(double value) {
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double digit : {1, 2, 5})
    if (value <= digit * power * (1 + 1e-9)) return digit * power;
  return 10 * power;
}

// A step line that starts and ends on the axis.
void add_histogram(Figure& figure, int series, const std::vector<double>& values, double width, const char* when) {
  std::vector<double> share(kBins, 0);
  for (const double v : values)
    share[static_cast<std::size_t>(std::clamp(static_cast<int>(v / width), 0, kBins - 1))] +=
        100 / static_cast<double>(values.size());
  const auto row = [&](double f, double height) {
    figure.data += csv_line({std::to_string(series), number(f), number(height), when});
  };
  row(0, 0);
  for (int bin = 0; bin < kBins; ++bin) {
    row(bin * width, share[static_cast<std::size_t>(bin)]);
    row((bin + 1) * width, share[static_cast<std::size_t>(bin)]);
  }
  row(kBins * width, 0);
}

double median_of(const std::vector<double>& values) {
  return stats::median(Eigen::Map<const Eigen::VectorXd>(values.data(), static_cast<Eigen::Index>(values.size())));
}

}  // namespace

Figure harmonisation_figure(const HarmonisedStep& step) {
  const std::string before = fixed(median_of(step.effect_before), 2), after = fixed(median_of(step.effect_after), 2);
  const std::string what = text::join(step.by, " and ");
  Figure figure{.name = "harmonisation_" + file_word(step.model) + "_" + step.step.substr(0, step.step.find(' ')),
                .title = "Differences by " + what + " in the features of " + step.model + ", step " + step.step,
                .alt = "Cohen's f of " + counted(step.effect_before.size(), "feature", "features") + ": median " +
                       before + " before and " + after + " after."};
  figure.data = csv_line({"series", "cohens_f", "share_of_features", "when"});
  const double most =
      std::max(*std::ranges::max_element(step.effect_before), *std::ranges::max_element(step.effect_after));
  const double width = most > 0 ? round_up(most / kBins) : 1.0 / kBins;
  add_histogram(figure, 1, step.effect_before, width, "before");
  add_histogram(figure, 2, step.effect_after, width, "after");
  PlotCommand plot(figure.name);
  plot.add_series(1, "2:3", "with filledcurves y1=0 fillstyle solid 0.25 noborder " + colour(2), "");
  plot.add_series(2, "2:3", "with filledcurves y1=0 fillstyle solid 0.25 noborder " + colour(1), "");
  plot.add_series(1, "2:3", "with lines linewidth 1.25 dashtype '-' " + colour(2), "before, median " + before);
  plot.add_series(2, "2:3", "with lines linewidth 1.5 " + colour(1), "after, median " + after);
  const double end = std::ceil(most / width - 1e-9) * width;
  figure.settings = "set xrange [0:" + number(end > 0 ? end : 1) + "]\nset yrange [0:*]\nset xlabel " +
                    gnuplot_quote("Cohen's f between batches") + "\nset ylabel 'Features (%)'\n";
  figure.height_mm = 60 + legend_height(2);
  figure.plot = plot.text();
  return figure;
}

}  // namespace radfuse
