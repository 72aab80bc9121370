// SPDX-License-Identifier: Apache-2.0
// Figures: what is written, that user text stays text, that gnuplot's absence is told.
#include "radfuse/report/figures.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/report/html.hpp"

namespace radfuse {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

// Enough of XML to catch what an unescaped text breaks: every tag closes, in order, and & starts an entity.
bool well_formed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < xml.size(); ++at) {
    if (xml[at] == '&') {
      const std::size_t end = xml.find(';', at);
      if (end == std::string::npos || end - at > 8) return false;
    }
    if (xml[at] != '<') continue;
    std::size_t end = at + 1;
    for (char quote = 0; end < xml.size() && (quote != 0 || xml[end] != '>'); ++end) {
      if (xml[end] == '<') return false;
      if (quote == 0 && (xml[end] == '"' || xml[end] == '\''))
        quote = xml[end];
      else if (xml[end] == quote)
        quote = 0;
    }
    if (end == xml.size()) return false;
    const std::string tag = xml.substr(at + 1, end - at - 1);
    at = end;
    if (tag.starts_with("?") || tag.starts_with("!") || tag.ends_with("/")) continue;
    const std::string name =
        tag.substr(tag.starts_with("/") ? 1 : 0, tag.find_first_of(" \n\t/", 1) - (tag.starts_with("/") ? 1 : 0));
    if (!tag.starts_with("/")) {
      open.push_back(name);
    } else {
      if (open.empty() || open.back() != name) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

class Figures : public ::testing::Test {
 protected:
  void SetUp() override { folder = fs::path(::testing::TempDir()) / ("radfuse-figures-" + std::to_string(getpid())); }
  void TearDown() override { fs::remove_all(folder); }
  static Figure line(const std::string& label) {
    Figure figure{.name = "line", .title = "A line", .alt = "It rises."};
    figure.data = "series,x,y\n1,0,0\n1,1,2\n";
    figure.settings = "set xlabel " + gnuplot_quote(label, 200) + "\n";
    figure.plot = "plot 'line.csv' skip 1 using 2:3 with lines title " + gnuplot_quote(label, 200);
    return figure;
  }
  fs::path folder;
};

TEST(WellFormed, ToldFromBroken) {
  EXPECT_TRUE(well_formed("<?xml version=\"1.0\"?><a b='>'><c/>x &lt; y</a>"));
  EXPECT_FALSE(well_formed("<a><b></a></b>"));
  EXPECT_FALSE(well_formed("<a>x & y</a>"));
  EXPECT_FALSE(well_formed("<a>"));
}

TEST(GnuplotQuote, LeavesNothingToInterpret) {
  EXPECT_EQ(gnuplot_quote("plain"), "'plain'");
  EXPECT_EQ(gnuplot_quote("it's"), "'it’s'");
  EXPECT_EQ(gnuplot_quote("a\nb"), "'a\\x0ab'");
  EXPECT_EQ(gnuplot_quote("µ–"), "'µ–'");
  EXPECT_EQ(gnuplot_quote("a\xff"
                          "b\xc3"),
            "'a\\xffb\\xc3'");
  EXPECT_EQ(gnuplot_quote("\xed\xa0\x80"), "'\\xed\\xa0\\x80'");  // a surrogate is no character
  EXPECT_EQ(gnuplot_quote("äbcdef", 3), "'äbc…'");
}

TEST_F(Figures, LeaveDataScriptSvgAndPdf) {
  const DrawnFigure drawn = draw(line("x in mm"), folder);
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("line.csv", "line.gp", "line.svg", "line.pdf"));
  EXPECT_EQ(read_file(folder / "line.csv"), "series,x,y\n1,0,0\n1,1,2\n");
  EXPECT_EQ(read_file(folder / "line.svg"), drawn.svg);
  EXPECT_THAT(drawn.svg, HasSubstr("x in mm"));
  EXPECT_THAT(drawn.svg, HasSubstr("<title>A line</title>"));
  EXPECT_TRUE(well_formed(drawn.svg));
  const std::string pdf = read_file(folder / "line.pdf");
  EXPECT_TRUE(pdf.starts_with("%PDF-"));
  EXPECT_THAT(pdf, HasSubstr("/MediaBox [ 0 0 238 238 ]"));  // 84 mm
  EXPECT_THAT(pdf, HasSubstr("(D:20000101000000"));
}

TEST_F(Figures, ShowHostileTextAsText) {
  const fs::path mark = folder / "mark";
  const std::string evil = "'`touch " + mark.string() + "`\" <b>&amp; %s @x {/Symbol a}_2^3 \\n $0";
  const DrawnFigure drawn = draw(line(evil), folder);
  EXPECT_FALSE(fs::exists(mark));
  EXPECT_TRUE(well_formed(drawn.svg));
  EXPECT_THAT(drawn.svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(drawn.svg, HasSubstr("&lt;b>"));
  EXPECT_THAT(drawn.svg, HasSubstr("{/Symbol a}_2^3"));
}

TEST_F(Figures, StandInAPageWithIdsOfTheirOwn) {
  const std::string svg = inline_svg(draw(line("<&>\"'"), folder));
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_TRUE(well_formed(svg));
  EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-label=\"A line. It rises.\""));
  EXPECT_THAT(svg, HasSubstr("id=\"line-gnuplot_canvas\""));
  for (std::size_t at = 0; (at = svg.find("href='#", at)) != std::string::npos; ++at)
    EXPECT_EQ(svg.substr(at + 7, 5), "line-");
}

TEST_F(Figures, SayThatGnuplotIsMissing) {
  const char* path = std::getenv("PATH");
  const std::string before = path != nullptr ? path : "";
  setenv("PATH", "/nonexistent", 1);
  try {
    draw(line("x"), folder);
    ADD_FAILURE() << "drew without gnuplot";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("apt-get install gnuplot-nox"));
  }
  setenv("PATH", before.c_str(), 1);
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(Figures, SayWhatGnuplotSaid) {
  Figure figure = line("x");
  figure.plot = "plot nonsense(";
  try {
    draw(figure, folder);
    ADD_FAILURE() << "drew nonsense";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::bug);
    EXPECT_THAT(error.what(), HasSubstr("gnuplot could not draw line: "));
  }
  figure = line("x");
  figure.name = "../x";
  EXPECT_THROW(draw(figure, folder), Error);
}

}  // namespace
}  // namespace radfuse
