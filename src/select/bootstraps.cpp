// SPDX-License-Identifier: Apache-2.0
// Chains on bootstrap samples.
#include "radfuse/select/bootstraps.hpp"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <type_traits>

#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// What one plan selects on one sample.
struct Outcome {
  bool fitted = false, empty = false;
  std::vector<bool> kept;  // of the features that enter; none when empty
  std::string failure;
};

Outcome select_on(const ChainPlan& plan, const TrainingRows& sample, std::size_t features, std::uint64_t seed,
                  const ChainAids& aids) {
  Outcome outcome;
  try {
    const FittedChain chain = fit_chain(plan.steps, sample, plan.blocks, seed, {.trees = aids.trees});
    // Features that enter stand first; components and scores come behind them.
    for (std::size_t f = 0; f < features; ++f) outcome.kept.push_back(chain.selection()[f].kept);
    outcome.fitted = true;
  } catch (const NothingSelected&) {
    outcome.fitted = outcome.empty = true;
  } catch (const InputError& error) {
    outcome.failure = error.what();
  }
  return outcome;
}

std::vector<std::string> entering(const ChainPlan& plan, const Dataset& data) {
  std::vector<std::string> features;
  for (const std::string& column : data.table.columns())
    if (in_blocks(column, plan.blocks)) features.push_back(column);
  return features;
}

// Steps that choose among features. The others transform them, or drop what is constant or missing.
template <class Step>
constexpr bool kChooses =
    std::is_same_v<Step, ReliabilityParams> || std::is_same_v<Step, CorrelationParams> ||
    std::is_same_v<Step, CollinearityParams> || std::is_same_v<Step, ClusterParams> ||
    std::is_same_v<Step, EliminationParams> || std::is_same_v<Step, UnivariateParams> ||
    std::is_same_v<Step, MrmrParams> || std::is_same_v<Step, LassoParams> || std::is_same_v<Step, L21Params> ||
    std::is_same_v<Step, StabilityParams> || std::is_same_v<Step, ForwardParams>;

std::vector<bool> competing(const ChainPlan& plan, const std::vector<std::string>& features) {
  std::vector<bool> competes(features.size(), false);
  for (const StepParams& step : plan.steps)
    std::visit(
        [&](const auto& params) {
          if constexpr (kChooses<std::decay_t<decltype(params)>>)
            for (std::size_t f = 0; f < features.size(); ++f)
              competes[f] = competes[f] || in_blocks(features[f], params.on);
        },
        step.step);
  return competes;
}

SampledSelection gathered(const ChainPlan& plan, std::vector<std::string> features, std::span<const Outcome> outcomes) {
  SampledSelection result{.model = plan.model, .features = std::move(features), .drawn = outcomes.size()};
  result.competes = competing(plan, result.features);
  for (const Outcome& outcome : outcomes) {
    result.empty += outcome.empty ? 1U : 0U;
    if (!outcome.fitted && result.failed++ == 0) result.failure = outcome.failure;
  }
  result.selected = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(result.drawn - result.failed),
                                          static_cast<Eigen::Index>(result.features.size()));
  Eigen::Index row = 0;
  for (const Outcome& outcome : outcomes) {
    if (!outcome.fitted) continue;
    for (std::size_t f = 0; f < outcome.kept.size(); ++f)
      if (outcome.kept[f]) result.selected(row, static_cast<Eigen::Index>(f)) = 1;
    ++row;
  }
  return result;
}

std::string optional_number(double value) {
  return std::isnan(value) ? std::string() : text::from_double(value);
}

// Nogueira and others call it so, after Fleiss.
const char* level(double stability) {
  return stability < 0.4 ? "poor" : stability > 0.75 ? "excellent" : "intermediate";
}

}  // namespace

