// SPDX-License-Identifier: Apache-2.0
// The stage attribution: a model's log-odds, followed back through its learner and its chain to the deep features, and
// from there through the network to the image.
#include <algorithm>
#include <map>

#include "direction.hpp"
#include "pictures.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/deep/deep.hpp"
#include "radfuse/select/model_chains.hpp"

namespace radfuse::deep {
namespace {

// The model, what stands before it, and the cases as both know them.
struct Fused {
  TrainedModel model;
  FittedChain chain;
  Dataset data;
};

FittedChain chain_of(const StageRun& run, const std::string& model) {
  const std::filesystem::path file = run.input("5_select/chain.json");
  for (ModelChain& entry : with_context(file.string(), [&] { return model_chains_from_json(read_file(file)); }))
    if (entry.model == model) return std::move(entry.chain);
  throw InputError(file.string() + " has no chain for model " + model + "; run radfuse-select again");
}

Fused read_fused(const StageRun& run, const Cohort& cohort) {
  const std::string& name = run.study.attribution->model;
  const std::filesystem::path file = run.input("6_train/" + attributed_model(run.study));
  const Encoders encoders =
      read_encoders(read_csv(run.input("4_deep/encoders.csv")), read_csv(run.input("4_deep/networks.csv")));
  Fused fused{with_context(file.string(), [&] { return trained_model_from_json(read_file(file)); }),
              chain_of(run, name),
              make_dataset(cohort, run.feature_tables(), of_table(encoders, "features.deep.csv"), nullptr)};
  model_matrix(fused.model, fused.chain, fused.data);  // refuses a chain that is not the model's
  return fused;
}

// Reference rows that the model did not learn from, with their place in the data.
std::map<const CaseRow*, Eigen::Index> new_cases(const Cohort& cohort, const Fused& fused) {
  std::map<std::string_view, Eigen::Index> place;
  for (Eigen::Index r = 0; r < fused.data.table.row_count(); ++r)
    place[fused.data.table.rows()[static_cast<std::size_t>(r)].case_id] = r;
  std::map<const CaseRow*, Eigen::Index> found;
  for (const CaseRow* row : cohort.reference_rows())
    if (const auto at = place.find(row->case_id);
        at != place.end() && !std::ranges::binary_search(fused.model.fitted_on, row->case_id))
      found[row] = at->second;
  return found;
}

bool counts_set(const FittedChain& chain, const Set& set) {
  return std::ranges::any_of(chain.input_columns(),
                             [&](const std::string& column) { return column.starts_with(set.columns() + "."); });
}

}  // namespace

void attribute_cohort(StageRun& run) {
  const AttributionParams& params = *run.study.attribution;
  const Cohort cohort = run.cohort();
  const Fused fused = read_fused(run, cohort);
  const auto place = new_cases(cohort, fused);
  std::vector<const CaseRow*> rows;
  for (const CaseRow* row : cohort.reference_rows())
    if (place.contains(row)) rows.push_back(row);
  const auto cases = with_context("attribution", [&] { return chosen_cases(params.list, params.cases, rows); });
  std::error_code ignored;
  std::filesystem::remove_all(run.folder() / "pictures", ignored);  // of cases that are no longer asked for
  std::vector<Share> shares;
  for (const Set& set : plan_sets(run, cohort)) {
    const std::string& name = set.params->name;
    if (!counts_set(fused.chain, set)) {
      run.progress.info(params.model + " counts no feature of deep set " + name + ": nothing to draw");
      continue;
    }
    const LoadedNetwork network = load_network(run, set, set.networks[set.tables.front().whole]);
    if (!network.heat_along) {
      run.progress.info("the features of deep set " + name + " have no Grad-CAM: its network has no maps to follow");
      continue;
    }
    const std::vector<std::string> columns = column_names(set, network);
    std::size_t done = 0;
    for (const CaseRow* row : cases) {
      throw_if_stopped();
      run.progress.at("looking through deep set " + name, done++, cases.size());
      with_context("case " + row->case_id, [&] {
        const auto direction = direction_of(fused.model, fused.chain, fused.data, place.at(row), columns);
        const CropSource source = source_of(run, *row, *set.params, set.image);
        const Crops crops = crops_of(source, *set.params);
        write_heat(run, "pictures/" + name + "/" + row->case_id, {row->case_id, name}, source, crops,
                   network.heat_along(crops, direction), shares);
      });
    }
  }
  run.write("seen.csv", seen_csv(shares));
}

}  // namespace radfuse::deep
