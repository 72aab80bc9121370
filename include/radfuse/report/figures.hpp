// SPDX-License-Identifier: Apache-2.0
// The door to figures: a figure is a CSV and a gnuplot script; drawing it writes both, and from them SVG and PDF.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse {

/// Widths of one and of two columns of a page in most radiology journals, in mm.
inline constexpr double kOneColumn = 84;
inline constexpr double kTwoColumns = 174;

/// Okabe and Ito's colours, told apart by colour-blind readers; yellow last, it is faint on white.
inline constexpr std::string_view kColours[] = {"#0072B2", "#D55E00", "#009E73", "#CC79A7",
                                                "#E69F00", "#56B4E9", "#000000", "#F0E442"};

struct Figure {
  std::string name = {};   ///< stem of its files: lower-case letters, digits, '_'
  std::string title = {};  ///< what is shown
  std::string alt = {};    ///< its result in one sentence, for those who cannot see it and for the caption
  double width_mm = kOneColumn, height_mm = kOneColumn;
  std::string data = {};      ///< CSV with a header; the numbers that are drawn
  std::string settings = {};  ///< gnuplot commands before the plot command
  std::string plot = {};      ///< one gnuplot plot command that reads '<name>.csv'
};

/// A drawn figure: its SVG stands in the page, its files in the folder.
struct DrawnFigure {
  std::string name = {}, title = {}, alt = {}, svg = {};
};

/// A gnuplot string that shows `text`: in single quotes (no escapes, no command substitution inside); a quote becomes
/// ’, control characters and broken UTF-8 are made visible. Texts over `longest` characters end in an ellipsis.
std::string gnuplot_quote(std::string_view text, std::size_t longest = 60);

/// The complete script: what `gnuplot <name>.gp` runs, here and by anyone who wants to change the figure.
std::string gnuplot_script(const Figure& figure);

/// Writes <name>.csv, .gp, .svg and .pdf into `folder`; same figure, same bytes. Throws InputError when gnuplot is not
/// installed, naming the package.
DrawnFigure draw(const Figure& figure, const std::filesystem::path& folder);
/// Draws them all, and removes the files of figures that are no longer among them.
std::vector<DrawnFigure> draw_all(std::span<const Figure> figures, const std::filesystem::path& folder);

}  // namespace radfuse
