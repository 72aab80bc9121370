// SPDX-License-Identifier: Apache-2.0
// Tables of deep features, of networks, and of what networks see.
#include "tables.hpp"

#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"
#include "radfuse/table/folds.hpp"
#include "similarity.hpp"

namespace radfuse::deep {
namespace {

const std::vector<std::string> kVectorKeys = {"encoder", "network", "fitted", "case_id", "reader", "score"};

// The first rows of all records.
struct Features {
  std::vector<RowKey> keys;
  std::vector<std::vector<double>> values;
};

Features features_of(const StageRun& run) {
  Features features;
  for (const StoredRecord& record : run.records()) {
    features.keys.push_back(record.content.rows.front().first);
    features.values.push_back(record.content.rows.front().second);
  }
  return features;
}

void write_features(StageRun& run, const Features& features, const std::vector<std::string>& columns,
                    std::vector<Note> notes) {
  Eigen::MatrixXd values(std::ssize(features.values), std::ssize(columns));
  for (std::size_t r = 0; r < features.values.size(); ++r) {
    if (features.values[r].size() != columns.size())
      throw Error(ExitCode::bug, "case " + features.keys[r].case_id + ": a row has the wrong length");
    values.row(static_cast<Eigen::Index>(r)) =
        Eigen::Map<const Eigen::RowVectorXd>(features.values[r].data(), std::ssize(columns));
  }
  run.write("features.deep.csv", to_csv(FeatureTable(columns, features.keys, std::move(values))));
  for (const StoredRecord& record : run.records())
    notes.insert(notes.end(), record.content.notes.begin(), record.content.notes.end());
  run.write("features.deep.notes.csv", notes_to_csv(std::move(notes)));
}

void write_vectors(StageRun& run, const Set& set) {
  std::map<std::string, const SetNetwork*> networks;
  for (const SetNetwork& network : set.networks) networks[network.name] = &network;
  std::string csv;
  for (const StoredRecord& record : run.records())
    for (auto row = record.content.rows.begin() + 1; row != record.content.rows.end(); ++row) {
      const auto found = networks.find(row->first.roi);
      if (found == networks.end()) continue;  // of another set
      if (csv.empty()) {
        std::vector<std::string> header = kVectorKeys;
        for (std::size_t i = 1; i < row->second.size(); ++i) header.push_back("v" + std::to_string(i - 1));
        csv = csv_line(header);
      }
      std::vector<std::string> cells = {found->second->encoder(), found->second->name,
                                        found->second->knows(record.content.facts.front().second) ? "yes" : "no",
                                        row->first.case_id, row->first.reader};
      for (const double value : row->second) cells.push_back(text::from_double(value));
      csv += csv_line(cells);
    }
  run.write(vectors_table(*set.params), csv.empty() ? csv_line(kVectorKeys) : csv);
}

// Values of some columns of every row.
std::vector<std::vector<double>> part_of(const Features& features, std::size_t first, std::size_t count) {
  std::vector<std::vector<double>> part;
  for (const auto& row : features.values)
    part.emplace_back(row.begin() + static_cast<std::ptrdiff_t>(first),
                      row.begin() + static_cast<std::ptrdiff_t>(first + count));
  return part;
}

// How alike the vectors of several readers are; scores are one number, whose agreement the reliability step measures.
std::vector<Similarity> similarities_of(const Cohort& cohort, const Set& set, const Features& features,
                                        const std::vector<std::vector<double>>& part) {
  if (is_supervised(set.params->network)) return {};
  std::vector<ReaderVector> vectors;
  std::vector<std::vector<double>> training;
  for (std::size_t r = 0; r < part.size(); ++r) {
    const RowKey& key = features.keys[r];
    const bool reference = key.reader == cohort.reference_reader;
    vectors.push_back({key.case_id, reference ? "" : key.reader, part[r]});
    const CaseRow* row = cohort.find(key.case_id);
    if (reference && row != nullptr && row->split == Split::train) training.push_back(part[r]);
  }
  return similarities(set.columns(), vectors, column_means(training));
}

}  // namespace

void add_encoded(const Set& set, const SetTable& table, const std::vector<const CaseRow*>& rows,
                 std::vector<Encoded>& to) {
  const EncodedKind kind = is_supervised(set.params->network) ? EncodedKind::score : EncodedKind::vector;
  for (const CaseRow* row : rows) {
    const SetNetwork& network = set.networks[table.network_for(*row)];
    to.push_back({table.file, set.params->name, set.columns(), kind, network.encoder(), row->case_id, row->reader,
                  network.knows(patient_of(*row))});
  }
}

std::vector<FittedEncoder> fitted_encoders(const std::vector<Set>& sets) {
  std::vector<FittedEncoder> all;
  for (const Set& set : sets)
    for (const SetNetwork& network : set.networks) {
      FittedEncoder fitted{network.encoder(),
                           set.params->name,
                           network.name.empty() ? "" : "model/" + network.name + ".safetensors",
                           is_supervised(set.params->network),
                           {}};
      for (const CaseRow* row : network.rows) fitted.cases.push_back(row->case_id);
      all.push_back(std::move(fitted));
    }
  return all;
}

void write_tables(StageRun& run, const Cohort& cohort, const std::vector<Set>& sets,
                  const std::vector<std::vector<std::string>>& columns) {
  const Features features = features_of(run);
  std::vector<std::string> all;
  std::vector<Similarity> alike;
  std::vector<Note> notes;  // of whole sets: no case stands in them
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const auto part = part_of(features, all.size(), columns[s].size());
    const std::string varying =
        varying_note(sets[s].columns(), varying_columns(part, 0, columns[s].size()), columns[s].size());
    run.progress.info(varying);
    notes.push_back({{}, sets[s].columns(), varying});
    std::ranges::move(similarities_of(cohort, sets[s], features, part), std::back_inserter(alike));
    all.insert(all.end(), columns[s].begin(), columns[s].end());
    if (is_supervised(sets[s].params->network)) write_vectors(run, sets[s]);
  }
  write_features(run, features, all, std::move(notes));
  run.write("similarity.csv", similarity_csv(alike));
}

}  // namespace radfuse::deep
