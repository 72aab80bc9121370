// SPDX-License-Identifier: Apache-2.0
// Parts of gnuplot commands that several figures share.
#pragma once

#include <string>
#include <vector>

#include "radfuse/report/figures.hpp"

namespace radfuse {

/// A number for a CSV cell or a command; NaN is an empty cell.
std::string number(double value);
/// A name short enough for a legend.
std::string short_name(const std::string& name);
/// The name as a part of a file's stem: lower case, everything but letters and digits becomes '_'.
std::string file_word(const std::string& name);
/// "linecolor rgb '#0072B2'"; series from 1.
std::string colour(int series);
/// Colour and dashes, so that lines stay apart in print without colour.
std::string line_style(int series);
/// "'label' 3": an entry of set xtics (...).
std::string tick(const std::string& label, double at);
inline std::string tick(const std::string& label, std::size_t at) {
  return tick(label, static_cast<double>(at));
}
/// What a legend below the axes takes, in mm.
double legend_height(std::size_t entries);

/// A plot command over the figure's CSV, whose first column numbers the series.
class PlotCommand {
 public:
  explicit PlotCommand(std::string name) : name_(std::move(name)) {}
  void add(const std::string& part) { parts_.push_back(part); }
  /// Columns are "2:3" or "2:3:4:5"; an empty title leaves the legend out.
  void add_series(int series, const std::string& columns, const std::string& style, const std::string& title);
  std::string text() const;

 private:
  std::string name_;
  std::vector<std::string> parts_;
};

}  // namespace radfuse
