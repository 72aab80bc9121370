// SPDX-License-Identifier: Apache-2.0
// Tables of outer folds.
#include "refits.hpp"

#include <algorithm>
#include <map>

#include "encoding.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/table/feature_table.hpp"

namespace radfuse::deep {
namespace {

// A set's part in one table.
struct Part {
  const Set* set = nullptr;
  const SetTable* table = nullptr;
  const std::vector<std::string>* columns = nullptr;
};

std::map<std::string, std::vector<Part>> tables_of(const std::vector<Set>& sets,
                                                   const std::vector<std::vector<std::string>>& columns) {
  std::map<std::string, std::vector<Part>> tables;
  for (std::size_t s = 0; s < sets.size(); ++s)
    for (std::size_t t = 1; t < sets[s].tables.size(); ++t)
      tables[sets[s].tables[t].file].push_back({&sets[s], &sets[s].tables[t], &columns[s]});
  return tables;
}

std::string key_of(const StageRun& run, const std::vector<Part>& parts, const std::vector<const CaseRow*>& rows) {
  std::string all;
  for (const Part& part : parts) {
    all += network_settings(run.study, *part.set->params);
    for (const CaseRow* row : rows) {
      all += "\n" + row->unit() + " " + part.set->networks[part.table->network_for(*row)].sha256;
      for (const std::string& hash : hashes_of(run, *row, *part.set->params, part.set->image)) all += " " + hash;
    }
  }
  return sha256(all);
}

// Fills the columns of one set from `first` on.
void encode(const StageRun& run, const Part& part, const std::vector<const CaseRow*>& rows, Eigen::Index first,
            Eigen::MatrixXd& values) {
  std::map<std::size_t, LoadedNetwork> loaded;
  for (const CaseRow* row : rows)
    if (const std::size_t network = part.table->network_for(*row); !loaded.contains(network))
      loaded.emplace(network, load_network(run, *part.set, part.set->networks[network]));
  parallel_for(rows.size(), run.options.threads, [&](std::size_t i) {
    throw_if_stopped();
    const CaseRow& row = *rows[i];
    const auto encoding = with_context("case " + row.case_id, [&] {
      return loaded.at(part.table->network_for(row)).encode(crops_of(run, row, *part.set->params, part.set->image));
    });
    for (std::size_t c = 0; c < encoding.values.size(); ++c)
      values(static_cast<Eigen::Index>(i), first + static_cast<Eigen::Index>(c)) = encoding.values[c];
  });
}

}  // namespace

void write_fold_tables(StageRun& run, const std::vector<Set>& sets,
                       const std::vector<std::vector<std::string>>& columns, const std::vector<const CaseRow*>& rows) {
  const auto tables = tables_of(sets, columns);
  std::size_t done = 0;
  for (const auto& [file, parts] : tables) {
    run.progress.at("features of outer folds", done++, tables.size());
    run.ensure_files({file}, key_of(run, parts, rows), [&](const std::filesystem::path& temporary) {
      std::vector<std::string> names;
      for (const Part& part : parts) names.insert(names.end(), part.columns->begin(), part.columns->end());
      Eigen::MatrixXd values(std::ssize(rows), std::ssize(names));
      Eigen::Index first = 0;
      for (const Part& part : parts) {
        encode(run, part, rows, first, values);
        first += std::ssize(*part.columns);
      }
      std::vector<RowKey> keys;
      for (const CaseRow* row : rows) keys.push_back({row->case_id, "", row->reader});
      write_file(temporary, to_csv(FeatureTable(names, std::move(keys), std::move(values))));
    });
  }
}

}  // namespace radfuse::deep
