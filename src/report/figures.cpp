// SPDX-License-Identifier: Apache-2.0
// Figures: the script around a plot command, and what is mended in gnuplot's SVG and PDF.
#include "radfuse/report/figures.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gnuplot.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

constexpr double kPixelsPerMm = 96 / 25.4;  // CSS pixels

// Bytes of the UTF-8 character at `at`, 0 when it is broken (RFC 3629: no surrogates, no overlong forms).
std::size_t utf8_length(std::string_view s, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : 4;
  if (first < 0xc2 || first > 0xf4 || at + length > s.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xc0) != 0x80) return 0;
  const unsigned char second = byte(at + 1);
  const bool bad = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                   (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
  // U+FFFE and U+FFFF may not stand in XML.
  const bool not_xml = first == 0xef && second == 0xbf && byte(at + 2) >= 0xbe;
  return bad || not_xml ? 0 : length;
}

std::string mm(double millimetres, double scale) {
  std::array<char, 32> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), millimetres * scale, std::chars_format::fixed, 2);
  return std::string(buffer.data(), end.ptr);
}

// gnuplot names one font; a browser without it needs the others. The title is read aloud and shown as a tooltip.
std::string mend_svg(std::string svg, std::string_view title) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = svg.find(from, at)) != std::string::npos; at += to.size())
      svg.replace(at, from.size(), to);
  };
  replace("font-family=\"Arial\"", "font-family=\"Arial, Helvetica, 'Liberation Sans', sans-serif\"");
  replace("<title>Gnuplot</title>", "<title>" + text::escape_html(text::printable(title)) + "</title>");
  return svg;
}

// Cairo stamps the time of drawing into the PDF; a fixed date of the same length keeps its offsets.
std::string mend_pdf(std::string pdf) {
  static constexpr std::string_view kKey = "/CreationDate (D:", kDate = "20000101000000";
  const std::size_t at = pdf.find(kKey);
  if (at != std::string::npos && at + kKey.size() + kDate.size() < pdf.size())
    pdf.replace(at + kKey.size(), kDate.size(), kDate);
  return pdf;
}

// Figures of an earlier run, of models that the study no longer has.
void remove_others(std::span<const Figure> figures, const fs::path& folder) {
  std::error_code ignored;
  std::vector<fs::path> old;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string stem = entry.path().stem().string(), kind = entry.path().extension().string();
    const bool ours = kind == ".csv" || kind == ".gp" || kind == ".svg" || kind == ".pdf";
    if (ours && std::ranges::find(figures, stem, &Figure::name) == figures.end()) old.push_back(entry.path());
  }
  for (const fs::path& file : old) fs::remove(file, ignored);
}

}  // namespace

std::string gnuplot_quote(std::string_view text, std::size_t longest) {
  std::string quoted = "'";
  const std::string shown = text::printable(text);
  std::size_t characters = 0;
  for (std::size_t at = 0; at < shown.size();) {
    if (characters++ == longest) {
      quoted += "…";
      break;
    }
    const std::size_t length = utf8_length(shown, at);
    if (length == 0) {
      quoted += '?';
    } else if (shown[at] == '\'') {
      quoted += "’";  // gnuplot 5.4 does not read a doubled quote at the start of a string
    } else {
      quoted += shown.substr(at, length);
    }
    at += std::max<std::size_t>(length, 1);
  }
  return quoted + "'";
}

std::string gnuplot_script(const Figure& figure) {
  const std::string& name = figure.name;
  std::string script = "# " + text::printable(figure.title) + "\n# 'gnuplot -d " + name + ".gp' in this folder reads " +
                       name + ".csv and writes " + name + ".svg and " + name + ".pdf.\n";
  script +=
      "set encoding utf8\n"
      "set minussign\n"
      "set datafile separator comma\n"
      "set border 3 linewidth 0.75\n"
      "set tics nomirror out scale 0.5\n"
      "set key below left Left reverse vertical maxcols 1 samplen 2.5 spacing 1.1\n"
      "set xtics offset 0,0.4\n"
      "set xlabel offset 0,0.9\n"
      "set style fill solid 1.0 noborder\n";
  script += figure.settings;
  // gnuplot's SVG counts in pixels and its PDF at 96 dots an inch: 10.67 and 8 x 0.75 both print as 8 pt.
  script += "set terminal svg size " + mm(figure.width_mm, kPixelsPerMm) + "," + mm(figure.height_mm, kPixelsPerMm) +
            " font 'Arial,10.67' noenhanced background rgb 'white'\nset output '" + name + ".svg'\n" + figure.plot +
            "\nset terminal pdfcairo size " + mm(figure.width_mm, 0.1) + "cm," + mm(figure.height_mm, 0.1) +
            "cm font 'Arial,8' fontscale 0.75 noenhanced\nset output '" + name + ".pdf'\nreplot\nunset output\n";
  return script;
}

DrawnFigure draw(const Figure& figure, const fs::path& folder) {
  const bool plain = !figure.name.empty() && std::ranges::all_of(figure.name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!plain) throw Error(ExitCode::bug, "'" + figure.name + "' cannot name the files of a figure");
  const Sketch sketch(folder);
  const std::string script = gnuplot_script(figure);
  write_file(sketch.folder() / (figure.name + ".csv"), figure.data);
  write_file(sketch.folder() / (figure.name + ".gp"), script);
  sketch.run_gnuplot(figure.name);
  const std::string svg = mend_svg(read_file(sketch.folder() / (figure.name + ".svg")), figure.title);
  const std::string pdf = mend_pdf(read_file(sketch.folder() / (figure.name + ".pdf")));
  write_file(folder / (figure.name + ".csv"), figure.data);
  write_file(folder / (figure.name + ".gp"), script);
  write_file(folder / (figure.name + ".svg"), svg);
  write_file(folder / (figure.name + ".pdf"), pdf);
  return {figure.name, figure.title, figure.alt, svg};
}

std::vector<DrawnFigure> draw_all(std::span<const Figure> figures, const fs::path& folder) {
  std::vector<DrawnFigure> drawn;
  for (const Figure& figure : figures) {
    throw_if_stopped();
    drawn.push_back(draw(figure, folder));
  }
  remove_others(figures, folder);
  return drawn;
}

}  // namespace radfuse
