// SPDX-License-Identifier: Apache-2.0
// Maps of the cases: features, their principal components, t-SNE.
#include "radfuse/select/maps.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "radfuse/base/parallel.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "radfuse/stats/pca.hpp"
#include "radfuse/table/csv.hpp"
#include "state.hpp"

namespace radfuse {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr Eigen::Index kFewCases = 500;  // so few are mapped from several starts, which costs them a second
constexpr int kStarts = 4;

bool harmonises(const StepParams& step) {
  return step.name() == "combat" || step.name() == "site_scale";
}

bool can_be_mapped(Eigen::Index cases) {
  return cases >= 4 && cases <= kMostMappedCases;
}

std::string why_not(const MapFeatures& by) {
  const Eigen::Index cases = by.components.rows();
  if (cases < 4) return std::to_string(cases) + " cases: too few for a map";
  if (cases > kMostMappedCases)
    return std::to_string(cases) + " cases: maps are drawn of up to " + std::to_string(kMostMappedCases);
  if (by.features < 2) return "features that vary: " + std::to_string(by.features) + "; a map needs two or more";
  return "";
}

CaseMap draw_map(MapFeatures by) {
  CaseMap drawn{.by = std::move(by), .map = {}, .trustworthiness = kNaN, .reason = {}};
  drawn.reason = why_not(drawn.by);
  if (!drawn.reason.empty()) {
    drawn.map.perplexity = drawn.map.divergence = kNaN;
    return drawn;
  }
  const Eigen::MatrixXd& components = drawn.by.components;
  drawn.map = stats::fit_tsne(components, {.starts = components.rows() <= kFewCases ? kStarts : 1});
  drawn.trustworthiness = stats::trustworthiness(
      components, drawn.map.at, static_cast<int>(std::min<Eigen::Index>(5, (components.rows() - 1) / 2)));
  return drawn;
}

Eigen::MatrixXd columns_called(const FeatureTable& table, const std::vector<SelectionRow>& features) {
  std::vector<Eigen::Index> at;
  for (const SelectionRow& row : features) at.push_back(table.column_index(row.feature));
  return table.values()(Eigen::all, at);
}

std::string cell(double value) {
  return std::isnan(value) ? "" : text::from_double(value);
}

std::string name_of_map(const CaseMap& map) {
  return std::string(name_of(kMapsOf, map.by.of));
}

}  // namespace

MapFeatures map_features(const std::string& model, MapOf of, const Eigen::Ref<const Eigen::MatrixXd>& values) {
  MapFeatures by{.model = model, .of = of, .features = 0, .components = Eigen::MatrixXd(values.rows(), 0)};
  if (!can_be_mapped(values.rows())) return by;
  Eigen::MatrixXd z(values.rows(), values.cols());
  Eigen::Index kept = 0;
  for (Eigen::Index j = 0; j < values.cols(); ++j) {
    const Eigen::VectorXd there = stats::present(values.col(j));
    if (there.size() == 0 || stats::is_constant(there)) continue;
    const double median = stats::median(there);
    z.col(kept) = values.col(j).array().isNaN().select(median, values.col(j));
    z.col(kept).array() -= z.col(kept).mean();
    z.col(kept) /= z.col(kept).norm();
    ++kept;
  }
  by.features = static_cast<std::size_t>(kept);
  if (kept == 0) return by;
  stats::PcaScores pca = stats::leading_scores(z.leftCols(kept), kMapComponents);
  by.components = std::move(pca.scores);
  by.share = pca.share;
  return by;
}

std::vector<CaseMap> draw_maps(std::vector<MapFeatures> features, int threads) {
  std::vector<CaseMap> maps(features.size());
  parallel_for(features.size(), threads, [&](std::size_t i) { maps[i] = draw_map(std::move(features[i])); });
  return maps;
}

std::vector<CaseMap> case_maps(std::span<const ModelSteps> models, const TrainingRows& training, std::uint64_t seed,
                               const ChainAids& aids) {
  const Dataset& data = training.data();
  const Eigen::Index cases = data.table.row_count();
  std::vector<MapFeatures> features;
  for (const auto& [fitted, steps] : models) {
    const auto add = [&](MapOf of, const std::function<Eigen::MatrixXd()>& values) {
      features.push_back(map_features(fitted.model, of, can_be_mapped(cases) ? values() : Eigen::MatrixXd(cases, 0)));
    };
    add(MapOf::entering, [&] { return columns_called(data.table, fitted.chain.selection()); });
    const auto last = std::find_if(steps.rbegin(), steps.rend(), harmonises);
    if (last != steps.rend() && can_be_mapped(cases)) {
      const FittedChain part = fit_chain(std::vector<StepParams>(steps.begin(), last.base()), training, fitted.blocks,
                                         seed, {.threads = aids.threads, .trees = aids.trees});
      // The step may have found nothing to harmonise: no column of its blocks, or a single site.
      if (std::ranges::any_of(part.state().steps,
                              [](const FittedStep& step) { return batch_of_step(step) != nullptr; }))
        add(MapOf::harmonised, [&] { return apply(part, data.table, data.site).values(); });
    }
    if (!steps.empty()) add(MapOf::leaving, [&] { return apply(fitted.chain, data.table, data.site).values(); });
  }
  return draw_maps(std::move(features), aids.threads);
}

std::string maps_to_csv(std::span<const CaseMap> maps, const FeatureTable& table) {
  std::string all = csv_line({"model", "map", "case_id", "x", "y"});
  for (const CaseMap& map : maps)
    for (Eigen::Index i = 0; i < map.map.at.rows(); ++i)
      all += csv_line({map.by.model, name_of_map(map), table.rows()[static_cast<std::size_t>(i)].case_id,
                       cell(map.map.at(i, 0)), cell(map.map.at(i, 1))});
  return all;
}

std::string map_summary_to_csv(std::span<const CaseMap> maps) {
  std::string all = csv_line({"model", "map", "cases", "features", "components", "variance_share", "perplexity",
                              "divergence", "trustworthiness", "reason"});
  for (const CaseMap& map : maps)
    all += csv_line({map.by.model, name_of_map(map), std::to_string(map.by.components.rows()),
                     std::to_string(map.by.features), std::to_string(map.by.components.cols()), cell(map.by.share),
                     cell(map.map.perplexity), cell(map.map.divergence), cell(map.trustworthiness), map.reason});
  return all;
}

}  // namespace radfuse
