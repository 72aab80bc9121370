// SPDX-License-Identifier: Apache-2.0
// YAML into parameter structs: strict, and complete in its complaints.
#include <fmt/format.h>

#include <algorithm>

#include "radfuse/config/fields_io.hpp"
#include "words.hpp"
#include "yaml_tree.hpp"

namespace radfuse::config {
namespace {

// Reads the keys of one map. Keys that nobody asked for are reported when the section ends.
class YamlReader final : public Fields {
 public:
  YamlReader(const YamlNode& node, std::string path, Problems& problems)
      : node_(node), path_(std::move(path)), problems_(problems), before_(problems.count()), used_(node.keys.size()) {}

  void finish() {
    if (ignore_unknown_) return;
    for (std::size_t i = 0; i < node_.keys.size(); ++i)
      if (!used_[i])
        problems_.add(
            node_.keys[i].second, at(node_.keys[i].first),
            "unknown key" + text::did_you_mean(node_.keys[i].first, known_) +
                (text::nearest(node_.keys[i].first, known_) ? "" : " (known here: " + text::join(known_, ", ") + ")"));
  }

  // `key` may be a path below this section ("train.models.fusion"): the caret goes as deep as the file does.
  void require(bool holds, std::string_view key, std::string_view message) override {
    if (holds || problems_.count() != before_ + broken_rules_) return;  // a consequence of a mistake is no second one
    const YamlNode* node = &node_;
    Place place = node->place;
    for (const std::string& part : text::split(key, '.')) {
      const auto found = std::ranges::find(node->keys, part, &std::pair<std::string, Place>::first);
      if (found == node->keys.end()) break;
      place = found->second;
      node = &node->items[static_cast<std::size_t>(found - node->keys.begin())];
    }
    problems_.add(place, at(key), message);
    ++broken_rules_;
  }

 protected:
  void on_bool(const Knob& knob, bool& value) override {
    const YamlNode* node = scalar(knob, "true or false");
    if (node == nullptr) return;
    if (node->scalar == "true" || node->scalar == "false")
      value = node->scalar == "true";
    else
      wrong(*node, knob, "must be true or false", *node);
  }

  void on_int(const Knob& knob, std::int64_t& value, IntRange range) override {
    const YamlNode* node = scalar(knob, words(range));
    if (node == nullptr) return;
    const auto number = text::to_int(node->scalar);
    if (!number)
      wrong(*node, knob, "must be an " + words(range), *node);
    else if (*number < range.low || *number > range.high)
      wrong(*node, knob, "must be an " + words(range), *node);
    else
      value = *number;
  }

  void on_double(const Knob& knob, double& value, Range range) override {
    if (const YamlNode* node = scalar(knob, words(range))) read_number(*node, at(knob.key), value, range);
  }

  void on_optional_double(const Knob& knob, std::optional<double>& value, Range range) override {
    const YamlNode* node = scalar(knob, words(range));
    double number = 0;
    if (node != nullptr && read_number(*node, at(knob.key), number, range)) value = number;
  }

  void on_text(const Knob& knob, std::string& value) override {
    if (const YamlNode* node = scalar(knob, "text")) value = node->scalar;
  }

  void on_numbers(const Knob& knob, std::vector<double>& value, ListRange range) override {
    const YamlNode* node = get(knob, YamlNode::Kind::sequence, words(range));
    if (node == nullptr) return;
    if (node->items.size() < range.least || node->items.size() > range.most) {
      problems_.add(node->place, at(knob.key), fmt::format("must be a {}; got {}", words(range), node->items.size()));
      return;
    }
    std::vector<double> numbers(node->items.size());
    bool good = true;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      good &= read_number(node->items[i], fmt::format("{}[{}]", at(knob.key), i), numbers[i], range.each);
    if (good) value = std::move(numbers);
  }

  void on_texts(const Knob& knob, std::vector<std::string>& value) override {
    if (const YamlNode* node = get(knob, YamlNode::Kind::sequence, "list of words"))
      read_texts(*node, at(knob.key), value);
  }

