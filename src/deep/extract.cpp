// SPDX-License-Identifier: Apache-2.0
// The stage: networks are fitted on training cases, then every case and reader goes through them. A case that a network
// learned the outcome from is answered for by a network that never saw its patient.
#include <algorithm>
#include <map>

#include "crops.hpp"
#include "encoding.hpp"
#include "fitting.hpp"
#include "pictures.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/deep/deep.hpp"
#include "radfuse/table/folds.hpp"
#include "refits.hpp"
#include "tables.hpp"

namespace radfuse::deep {
namespace {

Loaded load_own(const StageRun& run, const Set& set) {
  Loaded loaded;
  const SetTable& own = set.tables.front();
  loaded.emplace(own.whole, load_network(run, set, set.networks[own.whole]));
  for (const auto& [patient, network] : own.left_out)
    if (!loaded.contains(network)) loaded.emplace(network, load_network(run, set, set.networks[network]));
  return loaded;
}

// What a row depends on beside the settings of the stage.
std::vector<std::string> dependencies(const StageRun& run, const CaseRow& row, const std::vector<Set>& sets) {
  std::vector<std::string> all = {patient_of(row)};
  for (const Set& set : sets) {
    const SetTable& own = set.tables.front();
    all.push_back(set.networks[own.whole].sha256);
    all.push_back(set.networks[own.network_for(row)].sha256);
    for (const std::string& hash : hashes_of(run, row, *set.params, set.image)) all.push_back(hash);
  }
  return all;
}

CaseRecord encode_case(const StageRun& run, const CaseRow& row, const std::vector<Set>& sets,
                       const std::vector<Loaded>& loaded) {
  CaseRecord record;
  record.facts = {{"patient", patient_of(row)}};
  std::vector<double> values;
  std::vector<std::pair<RowKey, std::vector<double>>> answers;
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const Set& set = sets[s];
    const SetTable& own = set.tables.front();
    const Crops crops = crops_of(run, row, *set.params, set.image);
    const std::size_t place = own.network_for(row);
    const Encoding encoding = loaded[s].at(place).encode(crops);
    values.insert(values.end(), encoding.values.begin(), encoding.values.end());
    if (encoding.answer.empty()) continue;
    answers.emplace_back(RowKey{row.case_id, set.networks[place].name, row.reader}, encoding.answer);
    if (place != own.whole)
      answers.emplace_back(RowKey{row.case_id, set.networks[own.whole].name, row.reader},
                           loaded[s].at(own.whole).encode(crops).answer);
  }
  record.rows.emplace_back(RowKey{row.case_id, "", row.reader}, std::move(values));
  std::ranges::move(answers, std::back_inserter(record.rows));
  return record;
}

}  // namespace

void extract_cohort(StageRun& run) {
  const Cohort cohort = run.cohort();
  std::vector<Set> sets = plan_sets(run, cohort);
  std::vector<Loaded> loaded;
  std::vector<std::vector<std::string>> columns;
  for (Set& set : sets) {
    with_context("deep set " + set.params->name, [&] {
      fit_networks(run, set, !run.whole());
      loaded.push_back(load_own(run, set));
    });
    columns.push_back(column_names(set, loaded.back().at(set.tables.front().whole)));
  }

  std::vector<CaseUnit> units;
  std::map<std::string, const CaseRow*> rows;
  for (const CaseRow& row : cohort.rows) {
    units.push_back({row.unit(), dependencies(run, row, sets)});
    rows[row.unit()] = &row;
  }
  run.for_each_case(units, [&](const CaseUnit& unit) { return encode_case(run, *rows.at(unit.id), sets, loaded); });
  if (!run.whole()) return;

  std::vector<const CaseRow*> encoded, reference;
  for (const StoredRecord& record : run.records()) {
    encoded.push_back(rows.at(record.unit));
    if (cohort.find(encoded.back()->case_id) == encoded.back()) reference.push_back(encoded.back());
  }
  draw_pictures(run, sets, loaded, reference);
  loaded.clear();  // refits load their own
  write_tables(run, cohort, sets, columns);
  write_fold_tables(run, sets, columns, encoded);
  std::vector<Encoded> encoders;
  for (const Set& set : sets)
    for (const SetTable& table : set.tables) add_encoded(set, table, encoded, encoders);
  run.write("encoders.csv", encoders_to_csv(encoders));
  run.write("networks.csv", networks_to_csv(fitted_encoders(sets)));
}

}  // namespace radfuse::deep
