// SPDX-License-Identifier: Apache-2.0
// Parts of gnuplot commands that several figures share.
#include "plot_parts.hpp"

#include <cmath>

#include "radfuse/base/hash.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {

std::string number(double value) {
  return std::isfinite(value) ? text::from_double(value) : std::string();
}

std::string short_name(const std::string& name) {
  const std::string quoted = gnuplot_quote(name, 24);  // cuts between characters, not between bytes
  return quoted.substr(1, quoted.size() - 2);
}

std::string file_word(const std::string& name) {
  std::string word;
  bool changed = false;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool upper = c >= 'A' && c <= 'Z';
    word += plain ? c : upper ? static_cast<char>(c - 'A' + 'a') : '_';
    changed = changed || !(plain || c == '_');
  }
  // Two names may become one word; the hash keeps their files apart.
  return changed ? word.substr(0, 40) + "_" + sha256(name).substr(0, 6) : word;
}

std::string colour(int series) {
  return "linecolor rgb '" + std::string(kColours[static_cast<std::size_t>(series - 1) % std::size(kColours)]) + "'";
}

std::string line_style(int series) {
  static constexpr const char* kDashes[] = {"1", "'-'", "'_'", "'.-'", "'_.'"};
  return colour(series) + " dashtype " + kDashes[static_cast<std::size_t>(series - 1) % std::size(kDashes)];
}

std::string tick(const std::string& label, double at) {
  return gnuplot_quote(label) + " " + number(at);
}

double legend_height(std::size_t entries) {
  return 3.2 * static_cast<double>(entries) + 4;
}

void PlotCommand::add_series(int series, const std::string& columns, const std::string& style,
                             const std::string& title) {
  // Rows of other series become undefined points, which gnuplot leaves out.
  const std::size_t first = columns.find(':');
  const std::string using_columns =
      "($1==" + std::to_string(series) + "?$" + columns.substr(0, first) + ":NaN)" + columns.substr(first);
  parts_.push_back("'" + name_ + ".csv' skip 1 using " + using_columns + " " + style +
                   (title.empty() ? " notitle" : " title " + gnuplot_quote(title)));
}

std::string PlotCommand::text() const {
  return "plot " + radfuse::text::join(parts_, ", \\\n     ");
}

}  // namespace radfuse
