// SPDX-License-Identifier: Apache-2.0
// Which regions a text means: names, numbers, expressions, unions, differences, and what cannot be meant.
#include "region_selection.hpp"

#include <gmock/gmock.h>

#include <chrono>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

using ::testing::HasSubstr;

const std::vector<Region> kRegions = {{1, "GTV-1"},       {2, "Node left"}, {3, "Node right"},
                                      {7, "GTV - boost"}, {8, "5"},         {9, "Lung + node"},
                                      {5, "Heart"},       {11, "twice"},    {12, "Twice"}};

/// "+0,2 -3" for the terms.
std::string chosen(const std::string& wanted, const std::vector<Region>& regions = kRegions) {
  std::string text;
  for (const Term& term : select(regions, wanted)) {
    text += text.empty() ? "" : " ";
    text += term.adds ? '+' : '-';
    for (std::size_t i = 0; i < term.regions.size(); ++i) text += (i > 0 ? "," : "") + std::to_string(term.regions[i]);
  }
  return text;
}

std::string refusal(const std::string& wanted, const std::vector<Region>& regions = kRegions) {
  try {
    chosen(wanted, regions);
  } catch (const InputError& error) {
    return revealed(error.what());
  }
  return {};
}

TEST(Select, ByNameWhateverTheCase) {
  EXPECT_EQ(chosen("gtv-1"), "+0");
  EXPECT_EQ(chosen("  Node LEFT "), "+1");
}

TEST(Select, ByNumberUnlessItIsAName) {
  EXPECT_EQ(chosen("3"), "+2");
  EXPECT_EQ(chosen("5"), "+4");
}

TEST(Select, ByExpressionAnywhereInTheName) {
  EXPECT_EQ(chosen("/node/"), "+1,2,5");
  EXPECT_EQ(chosen("/^node (left|right)$/"), "+1,2");
  EXPECT_EQ(chosen("/gtv.\\d/"), "+0");
}

TEST(Select, UnionsAndDifferencesInOrder) {
  EXPECT_EQ(chosen("GTV-1 + Node left - 3"), "+0 +1 -2");
  EXPECT_EQ(chosen("/node/ - /right/ + Heart"), "+1,2,5 -2 +6");
}

TEST(Select, NamesThatHoldTheSignsAreFoundFirst) {
  EXPECT_EQ(chosen("GTV - boost"), "+3");
  EXPECT_EQ(chosen("GTV - boost - Heart"), "+3 -6");
  EXPECT_EQ(chosen("Heart + Lung + node"), "+6 +5");
  EXPECT_EQ(chosen("/lung \\+ node/ + Heart"), "+5 +6");
}

TEST(Select, EmptyIsTheOnlyRegion) {
  EXPECT_EQ(chosen("", {{4, "tumour"}}), "+0");
  EXPECT_THAT(refusal(""), HasSubstr("say which region is meant; it has 1 'GTV-1', 2 'Node left'"));
  EXPECT_THAT(refusal("", {}), HasSubstr("the file has no regions"));
}

TEST(Select, UnknownNamesListTheRegions) {
  EXPECT_THAT(refusal("Haert"), HasSubstr("there is no region 'Haert'; did you mean 'Heart'?; it has 1 'GTV-1'"));
  EXPECT_THAT(refusal("GTV-1 + 99"), HasSubstr("there is no region '99'"));
  EXPECT_THAT(refusal("/kidney/"), HasSubstr("no region matches /kidney/; it has"));
  EXPECT_THAT(refusal("GTV-1 + "), HasSubstr("GTV-1 +")) << "trimmed: the sign belongs to the name then";
}

TEST(Select, AmbiguousNamesAskForTheNumber) {
  EXPECT_THAT(refusal("twice"), HasSubstr("2 regions are called 'twice'; say the number"));
  EXPECT_EQ(chosen("11"), "+7");
}

TEST(Select, ManyRegionsAreNotAllListed) {
  std::vector<Region> many;
  for (int i = 1; i <= 100; ++i) many.push_back({i, "r" + std::to_string(i)});
  EXPECT_THAT(refusal("x", many), HasSubstr("40 'r40' and 60 more"));
}

TEST(Select, ExpressionsCannotBreakAnything) {
  EXPECT_THAT(refusal("/[/"), HasSubstr("is no regular expression"));
  EXPECT_THAT(refusal("/(a)\\1/"), HasSubstr("is no regular expression"));
  EXPECT_THAT(refusal("/a{1000}/"), HasSubstr("counts in braces"));
  EXPECT_THAT(refusal("/" + std::string(300, 'a') + "/"), HasSubstr("more than 200 characters"));
  EXPECT_THAT(refusal("/abc"), HasSubstr("ends with a slash"));
  EXPECT_THAT(refusal(std::string(5000, 'a')), HasSubstr("longer than 4096"));
}

/// Expressions that take exponential time where they are matched by trying one way after the other.
TEST(Select, ExpressionsCannotHang) {
  const std::vector<Region> regions = {{1, std::string(100'000, 'a') + "b"}, {2, std::string(63, 'a') + "!"}};
  const auto start = std::chrono::steady_clock::now();
  for (const std::string nasty : {"^(a+)+$", "^(a|aa)+$", "^(a|a|a)*b$", "^((a*)*)*c", "^(.*a)*(.*a)*(.*a)*!!$"})
    EXPECT_THAT(refusal("/" + nasty + "/", regions), HasSubstr(nasty == "^(a+)+$" || nasty == "^(a|aa)+$" ? "" : "no"));
  std::string nested(180, '(');
  nested += "a";
  EXPECT_THAT(refusal("/" + nested + "/", regions), HasSubstr("is no regular expression"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

}  // namespace
}  // namespace radfuse::dicom
