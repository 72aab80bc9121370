// SPDX-License-Identifier: Apache-2.0
// Every key with its resolved value: equal text for equal values.
#include "radfuse/config/fields_io.hpp"
#include "words.hpp"

namespace radfuse::config {
namespace {

std::string list_of(const std::vector<std::string>& texts) {
  std::string all = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) all += (i == 0 ? "" : ", ") + quoted(texts[i]);
  return all + "]";
}

class CanonicalWriter final : public Fields {
 public:
  std::string take() { return std::move(text_); }
  void require(bool, std::string_view, std::string_view) override {}

 protected:
  void on_bool(const Knob& k, bool& v) override { line(k.key, v ? "true" : "false"); }
  void on_int(const Knob& k, std::int64_t& v, IntRange) override { line(k.key, std::to_string(v)); }
  void on_double(const Knob& k, double& v, Range) override { line(k.key, number(v)); }
  void on_optional_double(const Knob& k, std::optional<double>& v, Range) override {
    if (v) line(k.key, number(*v));
  }
  void on_text(const Knob& k, std::string& v) override { line(k.key, quoted(v)); }
  void on_numbers(const Knob& k, std::vector<double>& v, ListRange range) override {
    if (v.size() < range.least) return;  // a list that was left out
    std::string all = "[";
    for (std::size_t i = 0; i < v.size(); ++i) all += (i == 0 ? "" : ", ") + number(v[i]);
    line(k.key, all + "]");
  }
  void on_texts(const Knob& k, std::vector<std::string>& v) override { line(k.key, list_of(v)); }
  void on_text_lists(const Knob& k, std::vector<std::vector<std::string>>& v) override {
    std::string all = "[";
    for (std::size_t i = 0; i < v.size(); ++i) all += (i == 0 ? "" : ", ") + list_of(v[i]);
    line(k.key, all + "]");
  }
  void on_text_map(const Knob& k, std::vector<std::pair<std::string, std::vector<std::string>>>& v) override {
    if (v.empty()) return line(k.key, "{}");
    line(k.key, "");
    for (const auto& [name, texts] : v) text_ += indent() + "  " + quoted(name) + ": " + list_of(texts) + "\n";
  }
  void on_choice(const Knob& k, std::size_t& at, std::span<const Choice> choices) override {
    line(k.key, quoted(choices[at].name));
  }
  void on_choices(const Knob& k, std::vector<std::size_t>& at, std::span<const Choice> choices) override {
    std::vector<std::string> words;
    for (const std::size_t i : at) words.emplace_back(choices[i].name);
    line(k.key, list_of(words));
  }
  void on_section(const Knob& k, const Bind& bind) override { section(std::string(k.key), bind); }
  void on_optional_section(const Knob& k, bool& present, const Bind& bind) override {
    if (present) section(std::string(k.key), bind);
  }
  void on_list(const Knob& k, const Items& items) override {
    if (items.size() == 0) return line(k.key, "[]");
    line(k.key, "");
    for (std::size_t i = 0; i < items.size(); ++i) {
      text_ += indent() + "  -\n";
      nested(2, [&](Fields& f) { items.at(i, f); });
    }
  }
  void on_map(const Knob& k, const Items& items) override {
    if (items.size() == 0) return line(k.key, "{}");
    line(k.key, "");
    depth_ += 1;
    for (std::size_t i = 0; i < items.size(); ++i) section(quoted(items.name(i)), [&](Fields& f) { items.at(i, f); });
    depth_ -= 1;
  }
  void on_alternatives(const Knob& tag, std::size_t& at, std::span<const Choice> choices,
                       const std::function<void(std::size_t, Fields&)>& bind_alternative) override {
    line(tag.key, quoted(choices[at].name));
    bind_alternative(at, *this);
  }

 private:
  std::string indent() const { return std::string(2 * depth_, ' '); }
  void line(std::string_view key, const std::string& value) {
    text_ += indent() + std::string(key) + ":" + (value.empty() ? "" : " " + value) + "\n";
  }
  void nested(std::size_t levels, const Bind& bind) {
    const std::size_t before = text_.size();
    depth_ += levels;
    bind(*this);
    depth_ -= levels;
    if (text_.size() == before) text_ += indent() + std::string(2 * levels, ' ') + "{}\n";  // a section without values
  }
  void section(const std::string& key, const Bind& bind) {
    line(key, "");
    nested(1, bind);
  }

  std::string text_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string canonical_text(const Bind& bind) {
  CanonicalWriter writer;
  bind(writer);
  return writer.take();
}

}  // namespace radfuse::config
