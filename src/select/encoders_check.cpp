// SPDX-License-Identifier: Apache-2.0
// No features of a network for the cases that it must not have seen.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/select/encoders.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

constexpr const char* kAgain = "; run radfuse-deep again, and leave its tables as it writes them";

std::string cases_text(const std::set<std::string>& cases) {
  return (cases.size() == 1 ? "case " : "cases ") + some_of({cases.begin(), cases.end()});
}

// One set of a table.
struct Set {
  std::string name, columns;
  EncodedKind kind = EncodedKind::vector;
  std::map<std::pair<std::string, std::string>, const Encoded*> rows;  // by case and reader
};

class Check {
 public:
  Check(const FeatureTable& table, const Encoders& encoders, const EncoderRules& rules)
      : table_(table), encoders_(encoders), rules_(rules) {
    for (const KnownCase& known : rules.known) known_[known.case_id] = &known;
  }

  void run() {
    collect_sets();
    find_sets_of_columns();
    for (const auto& [name, set] : sets_)
      if (used_.contains(name)) with_context("deep set " + name, [&] { check_set(set); });
  }

 private:
  void collect_sets() {
    for (const Encoded& row : encoders_.rows) {
      Set& set = sets_[row.set];
      if (set.rows.empty()) {
        set.name = row.set;
        set.columns = row.columns;
        set.kind = row.kind;
      }
      if (set.columns != row.columns || set.kind != row.kind)
        throw InputError("deep set " + row.set + ": its rows do not agree on columns and kind" + kAgain);
      if (!set.rows.emplace(std::pair(row.case_id, row.reader), &row).second)
        throw InputError("deep set " + row.set + ": case " + row.case_id + " stands twice" + kAgain);
    }
  }

  void find_sets_of_columns() {
    std::map<std::string, int> width;
    for (const std::string& column : table_.columns()) {
      if (!column.starts_with("deep.")) continue;
      const auto set = std::ranges::find_if(sets_, [&](const auto& s) {
        return column.starts_with(s.second.columns + ".") && !shadowed(s.second, column);
      });
      if (set == sets_.end()) throw InputError("column " + column + ": nothing says which network made it" + kAgain);
      used_.insert(set->first);
      if (++width[set->first] > 1 && set->second.kind == EncodedKind::score)
        throw InputError("deep set " + set->first + ": is said to be a score, and has several columns" + kAgain);
    }
  }

  // A set called t1 of image us owns deep.t1.us.*, unless a set called t1.us of an image does.
  bool shadowed(const Set& set, const std::string& column) const {
    return std::ranges::any_of(sets_, [&](const auto& other) {
      return other.second.columns.size() > set.columns.size() && column.starts_with(other.second.columns + ".");
    });
  }

  void check_set(const Set& set) {
    std::set<std::string> silent, taught;
    std::map<std::string, std::set<std::string>> cases_of;
    for (const RowKey& key : table_.rows()) {
      const auto found = set.rows.find({key.case_id, key.reader});
      if (found == set.rows.end()) {
        silent.insert(key.case_id);
        continue;
      }
      cases_of[found->second->encoder].insert(key.case_id);
      if (!may_encode(set, *found->second)) taught.insert(key.case_id);
    }
    if (!silent.empty())
      throw InputError("nothing says which network made the features of " + cases_text(silent) + kAgain);
    if (set.kind == EncodedKind::vector && cases_of.size() > 1) refuse_mixture(cases_of);
    if (!taught.empty())
      throw InputError("the features of " + cases_text(taught) +
                       " come from a network that was fitted on these cases or on others of the same patients, and "
                       "would look better than those of new patients" +
                       kAgain);
    for (const auto& [encoder, cases] : cases_of) check_network(set, encoder);
  }

  [[noreturn]] static void refuse_mixture(const std::map<std::string, std::set<std::string>>& cases_of) {
    const auto most = std::ranges::max_element(cases_of, {}, [](const auto& e) { return e.second.size(); });
    std::set<std::string> others;
    for (const auto& [encoder, cases] : cases_of)
      if (encoder != most->first) others.insert(cases.begin(), cases.end());
    throw InputError("the vectors come from " + std::to_string(cases_of.size()) +
                     " networks, and vectors of different networks cannot stand in one column: those of " +
                     cases_text(others) + " are not by " + most->first + ", as the others are" + kAgain);
  }

  const std::set<std::string>& patients_of(const Set& set, const std::string& encoder) {
    const auto [found, is_new] = patients_.try_emplace({set.name, encoder});
    if (!is_new) return found->second;
    bool is_known = false;
    for (const FittedEncoder& network : encoders_.networks) {
      if (network.set != set.name || network.encoder != encoder) continue;
      is_known = true;
      if (network.supervised) supervised_.insert({set.name, encoder});
      for (const std::string& id : network.cases) found->second.insert(patient(id));
    }
    if (!is_known) throw InputError("network " + encoder + " is not in networks.csv" + kAgain);
    return found->second;
  }

  std::string patient(const std::string& case_id) const {
    const auto found = known_.find(case_id);
    if (found == known_.end()) throw InputError("case " + case_id + " is not in the cohort" + kAgain);
    return found->second->patient;
  }

  bool may_encode(const Set& set, const Encoded& row) {
    const std::string who = patient(row.case_id);
    const bool fitted = patients_of(set, row.encoder).contains(who);
    if (fitted != row.fitted)
      throw InputError("encoders.csv says that network " + row.encoder + (row.fitted ? " was" : " was not") +
                       " fitted on the patient of case " + row.case_id + ", and networks.csv the contrary" + kAgain);
    if (!fitted) return true;
    if (std::ranges::find(rules_.held_out, row.case_id) != rules_.held_out.end()) return false;
    return !(known_.at(row.case_id)->may_teach() && supervised_.contains({set.name, row.encoder}));
  }

  void check_network(const Set& set, const std::string& encoder) {
    const std::set<std::string>& fitted = patients_of(set, encoder);
    std::set<std::string> outside;
    for (const KnownCase& known : rules_.known)
      if (known.split != Split::train && fitted.contains(known.patient)) outside.insert(known.case_id);
    if (!outside.empty())
      throw InputError("network " + encoder + " was fitted on patients of " + cases_text(outside) +
                       ", which are not of the training split" + kAgain);
  }

  const FeatureTable& table_;
  const Encoders& encoders_;
  const EncoderRules& rules_;
  std::map<std::string, const KnownCase*> known_;
  std::map<std::string, Set> sets_;
  std::set<std::string> used_;
  std::map<std::pair<std::string, std::string>, std::set<std::string>> patients_;
  std::set<std::pair<std::string, std::string>> supervised_;
};

}  // namespace

void check_encoders(const FeatureTable& table, const Encoders& encoders, const EncoderRules& rules,
                    std::string_view file) {
  if (std::ranges::none_of(table.columns(), [](const std::string& c) { return c.starts_with("deep."); })) return;
  with_context(file, [&] { Check(table, encoders, rules).run(); });
}

}  // namespace radfuse