  void on_text_lists(const Knob& knob, std::vector<std::vector<std::string>>& value) override {
    const YamlNode* node = get(knob, YamlNode::Kind::sequence, "list of lists of words");
    if (node == nullptr) return;
    value.clear();
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const std::string path = fmt::format("{}[{}]", at(knob.key), i);
      if (is(node->items[i], YamlNode::Kind::sequence, path, "list of words"))
        read_texts(node->items[i], path, value.emplace_back());
    }
  }

  void on_text_map(const Knob& knob, std::vector<std::pair<std::string, std::vector<std::string>>>& value) override {
    const YamlNode* node = get(knob, YamlNode::Kind::map, "names, each with a list of words");
    if (node == nullptr) return;
    value.clear();
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const std::string path = at(knob.key) + "." + node->keys[i].first;
      if (is(node->items[i], YamlNode::Kind::sequence, path, "list of words"))
        read_texts(node->items[i], path, value.emplace_back(node->keys[i].first, std::vector<std::string>()).second);
    }
  }

  void on_choice(const Knob& knob, std::size_t& which, std::span<const Choice> choices) override {
    if (const YamlNode* node = scalar(knob, words(choices))) read_choice(*node, at(knob.key), which, choices);
  }

  void on_choices(const Knob& knob, std::vector<std::size_t>& which, std::span<const Choice> choices) override {
    const YamlNode* node = get(knob, YamlNode::Kind::sequence, "list of words, each " + words(choices));
    if (node == nullptr) return;
    which.clear();
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const std::string path = fmt::format("{}[{}]", at(knob.key), i);
      std::size_t one = 0;
      if (!is(node->items[i], YamlNode::Kind::scalar, path, words(choices))) continue;
      if (!read_choice(node->items[i], path, one, choices)) continue;
      if (std::ranges::find(which, one) != which.end())
        problems_.add(node->items[i].place, path, "'" + node->items[i].scalar + "' stands twice");
      else
        which.push_back(one);
    }
  }

  void on_section(const Knob& knob, const Bind& bind) override {
    if (const YamlNode* node = get(knob, YamlNode::Kind::map, "section")) read_section(*node, at(knob.key), bind);
  }

  void on_optional_section(const Knob& knob, bool& present, const Bind& bind) override {
    const YamlNode* node = get(knob, YamlNode::Kind::map, "section");
    present = node != nullptr;
    if (present) read_section(*node, at(knob.key), bind);
  }

  void on_list(const Knob& knob, const Items& items) override {
    const YamlNode* node = get(knob, YamlNode::Kind::sequence, "list of sections");
    if (node == nullptr) return;
    items.clear();
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const std::string path = fmt::format("{}[{}]", at(knob.key), i);
      if (is(node->items[i], YamlNode::Kind::map, path, "section"))
        read_section(node->items[i], path, [&](Fields& f) { items.append("", f); });
    }
  }

  void on_map(const Knob& knob, const Items& items) override {
    const YamlNode* node = get(knob, YamlNode::Kind::map, "names, each with a section");
    if (node == nullptr) return;
    items.clear();
    for (std::size_t i = 0; i < node->items.size(); ++i) {
      const std::string& name = node->keys[i].first;
      const std::string path = at(knob.key) + "." + name;
      if (!text::is_identifier(name))
        problems_.add(node->keys[i].second, path, "a name is made of letters, digits, '.', '_' and '-' (at most 64)");
      if (is(node->items[i], YamlNode::Kind::map, path, "section"))
        read_section(node->items[i], path, [&](Fields& f) { items.append(name, f); });
    }
  }

  void on_alternatives(const Knob& tag, std::size_t& which, std::span<const Choice> choices,
                       const std::function<void(std::size_t, Fields&)>& bind_alternative) override {
    const YamlNode* node = scalar(tag, words(choices));
    if (node == nullptr || !read_choice(*node, at(tag.key), which, choices)) {
      ignore_unknown_ = true;  // which keys belong here cannot be known
      return;
    }
    bind_alternative(which, *this);
  }

 private:
  std::string at(std::string_view key) const {
    return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  }

  // The value of a key when it is there and of the right kind; else nullptr, the problem being noted.
  const YamlNode* get(const Knob& knob, YamlNode::Kind kind, const std::string& expected) {
    known_.emplace_back(knob.key);
    for (std::size_t i = 0; i < node_.keys.size(); ++i) {
      if (node_.keys[i].first != knob.key) continue;
      used_[i] = true;
      return i < node_.items.size() && is(node_.items[i], kind, at(knob.key), expected) ? &node_.items[i] : nullptr;
    }
    if (knob.need == Need::required)
      problems_.add(node_.place, at(knob.key), "required key is missing (" + expected + ")");
    return nullptr;
  }
  const YamlNode* scalar(const Knob& knob, const std::string& expected) {
    return get(knob, YamlNode::Kind::scalar, expected);
  }

  bool is(const YamlNode& node, YamlNode::Kind kind, const std::string& path, const std::string& expected) {
    if (node.kind == kind) return true;
    static constexpr std::string_view kGot[] = {"nothing", "a single value", "a list", "a section"};
    std::string hint;
    if (kind == YamlNode::Kind::sequence && node.kind == YamlNode::Kind::scalar)
      hint = "; write [" + text::printable(node.scalar) + "]";
    problems_.add(node.place, path,
                  fmt::format("must be {}, got {}{}", expected, kGot[static_cast<std::size_t>(node.kind)], hint));
    return false;
  }

  void wrong(const YamlNode& node, const Knob& knob, const std::string& rule, const YamlNode& got) {
    problems_.add(node.place, at(knob.key), rule + ", got '" + text::printable(got.scalar) + "'");
  }

  bool read_number(const YamlNode& node, const std::string& path, double& value, Range range) {
    if (!is(node, YamlNode::Kind::scalar, path, words(range))) return false;
    const auto number = text::to_double(node.scalar);
    if (number && *number >= range.low && *number <= range.high) {
      value = *number;
      return true;
    }
    std::string hint;
    if (!number && !node.scalar.empty() && (std::isdigit(static_cast<unsigned char>(node.scalar.front())) != 0))
      hint = "; write the number alone, without a unit or a comma";
    problems_.add(node.place, path,
                  "must be a " + words(range) + ", got '" + text::printable(node.scalar) + "'" + hint);
    return false;
  }

  void read_texts(const YamlNode& node, const std::string& path, std::vector<std::string>& value) {
    value.clear();
    for (std::size_t i = 0; i < node.items.size(); ++i)
      if (is(node.items[i], YamlNode::Kind::scalar, fmt::format("{}[{}]", path, i), "text"))
        value.push_back(node.items[i].scalar);
  }

  bool read_choice(const YamlNode& node, const std::string& path, std::size_t& which, std::span<const Choice> choices) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      if (choices[i].name != node.scalar) continue;
      which = i;
      return true;
    }
    const auto all = names(choices);
    problems_.add(node.place, path,
                  "unknown word '" + text::printable(node.scalar) + "'" + text::did_you_mean(node.scalar, all) + " (" +
                      text::join(all, ", ") + ")");
    return false;
  }

  void read_section(const YamlNode& node, const std::string& path, const Bind& bind) {
    YamlReader reader(node, path, problems_);
    bind(reader);
    reader.finish();
  }

  const YamlNode& node_;
  std::string path_;
  Problems& problems_;
  std::size_t before_;
  std::size_t broken_rules_ = 0;
  std::vector<char> used_;
  std::vector<std::string> known_;
  bool ignore_unknown_ = false;
};

}  // namespace

void read_yaml(std::string_view text, const Bind& bind, Problems& problems) {
  const YamlNode root = parse_yaml(text, problems);
  if (!problems.empty() && root.kind == YamlNode::Kind::null) return;
  if (root.kind != YamlNode::Kind::map) {
    problems.add(root.place, "", "a study file is a set of sections (study:, cohort:, ...)");
    return;
  }
  YamlReader reader(root, "", problems);
  bind(reader);
  reader.finish();
}

}  // namespace radfuse::config
