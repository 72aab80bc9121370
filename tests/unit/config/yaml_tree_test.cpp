// SPDX-License-Identifier: Apache-2.0
// YAML that is no study file ends with problems, and ends.
#include "yaml_tree.hpp"

#include <gmock/gmock.h>

#include "radfuse/base/error.hpp"

namespace radfuse::config {
namespace {

std::string problems_of(const std::string& text) {
  Problems problems("study.yaml", text);
  parse_yaml(text, problems);
  try {
    problems.throw_if_any();
  } catch (const StudyError& error) {
    return error.what();
  }
  return "";
}

TEST(YamlTree, SeveralDocumentsAreAProblemOnce) {
  EXPECT_THAT(problems_of("a: 1\n---\nb: 2\n---\nc: 3\n"), testing::HasSubstr("holds one document"));
}

// Found by fuzzing: yaml-cpp 0.7 reports empty documents without end after these bytes.
TEST(YamlTree, DocumentsWithoutEndAreStopped) {
  EXPECT_THAT(problems_of("{\"a\": \"b\"}, # a study\ns{\"random\": {\"\", seed: 7}\ncohortt:\n  mar"),
              testing::HasSubstr("holds one document"));
}

// Found by fuzzing: a column behind the end of a long line.
TEST(YamlTree, PlacesBehindTheEndOfALineAreShown) {
  const std::string text = std::string("{\0=", 3) + std::string(150, 'i') + std::string(5, '\0');
  EXPECT_NE(problems_of(text), "");
  Problems problems("study.yaml", std::string(150, 'i'));
  problems.add({1, 400}, "", "far out");
  EXPECT_THAT(problems.text(), testing::HasSubstr("far out"));
  Problems none("study.yaml", std::string(150, 'i'));
  none.add({1, 0}, "", "no column");
  EXPECT_THAT(none.text(), testing::HasSubstr("no column"));
}

TEST(YamlTree, DeepNestingIsAProblem) {
  for (const std::size_t depth : {40u, 5000u, 500000u}) {
    EXPECT_NE(problems_of(std::string(depth, '[')), "") << depth;
    EXPECT_NE(problems_of(std::string(depth, '[') + std::string(depth, ']')), "") << depth;
    EXPECT_NE(problems_of("a: " + std::string(depth, '{')), "") << depth;
  }
}

}  // namespace
}  // namespace radfuse::config
