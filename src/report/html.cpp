// SPDX-License-Identifier: Apache-2.0
// The page: structure, style and escaping.
#include "radfuse/report/html.hpp"

#include <algorithm>
#include <array>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

// Nothing may be loaded and nothing may run: a page that is mailed, or opened ten years from now, is the same page.
constexpr char kPolicy[] =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
    "'unsafe-inline'\">";

constexpr char kStyle[] = R"(
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 Arial,Helvetica,"Liberation Sans",sans-serif;color:#1a1a1a;background:#fff}
main,header,nav{max-width:1060px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:20px;margin:40px 0 10px;padding-top:10px;border-top:2px solid #0072B2}
h3{font-size:16px;margin:22px 0 6px}
p{margin:8px 0;max-width:80ch;overflow-wrap:anywhere}
.sub{color:#555}
nav ol{columns:2;margin:16px 0 0;padding:12px 12px 12px 34px;background:#f4f6f8;border-radius:4px}
nav a{color:#004b76}
.verdict{font-size:17px;border-left:5px solid #0072B2;background:#eef6fb;padding:10px 14px;max-width:none}
.warning{border-left:5px solid #D55E00;background:#fdf3ec;padding:8px 14px;max-width:none}
.scroll{overflow:auto;max-height:900px;margin:10px 0 18px}
table{border-collapse:collapse;font-size:13.5px;min-width:420px}
caption{text-align:left;color:#333;padding:0 0 6px;font-weight:bold}
th,td{padding:4px 10px 4px 0;border-bottom:1px solid #ddd;text-align:left;vertical-align:top}
th{border-bottom:1.5px solid #444;position:sticky;top:0;background:#fff}
td{max-width:460px;overflow-wrap:break-word}
td:first-child{white-space:nowrap}
.r{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
pre{font:12.5px/1.4 monospace;background:#f4f6f8;padding:10px;max-height:320px!important;white-space:pre-wrap}
.more{color:#555;font-size:13px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 18px;font-size:13.5px;margin:8px 0}
dt{color:#555;max-width:340px;overflow-wrap:anywhere}
dd{margin:0;overflow-wrap:anywhere}
.figures{display:flex;flex-wrap:wrap;gap:18px 28px;margin:10px 0 18px;align-items:flex-start}
figure{margin:0;max-width:100%}
figure svg{display:block;max-width:100%;height:auto}
figure.half{width:420px}
figure.whole{width:760px}
figcaption{font-size:13px;color:#333;padding-top:4px;overflow-wrap:anywhere}
@media print{
 @page{margin:15mm}
 body{font-size:10pt}
 nav{display:none}
 main,header{max-width:none;padding:0}
 .scroll{overflow:visible;max-height:none}
 th{position:static}
 figure,tr,.verdict,.warning{break-inside:avoid}
 h2,h3,caption{break-after:avoid}
}
)";

std::string safe(std::string_view text) {
  return text::escape_html(text::printable(text));
}

std::string element(std::string_view tag, std::string_view text, std::string_view attributes = "") {
  return "<" + std::string(tag) + (attributes.empty() ? "" : " " + std::string(attributes)) + ">" + safe(text) + "</" +
         std::string(tag) + ">";
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

double view_width(const std::string& svg) {
  const std::size_t at = svg.find("viewBox=\"0 0 ");
  if (at == std::string::npos) return 0;
  return text::to_double(svg.substr(at + 13, svg.find(' ', at + 13) - at - 13)).value_or(0);
}

}  // namespace

std::string inline_svg(const DrawnFigure& figure) {
  const std::size_t start = figure.svg.find("<svg"), open_end = figure.svg.find('>', start);
  const std::size_t view = figure.svg.find("viewBox=\"", start);
  if (start == std::string::npos || open_end == std::string::npos || view == std::string::npos || view > open_end)
    throw Error(ExitCode::bug, "figure " + figure.name + " is not an SVG file");
  const std::string view_box = figure.svg.substr(view, figure.svg.find('"', view + 9) + 1 - view);
  std::string rest = figure.svg.substr(open_end + 1);
  for (const std::string_view unsafe : {"<script", "<foreignObject", "javascript:"})
    if (rest.find(unsafe) != std::string::npos) throw Error(ExitCode::bug, "figure " + figure.name + " is not safe");
  // Two figures of a page must not share ids; gnuplot writes them with both kinds of quotes.
  const std::string own = figure.name + "-";
  replace_all(rest, " id=\"", " id=\"" + own);
  replace_all(rest, " id='", " id='" + own);
  replace_all(rest, "href='#", "href='#" + own);
  replace_all(rest, "href=\"#", "href=\"#" + own);
  replace_all(rest, "url(#", "url(#" + own);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" role=\"img\" "
         "aria-label=\"" +
         safe(figure.title + ". " + figure.alt) + "\" " + view_box + ">" + rest;
}

HtmlPage::HtmlPage(std::string title, std::string subtitle)
    : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

void HtmlPage::section(std::string_view title) {
  if (open_) body_ += "</section>\n";
  open_ = true;
  const std::string id = "s" + std::to_string(++sections_);
  body_ += "<section id=\"" + id + "\">\n" + element("h2", title) + "\n";
  contents_ += "<li>" + element("a", title, "href=\"#" + id + "\"") + "</li>\n";
}

void HtmlPage::heading(std::string_view title) {
  body_ += element("h3", title) + "\n";
}
void HtmlPage::paragraph(std::string_view text) {
  body_ += element("p", text) + "\n";
}
void HtmlPage::verdict(std::string_view text) {
  body_ += element("p", text, "class=\"verdict\"") + "\n";
}
void HtmlPage::warning(std::string_view text) {
  body_ += element("p", text, "class=\"warning\"") + "\n";
}

void HtmlPage::code(std::string_view text) {
  body_ += "<pre class=\"scroll\" tabindex=\"0\">";
  for (const std::string& line : text::split(text, '\n')) body_ += safe(line) + "\n";
  body_ += "</pre>\n";
}

void HtmlPage::list(const std::vector<std::string>& items) {
  body_ += "<ul>\n";
  for (const std::string& item : items) body_ += element("li", item) + "\n";
  body_ += "</ul>\n";
}

void HtmlPage::facts(const std::vector<std::pair<std::string, std::string>>& facts) {
  body_ += "<dl>\n";
  for (const auto& [name, value] : facts) body_ += element("dt", name) + element("dd", value) + "\n";
  body_ += "</dl>\n";
}

void HtmlPage::table(const HtmlTable& table) {
  const auto attributes = [&](std::size_t column) {
    return column < table.align.size() && table.align[column] == 'r' ? "class=\"r\"" : "";
  };
  const std::string caption = "Table " + std::to_string(++tables_) + ". " + table.caption;
  body_ += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + safe(caption) + "\"><table>\n" +
           element("caption", caption) + "\n<thead><tr>";
  for (std::size_t i = 0; i < table.header.size(); ++i)
    body_ += element("th", table.header[i], "scope=\"col\" " + std::string(attributes(i)));
  body_ += "</tr></thead>\n<tbody>\n";
  const std::size_t shown = std::min(table.rows.size(), table.most_rows);
  for (std::size_t row = 0; row < shown; ++row) {
    body_ += "<tr>";
    for (std::size_t i = 0; i < table.rows[row].size(); ++i) body_ += element("td", table.rows[row][i], attributes(i));
    body_ += "</tr>\n";
  }
  body_ += "</tbody></table></div>\n";
  if (shown < table.rows.size())
    body_ += element("p",
                     std::to_string(table.rows.size() - shown) + " more rows" +
                         (table.rest_in.empty() ? "." : " in " + table.rest_in + "."),
                     "class=\"more\"") +
             "\n";
}

void HtmlPage::figures(const std::vector<DrawnFigure>& figures) {
  if (figures.empty()) return;
  body_ += "<div class=\"figures\">\n";
  for (const DrawnFigure& figure : figures) {
    const bool whole = view_width(figure.svg) > 400;  // CSS pixels; one column is 317
    body_ += "<figure class=\"" + std::string(whole ? "whole" : "half") + "\">" + inline_svg(figure) +
             element("figcaption", "Figure " + std::to_string(++figures_) + ". " + figure.title + ". " + figure.alt) +
             "</figure>\n";
  }
  body_ += "</div>\n";
}

std::string HtmlPage::finish() const {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n" + std::string(kPolicy) +
         "\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<link rel=\"icon\" href=\"data:,\">\n" +
         element("title", title_) + "\n<style>" + kStyle + "</style>\n</head>\n<body>\n<header>\n" +
         element("h1", title_) + "\n" + element("p", subtitle_, "class=\"sub\"") + "\n</header>\n<nav><ol>\n" +
         contents_ + "</ol></nav>\n<main>\n" + body_ + (open_ ? "</section>\n" : "") + "</main>\n</body>\n</html>\n";
}

}  // namespace radfuse
