// SPDX-License-Identifier: Apache-2.0
// What a number is, and words for people.
#include "radfuse/base/text.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <clocale>
#include <cmath>

#include "radfuse/base/rng.hpp"

namespace radfuse::text {
namespace {

TEST(Text, NumbersAreWholeStrings) {
  EXPECT_EQ(to_double("25"), 25.0);
  EXPECT_EQ(to_double("-2.5e3"), -2500.0);
  EXPECT_EQ(to_double("+1"), 1.0);
  EXPECT_EQ(to_double(".5"), 0.5);
  for (const char* bad : {"", "25HU", " 1", "1 ", "nan", "inf", "-inf", "0x10", "1,5", "1e999", "--1", "+-1", "1_000"})
    EXPECT_FALSE(to_double(bad)) << bad;
  EXPECT_EQ(to_int("007"), 7);
  EXPECT_EQ(to_int("-3"), -3);
  for (const char* bad : {"", "1.0", "1e3", "9223372036854775808", "x"}) EXPECT_FALSE(to_int(bad)) << bad;
}

TEST(Text, DoublesReadBackToTheSameBits) {
  Rng rng(1, "text_test");
  for (int i = 0; i < 200000; ++i) {
    const double value = std::bit_cast<double>(rng.next());
    if (!std::isfinite(value)) continue;
    const auto back = to_double(from_double(value));
    ASSERT_TRUE(back) << from_double(value);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(value));
  }
  EXPECT_EQ(from_double(0.1), "0.1");
  EXPECT_EQ(from_double(1e22), "1e+22");
  EXPECT_EQ(from_float(0.1f), "0.1");
}

TEST(Text, NoLocaleChangesANumber) {
  const char* before = std::setlocale(LC_ALL, nullptr);
  const std::string kept = before == nullptr ? "C" : before;
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8"}) std::setlocale(LC_ALL, name);
  EXPECT_EQ(from_double(1.5), "1.5");
  EXPECT_EQ(to_double("1.5"), 1.5);
  std::setlocale(LC_ALL, kept.c_str());
}

TEST(Text, GuessesTheNearestWord) {
  const std::vector<std::string> words = {"bin_width", "bin_count", "lasso"};
  EXPECT_EQ(nearest("bin_widht", words), "bin_width");
  EXPECT_EQ(nearest("Lassso", words), "lasso");
  EXPECT_FALSE(nearest("morphology", words));
  EXPECT_EQ(did_you_mean("lasso_", words), "; did you mean 'lasso'?");
  EXPECT_EQ(did_you_mean("zzz", words), "");
}

TEST(Text, IdentifiersCannotLeaveTheirFolder) {
  for (const char* good : {"P012", "007", "a.b-c_d"}) EXPECT_TRUE(is_identifier(good)) << good;
  for (const char* bad : {"", "../x", "a/b", "-rf", ".hidden", "a b", "a@b", "a\n"})
    EXPECT_FALSE(is_identifier(bad)) << bad;
  EXPECT_FALSE(is_identifier(std::string(65, 'a')));
}

TEST(Text, HostileTextIsHarmless) {
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
  EXPECT_EQ(printable("\x7f\xc2\x9b"
                      "2J\x9b"),
            "\\x7f\\xc2\\x9b2J\\x9b")
      << "DEL, and CSI as UTF-8 and as one byte";
  EXPECT_EQ(printable("M\xc3\xbcller \xe2\x82\xac \xf0\x9f\xab\x81"), "M\xc3\xbcller \xe2\x82\xac \xf0\x9f\xab\x81");
  EXPECT_EQ(printable("\xe2\x80\xae"
                      "gnp"),
            "\\xe2\\x80\\xaegnp")
      << "right-to-left override";
  EXPECT_EQ(printable("M\xfcller"), "M\\xfcller") << "Latin-1";
  EXPECT_EQ(printable("\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82"),
            "\\xc0\\xaf \\xed\\xa0\\x80 \\xf4\\x90\\x80\\x80 \\xe2\\x82")
      << "overlong, surrogate, too large, cut off";
  EXPECT_EQ(printable_lines("a\x1b\nb\r\n"), "a\\x1b\nb\\x0d\n");
  EXPECT_EQ(escape_html("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}

}  // namespace
}  // namespace radfuse::text
