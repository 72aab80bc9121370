// SPDX-License-Identifier: Apache-2.0
// configs/reference.yaml: every key with its explanation, type, range and default.
#include <algorithm>
#include <utility>

#include "radfuse/config/fields_io.hpp"
#include "words.hpp"

namespace radfuse::config {
namespace {

class ReferenceWriter final : public Fields {
 public:
  std::string take() { return std::move(text_); }
  void require(bool, std::string_view, std::string_view) override {}

 protected:
  void on_bool(const Knob& k, bool& v) override { key(k, "true or false", v ? "true" : "false"); }
  void on_int(const Knob& k, std::int64_t& v, IntRange r) override { key(k, words(r), std::to_string(v)); }
  void on_double(const Knob& k, double& v, Range r) override { key(k, words(r), number(v)); }
  void on_optional_double(const Knob& k, std::optional<double>& v, Range r) override {
    key(k, words(r) + "; may be left out", v ? number(*v) : "");
  }
  void on_text(const Knob& k, std::string& v) override { key(k, "text", v.empty() ? "\"\"" : v); }
  void on_numbers(const Knob& k, std::vector<double>& v, ListRange r) override {
    std::vector<std::string> texts;
    for (const double x : v) texts.push_back(number(x));
    key(k, words(r), "[" + text::join(texts, ", ") + "]");
  }
  void on_texts(const Knob& k, std::vector<std::string>& v) override {
    key(k, "list of words", "[" + text::join(v, ", ") + "]");
  }
  void on_text_lists(const Knob& k, std::vector<std::vector<std::string>>&) override {
    key(k, "list of lists of words", "[]");
  }
  void on_text_map(const Knob& k, std::vector<std::pair<std::string, std::vector<std::string>>>&) override {
    key(k, "names of your choice, each with a list of words", "{}");
  }
  void on_choice(const Knob& k, std::size_t& at, std::span<const Choice> choices) override {
    doc(k, "one of:");
    explain(choices);
    line(std::string(k.key) + ": " + std::string(choices[at].name));
  }
  void on_choices(const Knob& k, std::vector<std::size_t>& at, std::span<const Choice> choices) override {
    std::vector<std::string> chosen;
    for (const std::size_t i : at) chosen.emplace_back(choices[i].name);
    doc(k, "list of:");
    explain(choices);
    line(std::string(k.key) + ": [" + text::join(chosen, ", ") + "]");
  }
  void on_section(const Knob& k, const Bind& bind) override { section(k, "", bind); }
  void on_optional_section(const Knob& k, bool&, const Bind& bind) override { section(k, "may be left out", bind); }
  void on_list(const Knob& k, const Items& items) override {
    doc(k, "list of sections, each with these keys");
    line(std::string(k.key) + ":");
    depth_ += 1;
    line("-");
    depth_ += 1;
    items.sample(*this);
    depth_ -= 2;
  }
  void on_map(const Knob& k, const Items& items) override {
    doc(k, "names of your choice, each with these keys");
    line(std::string(k.key) + ":");
    depth_ += 1;
    line("NAME:");
    depth_ += 1;
    items.sample(*this);
    depth_ -= 2;
  }
  void on_alternatives(const Knob& tag, std::size_t&, std::span<const Choice> choices,
                       const std::function<void(std::size_t, Fields&)>& bind_alternative) override {
    doc(tag, "one of:");
    explain(choices);
    // Names with the same keys are told together.
    std::vector<std::pair<std::vector<std::string>, std::string>> groups;
    for (std::size_t i = 0; i < choices.size(); ++i) {
      // Only one alternative may stand in valid YAML: the others are shown as comments.
      commented_ += i == 0 ? 0 : 1;
      const std::string before = std::exchange(text_, "");
      bind_alternative(i, *this);
      const std::string keys = std::exchange(text_, before);
      commented_ -= i == 0 ? 0 : 1;
      if (groups.empty() || groups.back().second != keys) groups.push_back({{}, keys});
      groups.back().first.emplace_back(choices[i].name);
    }
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const auto& [names, keys] = groups[g];
      if (names.size() > 1) comment("The same keys: " + text::join(names, ", ") + ".");
      commented_ += g == 0 ? 0 : 1;
      line(std::string(tag.key) + ": " + names.front());
      text_ += keys;
      commented_ -= g == 0 ? 0 : 1;
    }
  }

 private:
  void doc(const Knob& k, const std::string& type) {
    comment(std::string(k.doc) + ".");
    std::string second = type;
    if (k.need == Need::required) second += second.empty() ? "required" : "; required";
    if (!second.empty()) comment("  " + second);
  }
  void explain(std::span<const Choice> choices) {
    std::size_t widest = 0;
    for (const Choice& c : choices) widest = std::max(widest, c.name.size());
    for (const Choice& c : choices)
      comment("    " + std::string(c.name) + std::string(widest - c.name.size() + 2, ' ') + std::string(c.doc));
  }
  void key(const Knob& k, const std::string& type, const std::string& value) {
    doc(k, type);
    line(std::string(k.key) + ":" + (value.empty() ? "" : " " + value));
  }
  void section(const Knob& k, const std::string& note, const Bind& bind) {
    if (depth_ == 0) text_ += "\n";
    doc(k, note);
    line(std::string(k.key) + ":");
    depth_ += 1;
    bind(*this);
    depth_ -= 1;
  }
  void line(const std::string& content) {
    text_ += std::string(2 * depth_, ' ') + (commented_ > 0 ? "# " : "") + content + "\n";
  }
  void comment(const std::string& content) {
    text_ += std::string(2 * depth_, ' ') + (commented_ > 0 ? "#   # " : "# ") + content + "\n";
  }

  std::string text_;
  std::size_t depth_ = 0;
  int commented_ = 0;
};

}  // namespace

std::string reference_text(const Bind& bind) {
  ReferenceWriter writer;
  bind(writer);
  return writer.take();
}

}  // namespace radfuse::config
