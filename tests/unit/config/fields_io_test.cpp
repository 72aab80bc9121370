// SPDX-License-Identifier: Apache-2.0
// One description, four uses: the reader's messages are pinned to the letter.
#include "radfuse/config/fields_io.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"

namespace radfuse {
namespace {

enum class Colour { red, green };
constexpr Named<Colour> kColours[] = {{"red", Colour::red, "like blood"}, {"green", Colour::green, "like grass"}};

struct Box {
  double width = 1;
};
void bind(Fields& f, Box& p) {
  f.field("width", p.width, {0, 10}, "Width in mm");
}
struct Ball {
  int count = 2;
};
void bind(Fields& f, Ball& p) {
  f.field("count", p.count, {1, 9}, "How many");
}
constexpr Choice kShapes[] = {{"box", "has edges"}, {"ball", "has none"}};
struct Shape {
  std::variant<Box, Ball> kind;
};
void bind(Fields& f, Shape& p) {
  f.alternatives("shape", p.kind, kShapes, "What it is");
}

struct Sample {
  std::string name;
  bool on = true;
  int folds = 5;
  double width = 25;
  std::optional<double> low;
  std::vector<double> spacing = {1, 1};
  std::vector<std::string> words = {"a"};
  std::vector<std::vector<std::string>> pairs;
  std::vector<std::pair<std::string, std::vector<std::string>>> models;
  Colour colour = Colour::green;
  std::vector<Colour> colours = {Colour::red};
  std::optional<Box> box;
  std::vector<Shape> shapes;
  std::vector<std::pair<std::string, Ball>> balls;
};
void bind(Fields& f, Sample& p) {
  f.field("name", p.name, "Its name", Need::required);
  f.field("on", p.on, "Whether");
  f.field("folds", p.folds, {2, 50}, "Folds");
  f.field("width", p.width, {1e-9, 1e9}, "Width of a bin");
  f.field("low", p.low, {}, "Lower bound");
  f.field("spacing", p.spacing, {2, 3, {0, 100}}, "Spacing");
  f.field("words", p.words, "Words");
  f.field("pairs", p.pairs, "Pairs");
  f.field("models", p.models, "Models");
  f.choice("colour", p.colour, kColours, "Colour");
  f.choices("colours", p.colours, kColours, "Colours");
  f.section("box", p.box, "A box");
  f.list("shapes", p.shapes, "Shapes");
  f.map("balls", p.balls, "Balls");
  f.require(p.folds != 13, "folds", "13 brings bad luck");
}

Bind binder(Sample& s) {
  return [&s](Fields& f) { bind(f, s); };
}

std::string problems_of(const std::string& text) {
  Sample s;
  config::Problems problems("s.yaml", text);
  config::read_yaml(text, binder(s), problems);
  return problems.empty() ? "none" : problems.text();
}

Sample read(const std::string& text) {
  Sample s;
  config::Problems problems("s.yaml", text);
  config::read_yaml(text, binder(s), problems);
  problems.throw_if_any();
  return s;
}

constexpr const char* kFull = R"(name: 007
on: false
folds: 10
width: 2.5
low: -3
spacing: [1, 1, 0]
words: [x, y]
pairs: [[a, b], [c, d]]
models: {fusion: [rad, deep]}
colour: red
colours: [green, red]
box: {width: 3}
shapes:
  - {shape: ball, count: 4}
  - {shape: box}
balls: {first: {count: 1}, second: {}}
)";

TEST(YamlReader, ReadsEveryKind) {
  const Sample s = read(kFull);
  EXPECT_EQ(s.name, "007");
  EXPECT_FALSE(s.on);
  EXPECT_EQ(s.folds, 10);
  EXPECT_EQ(s.low, -3.0);
  EXPECT_THAT(s.spacing, testing::ElementsAre(1, 1, 0));
  EXPECT_EQ(s.pairs[1][0], "c");
  EXPECT_EQ(s.models[0].second[1], "deep");
  EXPECT_EQ(s.colour, Colour::red);
  EXPECT_THAT(s.colours, testing::ElementsAre(Colour::green, Colour::red));
  EXPECT_EQ(s.box->width, 3);
  EXPECT_EQ(std::get<Ball>(s.shapes[0].kind).count, 4);
  EXPECT_EQ(std::get<Box>(s.shapes[1].kind).width, 1);
  EXPECT_EQ(s.balls[1].first, "second");
}

TEST(YamlReader, CanonicalTextReadsBackToItself) {
  Sample s = read(kFull);
  const std::string text = config::canonical_text(binder(s));
  Sample again = read(text);
  EXPECT_EQ(config::canonical_text(binder(again)), text);
  Sample bare = read("name: x");
  const std::string bare_text = config::canonical_text(binder(bare));
  Sample bare_again = read(bare_text);
  EXPECT_EQ(config::canonical_text(binder(bare_again)), bare_text);
}

TEST(YamlReader, LayoutDoesNotChangeTheCanonicalText) {
  Sample a = read("name: x\nwidth: 25\nfolds: 05\n"), b = read("{folds: 5, name: \"x\", width: 2.5e1} # same\n");
  EXPECT_EQ(config::canonical_text(binder(a)), config::canonical_text(binder(b)));
}

TEST(YamlReader, AllErrorsAtOnceWithPlaceAndCaret) {
  EXPECT_EQ(problems_of("name: x\nwidth: -25\nwidht: 3\nfolds: 10x\nshapes:\n  - {shape: bal}\n"),
            "s.yaml:2:8: width: must be a number, 1e-09 to 1e+09, got '-25'\n"
            "    2 | width: -25\n"
            "      |        ^\n"
            "s.yaml:3:1: widht: unknown key; did you mean 'width'?\n"
            "    3 | widht: 3\n"
            "      | ^\n"
            "s.yaml:4:8: folds: must be an integer, 2 to 50, got '10x'\n"
            "    4 | folds: 10x\n"
            "      |        ^\n"
            "s.yaml:6:13: shapes[0].shape: unknown word 'bal'; did you mean 'ball'? (box, ball)\n"
            "    6 |   - {shape: bal}\n"
            "      |             ^\n"
            "4 errors in s.yaml; nothing was run.");
}

TEST(YamlReader, RefusesUnits) {
  EXPECT_THAT(problems_of("name: x\nwidth: 25HU\n"),
              testing::HasSubstr("got '25HU'; write the number alone, without a unit or a comma"));
}

TEST(YamlReader, RequiredKeys) {
  EXPECT_THAT(problems_of("on: true\n"), testing::HasSubstr("name: required key is missing (text)"));
}

TEST(YamlReader, RefusesWhatYamlWouldLetPass) {
  EXPECT_THAT(problems_of("name: x\nname: y\n"),
              testing::HasSubstr("s.yaml:2:1: name: this key stands twice; the first is in line 1"));
  EXPECT_THAT(problems_of("name: &a x\nwords: [*a]\n"), testing::HasSubstr("anchors (&name) are not used"));
  EXPECT_THAT(problems_of("name: &a x\nwords: [*a]\n"), testing::HasSubstr("aliases (*name) are not used"));
  EXPECT_THAT(problems_of("name: !!str x\n"), testing::HasSubstr("tags (!name) are not used"));
  EXPECT_THAT(problems_of("name: x\n<<: {on: false}\n"), testing::HasSubstr("merge keys"));
  EXPECT_THAT(problems_of("name: x\n---\nname: y\n"), testing::HasSubstr("one document"));
  EXPECT_THAT(problems_of("name: [\n"), testing::HasSubstr("this is not valid YAML"));
  EXPECT_THAT(problems_of("name: x\non: yes\n"), testing::HasSubstr("must be true or false, got 'yes'"));
  EXPECT_THAT(problems_of("name: x\nwords: a\n"),
              testing::HasSubstr("must be list of words, got a single value; write [a]"));
  EXPECT_THAT(problems_of("name: x\nspacing: [1]\n"),
              testing::HasSubstr("must be a list of 2 to 3 numbers, each 0 to 100; got 1"));
  EXPECT_THAT(problems_of(std::string(40, '[')), testing::HasSubstr("error"));
  EXPECT_THAT(problems_of(""), testing::HasSubstr("a study file is a set of sections"));
}

TEST(YamlReader, BillionLaughsEndsAtOnce) {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) bomb += std::string(i ? ", *" : "*") + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(problems_of(bomb), testing::HasSubstr("aliases"));
}

TEST(YamlReader, RulesAcrossKeysNameTheirKey) {
  EXPECT_THAT(problems_of("name: x\nfolds: 13\n"), testing::StartsWith("s.yaml:2:1: folds: 13 brings bad luck\n"));
}

TEST(Reference, ShowsTypeRangeDefaultAndAlternatives) {
  Sample s;
  const std::string text = config::reference_text(binder(s));
  EXPECT_THAT(text, testing::HasSubstr("# Width of a bin.\n#   number, 1e-09 to 1e+09\nwidth: 25\n"));
  EXPECT_THAT(text, testing::HasSubstr("    green  like grass"));
  EXPECT_THAT(text, testing::HasSubstr("shape: box"));
  EXPECT_THAT(text, testing::HasSubstr("# shape: ball"));
}

TEST(Schema, ClosesEveryObjectAndOffersAlternatives) {
  Sample s;
  const std::string text = config::schema_text(binder(s), "t");
  EXPECT_THAT(text, testing::HasSubstr("\"additionalProperties\": false"));
  EXPECT_THAT(text, testing::HasSubstr("\"oneOf\""));
  EXPECT_THAT(text, testing::HasSubstr("\"const\": \"ball\""));
}

}  // namespace
}  // namespace radfuse
