// SPDX-License-Identifier: Apache-2.0
// One self-contained page: no script, no request, every text escaped on its way in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "radfuse/report/figures.hpp"

namespace radfuse {

/// A table of texts. `align` has one letter for each column: 'l' text, 'r' number.
struct HtmlTable {
  std::string caption = {};
  std::vector<std::string> header = {};
  std::string align = {};
  std::vector<std::vector<std::string>> rows = {};
  std::size_t most_rows = 200;  ///< further rows are counted, not shown
  std::string rest_in = {};     ///< the file that has them all
};

/// A page, written from top to bottom. Every argument is plain text, never HTML.
class HtmlPage {
 public:
  HtmlPage(std::string title, std::string subtitle);
  /// Starts a section with an entry in the table of contents.
  void section(std::string_view title);
  void heading(std::string_view title);
  void paragraph(std::string_view text);
  /// A sentence that must not be missed.
  void verdict(std::string_view text);
  void warning(std::string_view text);
  /// Lines as they are, in a box that scrolls.
  void code(std::string_view text);
  void list(const std::vector<std::string>& items);
  void table(const HtmlTable& table);
  /// Names and values, one a line.
  void facts(const std::vector<std::pair<std::string, std::string>>& facts);
  /// Small figures stand side by side.
  void figures(const std::vector<DrawnFigure>& figures);
  /// The whole file.
  std::string finish() const;

 private:
  std::string title_, subtitle_, body_, contents_;
  int sections_ = 0;
  int tables_ = 0, figures_ = 0;
  bool open_ = false;
};

/// gnuplot's SVG as an element of a page: without its prologue, with ids of its own and a text for screen readers.
std::string inline_svg(const DrawnFigure& figure);

}  // namespace radfuse
