// SPDX-License-Identifier: Apache-2.0
// The chains of all models.
#include "radfuse/select/model_chains.hpp"

#include <nlohmann/json.hpp>

#include "radfuse/base/error.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {

using Json = nlohmann::ordered_json;

std::string to_json(const std::vector<ModelChain>& chains) {
  Json all = Json::array();
  for (const ModelChain& entry : chains)
    all.push_back({{"model", entry.model}, {"blocks", entry.blocks}, {"chain", Json::parse(to_json(entry.chain))}});
  return Json{{"chains", all}}.dump(1) + "\n";
}

std::vector<ModelChain> model_chains_from_json(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    std::vector<ModelChain> chains;
    for (const Json& entry : json.at("chains"))
      chains.push_back({entry.at("model").get<std::string>(), entry.at("blocks").get<std::vector<std::string>>(),
                        chain_from_json(entry.at("chain").dump())});
    return chains;
  } catch (const Json::exception& problem) {
    throw InputError(std::string("not the chains of a study: ") + problem.what() + "; run radfuse-select again");
  }
}

std::string selection_to_csv(const std::vector<ModelChain>& chains) {
  std::string text = csv_line({"model", "feature", "kept", "step", "reason"});
  for (const ModelChain& entry : chains)
    for (const SelectionRow& row : entry.chain.selection())
      text += csv_line({entry.model, row.feature, row.kept ? "1" : "0", row.step, row.reason});
  return text;
}

FeatureTable selected_features(const std::vector<ModelChain>& chains, const Dataset& data,
                               std::vector<std::string>* remarks) {
  std::vector<std::string> columns;
  Eigen::MatrixXd values(data.table.row_count(), 0);
  for (const ModelChain& entry : chains) {
    std::vector<std::string> said;
    const FeatureTable part = apply(entry.chain, data.table, data.site, &said);
    for (const std::string& column : part.columns()) columns.push_back(entry.model + "." + column);
    values.conservativeResize(Eigen::NoChange, values.cols() + part.column_count());
    values.rightCols(part.column_count()) = part.values();
    if (remarks)
      for (const std::string& remark : said) remarks->push_back("model " + entry.model + ": " + remark);
  }
  return FeatureTable(std::move(columns), data.table.rows(), std::move(values));
}

}  // namespace radfuse
