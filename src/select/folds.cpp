// SPDX-License-Identifier: Apache-2.0
// Folds of training rows, and folds with deep features of their own.
#include <algorithm>
#include <map>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/select/dataset.hpp"

namespace radfuse {
namespace {

std::vector<FoldMember> members_of(const TrainingRows& rows) {
  std::vector<FoldMember> members;
  for (const Eigen::Index row : rows.rows()) {
    const auto r = static_cast<std::size_t>(row);
    members.push_back({rows.data().patient[r], rows.data().outcome[r]});
  }
  return members;
}

// Cases that models could learn from, had a stage before not failed on them.
std::vector<FoldMember> without_features(const Dataset& data) {
  std::set<std::string> present;
  for (const RowKey& key : data.table.rows()) present.insert(key.case_id);
  std::vector<FoldMember> members;
  for (const KnownCase& known : data.known)
    if (known.may_teach() && !present.contains(known.case_id)) members.push_back({known.patient, known.outcome});
  return members;
}

void require_whole(const Fold& fold, int repeat, std::size_t number) {
  const std::vector<FoldMember> fit = members_of(fold.fit);
  const auto positive = std::ranges::count(fit, 1, &FoldMember::outcome);
  if (!fold.held_out.empty() && positive > 0 && positive < std::ssize(fit)) return;
  throw InputError("fold " + std::to_string(number) + " of repeat " + std::to_string(repeat) + " " +
                   (fold.held_out.empty() ? "holds out no case" : "leaves one class to fit on") +
                   ", because too many cases have no features: mend them, or ask for fewer folds");
}

// A row's place in the fold's own table: that of its reader, or of no reader.
Eigen::Index row_in(const FeatureTable& table, const std::string& case_id, const std::string& reader) {
  const Eigen::Index own = table.row_index({case_id, "", reader});
  return own >= 0 ? own : table.row_index({case_id, "", ""});
}

// `table` with the columns of `own` in place of those of the same name.
FeatureTable replaced(const FeatureTable& table, const std::vector<std::string>& readers, const FoldFeatures& own) {
  std::vector<Eigen::Index> to;
  for (const std::string& column : own.table.columns()) {
    to.push_back(table.column_index(column));
    if (to.back() < 0) throw InputError("column " + column + " is not in features.deep.csv; run radfuse-deep again");
  }
  Eigen::MatrixXd values = table.values();
  for (std::size_t r = 0; r < table.rows().size(); ++r) {
    const Eigen::Index from = row_in(own.table, table.rows()[r].case_id, readers[r]);
    if (from < 0) throw InputError("case " + table.rows()[r].case_id + " is absent; run radfuse-deep again");
    for (std::size_t c = 0; c < to.size(); ++c)
      values(static_cast<Eigen::Index>(r), to[c]) = own.table.values()(from, static_cast<Eigen::Index>(c));
  }
  return FeatureTable(table.columns(), table.rows(), std::move(values));
}

}  // namespace

std::vector<Fold> folds_from(const TrainingRows& rows, int count, const std::vector<int>& fold_of) {
  std::vector<Fold> folds;
  for (int f = 0; f < count; ++f) {
    std::vector<Eigen::Index> fit, held_out;
    for (std::size_t i = 0; i < rows.rows().size(); ++i) (fold_of[i] == f ? held_out : fit).push_back(rows.rows()[i]);
    folds.push_back({TrainingRows(rows.data(), std::move(fit)), std::move(held_out)});
  }
  return folds;
}

std::vector<Fold> make_folds(const TrainingRows& rows, int count, Rng& rng) {
  return folds_from(rows, count, draw_folds(members_of(rows), count, rng));
}

std::vector<Fold> outer_folds(const TrainingRows& rows, int count, std::uint64_t seed, int repeat) {
  std::vector<FoldMember> members = members_of(rows);
  const std::vector<FoldMember> absent = without_features(rows.data());
  members.insert(members.end(), absent.begin(), absent.end());
  std::vector<Fold> folds = folds_from(rows, count, draw_outer_folds(members, count, seed, repeat));
  for (std::size_t f = 0; f < folds.size(); ++f) require_whole(folds[f], repeat, f + 1);
  return folds;
}

RefittedFold in_fold(const Fold& fold, const FoldFeatures& features) {
  return with_context(features.file, [&] {
    const Dataset& data = fold.fit.data();
    std::vector<std::string> held_out;
    for (const Eigen::Index row : fold.held_out)
      held_out.push_back(data.table.rows()[static_cast<std::size_t>(row)].case_id);
    check_encoders(features.table, features.encoders, {.known = data.known, .held_out = held_out}, features.file);
    auto copy = std::make_shared<Dataset>(data);
    std::vector<std::string> readers;
    for (const RowKey& key : data.readings.rows()) readers.push_back(key.reader);
    copy->table = replaced(data.table, data.reader, features);
    copy->readings = replaced(data.readings, readers, features);
    Fold own{TrainingRows(*copy, fold.fit.rows()), fold.held_out};
    return RefittedFold{std::move(copy), std::move(own)};
  });
}

}  // namespace radfuse
