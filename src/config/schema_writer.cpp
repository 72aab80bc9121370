// SPDX-License-Identifier: Apache-2.0
// configs/study.schema.json: what an editor needs to complete and check a study file.
#include <cmath>
#include <nlohmann/json.hpp>

#include "radfuse/config/fields_io.hpp"
#include "words.hpp"

namespace radfuse::config {
namespace {

using Json = nlohmann::ordered_json;

// Describes one section; alternatives become one object schema each.
class SchemaWriter final : public Fields {
 public:
  Json take() {
    if (branches_.empty()) return object(properties_, required_);
    Json any = Json::array();
    for (auto& [properties, required] : branches_) {
      Json all = properties_;
      all.update(properties);
      Json need = required_;
      need.insert(need.end(), required.begin(), required.end());
      any.push_back(object(all, need));
    }
    return {{"oneOf", any}};
  }
  void require(bool, std::string_view, std::string_view) override {}

 protected:
  void on_bool(const Knob& k, bool& v) override { put(k, {{"type", "boolean"}, {"default", v}}); }
  void on_int(const Knob& k, std::int64_t& v, IntRange r) override {
    Json json = {{"type", "integer"}, {"default", v}};
    if (r.low != IntRange().low) json["minimum"] = r.low;
    if (r.high != IntRange().high) json["maximum"] = r.high;
    put(k, json);
  }
  void on_double(const Knob& k, double& v, Range r) override {
    Json json = number_schema(r);
    json["default"] = v;
    put(k, json);
  }
  void on_optional_double(const Knob& k, std::optional<double>&, Range r) override { put(k, number_schema(r)); }
  // Any scalar is text here: identifiers such as 007 need no quotes.
  void on_text(const Knob& k, std::string&) override { put(k, text_schema()); }
  void on_numbers(const Knob& k, std::vector<double>&, ListRange r) override {
    Json json = {{"type", "array"}, {"items", number_schema(r.each)}};
    if (r.least > 0) json["minItems"] = r.least;
    if (r.most != ListRange().most) json["maxItems"] = r.most;
    put(k, json);
  }
  void on_texts(const Knob& k, std::vector<std::string>&) override { put(k, texts_schema()); }
  void on_text_lists(const Knob& k, std::vector<std::vector<std::string>>&) override {
    put(k, {{"type", "array"}, {"items", texts_schema()}});
  }
  void on_text_map(const Knob& k, std::vector<std::pair<std::string, std::vector<std::string>>>&) override {
    put(k, {{"type", "object"}, {"additionalProperties", texts_schema()}});
  }
  void on_choice(const Knob& k, std::size_t& at, std::span<const Choice> choices) override {
    put(k, {{"enum", names(choices)}, {"default", choices[at].name}});
  }
  void on_choices(const Knob& k, std::vector<std::size_t>&, std::span<const Choice> choices) override {
    put(k, {{"type", "array"}, {"items", {{"enum", names(choices)}}}, {"uniqueItems", true}});
  }
  void on_section(const Knob& k, const Bind& bind) override { put(k, described(bind)); }
  void on_optional_section(const Knob& k, bool&, const Bind& bind) override { put(k, described(bind)); }
  void on_list(const Knob& k, const Items& items) override {
    put(k, {{"type", "array"}, {"items", described(items.sample)}});
  }
  void on_map(const Knob& k, const Items& items) override {
    put(k, {{"type", "object"}, {"additionalProperties", described(items.sample)}});
  }
  void on_alternatives(const Knob& tag, std::size_t&, std::span<const Choice> choices,
                       const std::function<void(std::size_t, Fields&)>& bind_alternative) override {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      SchemaWriter branch;
      branch.required_.push_back(tag.key);
      bind_alternative(i, branch);
      // Names with the same keys share a branch.
      const std::string key(tag.key);
      if (!branches_.empty()) {
        auto& [properties, required] = branches_.back();
        Json others = properties;
        others.erase(key);
        if (others == branch.properties_ && required == branch.required_) {
          Json& named = properties[key];
          if (named.contains("const")) named = {{"enum", {named["const"]}}, {"description", tag.doc}};
          named["enum"].push_back(choices[i].name);
          continue;
        }
      }
      Json named = {{key, {{"const", choices[i].name}, {"description", choices[i].doc}}}};
      named.update(branch.properties_);
      branches_.emplace_back(std::move(named), branch.required_);
    }
  }

 private:
  static Json object(const Json& properties, const Json& required) {
    Json json = {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
    if (!required.empty()) json["required"] = required;
    return json;
  }
  static Json described(const Bind& bind) {
    SchemaWriter inner;
    bind(inner);
    return inner.take();
  }
  static Json text_schema() { return {{"type", {"string", "number", "boolean"}}}; }
  static Json texts_schema() { return {{"type", "array"}, {"items", text_schema()}}; }
  static Json number_schema(Range r) {
    Json json = {{"type", "number"}};
    if (std::isfinite(r.low)) json["minimum"] = r.low;
    if (std::isfinite(r.high)) json["maximum"] = r.high;
    return json;
  }
  void put(const Knob& k, Json json) {
    json["description"] = k.doc;
    properties_[std::string(k.key)] = std::move(json);
    if (k.need == Need::required) required_.push_back(k.key);
  }

  Json properties_ = Json::object();
  Json required_ = Json::array();
  std::vector<std::pair<Json, Json>> branches_;
};

}  // namespace

std::string schema_text(const Bind& bind, std::string_view title) {
  SchemaWriter writer;
  bind(writer);
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", title}};
  schema.update(writer.take());
  return schema.dump(2) + "\n";
}

}  // namespace radfuse::config
