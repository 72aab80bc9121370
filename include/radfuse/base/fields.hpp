// SPDX-License-Identifier: Apache-2.0
// One knob, one line: a parameter struct describes itself once, in bind(Fields&, Params&), and from that description
// come parsing, checking, error text, the canonical text that is hashed, configs/reference.yaml and the schema.
//
//   struct ScaleParams { double width = 25; Method method = Method::fixed; };
//   inline void bind(Fields& f, ScaleParams& p) {
//     f.field("width", p.width, {1e-9, 1e9}, "Width of a bin, in image units");
//     f.choice("method", p.method, kMethods, "How grey levels are binned");
//   }
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "radfuse/base/named.hpp"

namespace radfuse {

struct IntRange {
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
};
/// Inclusive.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};
/// How many items a list of numbers has, and the range of each.
struct ListRange {
  std::size_t least = 0;
  std::size_t most = std::numeric_limits<std::size_t>::max();
  Range each = {};
};
/// One word that a key may take.
struct Choice {
  std::string_view name;
  std::string_view doc;
};
enum class Need { optional, required };

/// A knob's key, explanation and whether it must be given.
struct Knob {
  std::string_view key;
  std::string_view doc;
  Need need = Need::optional;
};

class Fields;
using Bind = std::function<void(Fields&)>;

/// A list of sections, or a map from a user's names to sections, seen without its element type.
struct Items {
  std::function<std::size_t()> size;
  std::function<void()> clear;
  /// Appends an item (with a name, for a map) and binds it; with `at`, binds the item that is there.
  std::function<void(const std::string& name, Fields&)> append;
  std::function<void(std::size_t at, Fields&)> at;
  std::function<std::string(std::size_t at)> name;
  /// Binds a fresh default item: for the writers that describe rather than print.
  Bind sample;
};

/// What a parameter struct talks to. The implementations (reader, canonical writer, reference, schema) live in config.
class Fields {
 public:
  virtual ~Fields() = default;

  void field(std::string_view key, bool& value, std::string_view doc) { on_bool({key, doc}, value); }
  void field(std::string_view key, std::int64_t& value, IntRange range, std::string_view doc) {
    on_int({key, doc}, value, range);
  }
  void field(std::string_view key, int& value, IntRange range, std::string_view doc) {
    std::int64_t wide = value;
    on_int({key, doc}, wide,
           {std::max<std::int64_t>(range.low, std::numeric_limits<int>::min()),
            std::min<std::int64_t>(range.high, std::numeric_limits<int>::max())});
    value = static_cast<int>(wide);
  }
  void field(std::string_view key, double& value, Range range, std::string_view doc) {
    on_double({key, doc}, value, range);
  }
  void field(std::string_view key, std::string& value, std::string_view doc, Need need = Need::optional) {
    on_text({key, doc, need}, value);
  }
  void field(std::string_view key, std::vector<double>& value, ListRange range, std::string_view doc) {
    on_numbers({key, doc}, value, range);
  }
  void field(std::string_view key, std::vector<std::string>& value, std::string_view doc, Need need = Need::optional) {
    on_texts({key, doc, need}, value);
  }
  /// A list of lists of words: [[fusion, rad], [fusion, clinical]].
  void field(std::string_view key, std::vector<std::vector<std::string>>& value, std::string_view doc) {
    on_text_lists({key, doc}, value);
  }
  /// A number that may be left out.
  void field(std::string_view key, std::optional<double>& value, Range range, std::string_view doc) {
    on_optional_double({key, doc}, value, range);
  }
  /// A map from the user's names to lists of words: {fusion: [rad, deep]}.
  void field(std::string_view key, std::vector<std::pair<std::string, std::vector<std::string>>>& value,
             std::string_view doc, Need need = Need::optional) {
    on_text_map({key, doc, need}, value);
  }

  template <class E, std::size_t N>
  void choice(std::string_view key, E& value, const Named<E> (&table)[N], std::string_view doc) {
    const std::vector<Choice> choices = choices_of(table);
    std::size_t at = index_of(table, value);
    on_choice({key, doc}, at, choices);
    value = table[at].value;
  }
  template <class E, std::size_t N>
  void choices(std::string_view key, std::vector<E>& value, const Named<E> (&table)[N], std::string_view doc) {
    const std::vector<Choice> words = choices_of(table);
    std::vector<std::size_t> at;
    for (const E& v : value) at.push_back(index_of(table, v));
    on_choices({key, doc}, at, words);
    value.clear();
    for (const std::size_t i : at) value.push_back(table[i].value);
  }