std::vector<SampledSelection> fit_bootstraps(std::span<const ChainPlan> plans, const TrainingRows& rows, int samples,
                                             std::uint64_t seed, const ChainAids& aids,
                                             const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto count = static_cast<std::size_t>(samples);
  std::vector<std::vector<std::string>> features;
  for (const ChainPlan& plan : plans) features.push_back(entering(plan, rows.data()));
  std::vector<Outcome> outcomes(plans.size() * count);
  std::mutex guard;
  std::size_t done = 0;
  parallel_for(outcomes.size(), aids.threads, [&](std::size_t task) {
    throw_if_stopped();
    const std::size_t plan = task / count, b = task % count;
    Rng rng(seed, "bootstrap", b);
    outcomes[task] = select_on(plans[plan], bootstrap_sample(rows, rng), features[plan].size(),
                               Rng(seed, "bootstrap chain", b).next(), aids);
    const std::lock_guard lock(guard);
    ++done;
    if (progress) progress(done, outcomes.size());
  });
  std::vector<SampledSelection> selections;
  for (std::size_t p = 0; p < plans.size(); ++p)
    selections.push_back(
        gathered(plans[p], std::move(features[p]), std::span<const Outcome>(outcomes).subspan(p * count, count)));
  return selections;
}

stats::SelectionStability stability_of(const SampledSelection& selection) {
  std::vector<Eigen::Index> columns;
  for (std::size_t f = 0; f < selection.competes.size(); ++f)
    if (selection.competes[f]) columns.push_back(static_cast<Eigen::Index>(f));
  return stats::selection_stability(selection.selected(Eigen::all, columns));
}

std::string told(const SampledSelection& selection) {
  const auto fitted = static_cast<std::size_t>(selection.selected.rows());
  const stats::SelectionStability stability = stability_of(selection);
  const std::string samples = std::to_string(fitted) + " bootstrap samples";
  std::string text = std::isnan(stability.mean_selected)
                         ? samples
                         : fixed(stability.mean_selected, 1) + " of " +
                               std::to_string(std::ranges::count(selection.competes, true)) +
                               " competing features on average over " + samples;
  text += stability.reason.empty() ? ", stability " + fixed(stability.value, 2) + " [" + fixed(stability.lower, 2) +
                                         ", " + fixed(stability.upper, 2) + "], " + level(stability.value)
                                   : ", stability undefined (" + stability.reason + ")";
  if (selection.empty > 0)
    text +=
        "; no feature was left on " + std::to_string(selection.empty) + " of them, which count as selecting nothing";
  if (selection.failed > 0)
    text += "; the chain could not be fitted on " + std::to_string(selection.failed) + " of " +
            std::to_string(selection.drawn) +
            " samples, which are left out; on the first because: " + selection.failure;
  return text;
}

std::string selection_bootstraps_to_csv(std::span<const SampledSelection> selections) {
  std::string text = csv_line({"model", "feature", "selected", "samples", "share"});
  for (const SampledSelection& selection : selections) {
    if (selection.selected.size() == 0) continue;
    const Eigen::RowVectorXd times = selection.selected.colwise().sum();
    std::vector<std::size_t> order(selection.features.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto times_of = [&times](std::size_t f) { return times[static_cast<Eigen::Index>(f)]; };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return times_of(a) > times_of(b) || (times_of(a) == times_of(b) && selection.features[a] < selection.features[b]);
    });
    const auto samples = static_cast<double>(selection.selected.rows());
    for (const std::size_t f : order)
      if (times_of(f) > 0)
        text += csv_line({selection.model, selection.features[f], text::from_double(times_of(f)),
                          text::from_double(samples), text::from_double(times_of(f) / samples)});
  }
  return text;
}

std::string selection_stability_to_csv(std::span<const SampledSelection> selections) {
  std::string text = csv_line(
      {"model", "features", "samples", "empty", "failed", "mean_selected", "stability", "lower", "upper", "remark"});
  for (const SampledSelection& selection : selections) {
    const stats::SelectionStability stability = stability_of(selection);
    text += csv_line({selection.model, std::to_string(std::ranges::count(selection.competes, true)),
                      std::to_string(selection.selected.rows()), std::to_string(selection.empty),
                      std::to_string(selection.failed), optional_number(stability.mean_selected),
                      optional_number(stability.value), optional_number(stability.lower),
                      optional_number(stability.upper), told(selection)});
  }
  return text;
}

}  // namespace radfuse
