// SPDX-License-Identifier: Apache-2.0
// yaml-cpp's events, turned into a plain tree: aliases never get expanded, and duplicate keys are seen.
#include "yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace radfuse::config {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kDeepest = 32;

Place place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::size_t>(mark.line) + 1, static_cast<std::size_t>(mark.column) + 1};
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(Problems& problems) : problems_(problems) {}
  YamlNode take() { return std::move(root_); }
  bool has_several_documents() const { return documents_ > 1; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2)
      problems_.add(place_of(mark), "", "a study file holds one document; remove the second '---'");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    put({.kind = YamlNode::Kind::null, .place = place_of(mark)});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    problems_.add(place_of(mark), "", "aliases (*name) are not used in study files; write the value out");
    put({.kind = YamlNode::Kind::null, .place = place_of(mark)});
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    if (!tag.empty() && tag != "?" && tag != "!")
      problems_.add(place_of(mark), "", "tags (!name) are not used in study files");
    const bool quoted = tag == "!";
    const bool null = !quoted && (value.empty() || value == "~" || value == "null");
    put({.kind = null ? YamlNode::Kind::null : YamlNode::Kind::scalar,
         .place = place_of(mark),
         .scalar = value,
         .quoted = quoted});
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    open({.kind = YamlNode::Kind::sequence, .place = place_of(mark)});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    refuse_anchor(mark, anchor);
    open({.kind = YamlNode::Kind::map, .place = place_of(mark)});
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    bool key_next = true;
  };

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != 0) problems_.add(place_of(mark), "", "anchors (&name) are not used in study files");
  }

  void open(YamlNode node) {
    if (open_.size() == kDeepest) problems_.add(node.place, "", "is nested more than 32 levels deep");
    open_.push_back({std::move(node)});
  }

  void close() {
    YamlNode done = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(done));
  }

  void put(YamlNode node) {
    if (open_.empty()) {
      if (documents_ <= 1) root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::sequence) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key_next) {
      put_key(parent, node);
    } else {
      parent.node.items.push_back(std::move(node));
      parent.key_next = true;
    }
  }

  void put_key(Open& parent, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar) problems_.add(node.place, "", "a key must be a word");
    if (node.scalar == "<<") problems_.add(node.place, "", "merge keys (<<) are not used in study files");
    const auto same = std::ranges::find(parent.node.keys, node.scalar, &std::pair<std::string, Place>::first);
    if (same != parent.node.keys.end())
      problems_.add(node.place, node.scalar,
                    "this key stands twice; the first is in line " + std::to_string(same->second.line));
    parent.node.keys.emplace_back(node.scalar, node.place);
    parent.key_next = false;
  }

  Problems& problems_;
  std::vector<Open> open_;
  YamlNode root_;
  int documents_ = 0;
};

}  // namespace

YamlNode parse_yaml(std::string_view text, Problems& problems) {
  if (text.size() > kMostBytes) {
    problems.add({}, "", "is larger than 1 MB; this cannot be a study file");
    return {};
  }
  std::istringstream in{std::string(text)};
  TreeBuilder builder(problems);
  try {
    YAML::Parser parser(in);
    // After some mistakes yaml-cpp finds one empty document after the other, without end.
    while (!builder.has_several_documents() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::ParserException& error) {
    problems.add(place_of(error.mark), "", "this is not valid YAML: " + error.msg);
    return {};
  }
  return builder.take();
}

}  // namespace radfuse::config