  template <class S>
  void section(std::string_view key, S& value, std::string_view doc, Need need = Need::optional) {
    on_section({key, doc, need}, [&value](Fields& f) { bind(f, value); });
  }
  /// A section that may be left out; absence has a meaning ("not this stage"), never a default.
  template <class S>
  void section(std::string_view key, std::optional<S>& value, std::string_view doc) {
    bool present = value.has_value();
    S filled = value.value_or(S{});
    on_optional_section({key, doc}, present, [&filled](Fields& f) { bind(f, filled); });
    if (present)
      value = std::move(filled);
    else
      value.reset();
  }
  /// A sequence of sections.
  template <class S>
  void list(std::string_view key, std::vector<S>& value, std::string_view doc, Need need = Need::optional) {
    on_list({key, doc, need}, items_of(value));
  }
  /// Sections under names of the user's choice, kept in the order of the file.
  template <class S>
  void map(std::string_view key, std::vector<std::pair<std::string, S>>& value, std::string_view doc,
           Need need = Need::optional) {
    on_map({key, doc, need}, named_items_of(value));
  }
  /// A tag (`step: lasso`) that chooses which alternative's keys stand beside it. `table[i]` names alternative i.
  template <class... S, std::size_t N>
  void alternatives(std::string_view tag, std::variant<S...>& value, const Choice (&table)[N], std::string_view doc) {
    static_assert(sizeof...(S) == N, "one name for each alternative");
    std::size_t at = value.index();
    on_alternatives({tag, doc, Need::required}, at, std::span<const Choice>(table), [&value](std::size_t i, Fields& f) {
      if (value.index() != i) value = make<0, S...>(i);
      std::visit([&f](auto& params) { bind(f, params); }, value);
    });
  }

  /// The same where several names share an alternative: `index` tells which name a value has, `fresh` makes the default
  /// of a name.
  template <class V>
  void alternatives(std::string_view tag, V& value, std::span<const Choice> table, std::size_t (*index)(const V&),
                    V (*fresh)(std::size_t), std::string_view doc) {
    std::size_t at = index(value);
    on_alternatives({tag, doc, Need::required}, at, table, [&](std::size_t i, Fields& f) {
      if (index(value) != i) value = fresh(i);
      std::visit([&f](auto& params) { bind(f, params); }, value);
    });
  }

  /// Reports a rule that no single key can state ("at least one of ring_mm and from"); only the reader listens.
  virtual void require(bool holds, std::string_view key, std::string_view message) = 0;

 protected:
  virtual void on_bool(const Knob&, bool&) = 0;
  virtual void on_int(const Knob&, std::int64_t&, IntRange) = 0;
  virtual void on_double(const Knob&, double&, Range) = 0;
  virtual void on_optional_double(const Knob&, std::optional<double>&, Range) = 0;
  virtual void on_text(const Knob&, std::string&) = 0;
  virtual void on_numbers(const Knob&, std::vector<double>&, ListRange) = 0;
  virtual void on_texts(const Knob&, std::vector<std::string>&) = 0;
  virtual void on_text_lists(const Knob&, std::vector<std::vector<std::string>>&) = 0;
  virtual void on_text_map(const Knob&, std::vector<std::pair<std::string, std::vector<std::string>>>&) = 0;
  virtual void on_choice(const Knob&, std::size_t& at, std::span<const Choice>) = 0;
  virtual void on_choices(const Knob&, std::vector<std::size_t>& at, std::span<const Choice>) = 0;
  virtual void on_section(const Knob&, const Bind&) = 0;
  virtual void on_optional_section(const Knob&, bool& present, const Bind&) = 0;
  virtual void on_list(const Knob&, const Items&) = 0;
  virtual void on_map(const Knob&, const Items&) = 0;
  virtual void on_alternatives(const Knob& tag, std::size_t& at, std::span<const Choice>,
                               const std::function<void(std::size_t, Fields&)>& bind_alternative) = 0;

 private:
  template <class E, std::size_t N>
  static std::vector<Choice> choices_of(const Named<E> (&table)[N]) {
    std::vector<Choice> choices;
    for (const auto& row : table) choices.push_back({row.name, row.doc});
    return choices;
  }
  template <class E, std::size_t N>
  static std::size_t index_of(const Named<E> (&table)[N], const E& value) {
    for (std::size_t i = 0; i < N; ++i)
      if (table[i].value == value) return i;
    throw Error(ExitCode::bug, "a value is missing from its table of names");
  }
  template <class S>
  static Items items_of(std::vector<S>& value) {
    return {.size = [&value] { return value.size(); },
            .clear = [&value] { value.clear(); },
            .append = [&value](const std::string&, Fields& f) { bind(f, value.emplace_back()); },
            .at = [&value](std::size_t i, Fields& f) { bind(f, value[i]); },
            .name = [](std::size_t) { return std::string(); },
            .sample =
                [](Fields& f) {
                  S fresh{};
                  bind(f, fresh);
                }};
  }
  template <class S>
  static Items named_items_of(std::vector<std::pair<std::string, S>>& value) {
    return {.size = [&value] { return value.size(); },
            .clear = [&value] { value.clear(); },
            .append = [&value](const std::string& name, Fields& f) { bind(f, value.emplace_back(name, S{}).second); },
            .at = [&value](std::size_t i, Fields& f) { bind(f, value[i].second); },
            .name = [&value](std::size_t i) { return value[i].first; },
            .sample =
                [](Fields& f) {
                  S fresh{};
                  bind(f, fresh);
                }};
  }
  template <std::size_t I, class... S>
  static std::variant<S...> make(std::size_t i) {
    if constexpr (I < sizeof...(S)) {
      if (i == I) return std::variant<S...>(std::in_place_index<I>);
      return make<I + 1, S...>(i);
    } else {
      throw Error(ExitCode::bug, "no such alternative");
    }
  }
};

}  // namespace radfuse
