// SPDX-License-Identifier: Apache-2.0
// site_scale: each site's values by the site's own mean and spread, or by its own quantiles.
#include <algorithm>
#include <cmath>

#include "audit_step.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// Mean and SD (n - 1) of each column; a spread of 0, or of too few values, is 1: then only the shift is removed.
void centre_and_scale(const Eigen::MatrixXd& x, Eigen::Ref<Eigen::RowVectorXd> centre,
                      Eigen::Ref<Eigen::RowVectorXd> scale) {
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const Eigen::VectorXd there = stats::present(x.col(j));
    centre[j] = there.size() > 0 ? stats::mean(there) : 0;
    const double sd = there.size() > 1 && !stats::is_constant(there) ? std::sqrt(stats::variance(there)) : 1;
    scale[j] = sd > 0 ? sd : 1;
  }
}

Eigen::MatrixXd quantiles_of(const Eigen::MatrixXd& x, Eigen::Index count) {
  Eigen::MatrixXd found(count, x.cols());
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const Eigen::VectorXd there = stats::present(x.col(j));
    for (Eigen::Index q = 0; q < count; ++q)
      found(q, j) =
          there.size() == 0 ? 0 : stats::quantile(there, static_cast<double>(q) / static_cast<double>(count - 1));
  }
  return found;
}

// Straight lines from one row of quantiles to the next; beyond the ends the end's shift. Where several quantiles are
// equal, the middle of what they become.
double mapped(double value, const Eigen::Ref<const Eigen::VectorXd>& from,
              const Eigen::Ref<const Eigen::VectorXd>& to) {
  if (std::isnan(value)) return value;
  const Eigen::Index last = from.size() - 1;
  if (value < from[0]) return value + to[0] - from[0];
  if (value > from[last]) return value + to[last] - from[last];
  const auto low = std::lower_bound(from.begin(), from.end(), value) - from.begin();
  const auto high = std::upper_bound(from.begin(), from.end(), value) - from.begin();
  if (high > low) return (to[low] + to[high - 1]) / 2;
  return to[low - 1] + (value - from[low - 1]) / (from[low] - from[low - 1]) * (to[low] - to[low - 1]);
}

void map_columns(const Eigen::MatrixXd& from, const Eigen::MatrixXd& to, Eigen::MatrixXd& x) {
  for (Eigen::Index j = 0; j < x.cols(); ++j)
    for (double& value : x.col(j)) value = mapped(value, from.col(j), to.col(j));
}

// Names of the batches with rows enough, and the rows of each.
std::vector<std::vector<Eigen::Index>> known_sites(std::span<const std::string> names, int least,
                                                   std::vector<std::string>& sites) {
  std::vector<std::vector<Eigen::Index>> rows;
  for (const auto& [name, own] : rows_by_name(names)) {
    if (own.size() < static_cast<std::size_t>(least)) continue;
    sites.push_back(name);
    rows.push_back(own);
  }
  return rows;
}

FittedSiteScale scale_of(FittedSiteScale step, const Eigen::MatrixXd& x,
                         const std::vector<std::vector<Eigen::Index>>& rows) {
  const auto count = static_cast<Eigen::Index>(rows.size());
  step.centre.resize(count + 1, x.cols());
  step.scale.resize(count + 1, x.cols());
  for (Eigen::Index s = 0; s <= count; ++s) {
    Eigen::RowVectorXd centre(x.cols()), scale(x.cols());
    centre_and_scale(s < count ? Eigen::MatrixXd(x(rows[static_cast<std::size_t>(s)], Eigen::all)) : x, centre, scale);
    step.centre.row(s) = centre;
    step.scale.row(s) = scale;
  }
  return step;
}

FittedQuantiles quantiles_of(FittedQuantiles step, const Eigen::MatrixXd& x,
                             const std::vector<std::vector<Eigen::Index>>& rows, Eigen::Index count) {
  step.to = Eigen::MatrixXd::Zero(count, x.cols());
  for (const auto& own : rows) {
    step.from.push_back(quantiles_of(x(own, Eigen::all), count));
    step.to += step.from.back() / static_cast<double>(rows.size());
  }
  step.from.push_back(quantiles_of(x, count));
  return step;
}

// Rows of each batch, changed by `change(fate, values)`.
template <class Step, class Change>
void for_each_site(const Step& step, Columns& columns, std::span<const std::string> batches,
                   std::vector<std::string>& remarks, const Change& change) {
  const auto positions = columns.find(step.columns);
  for (const auto& [name, rows] : rows_by_name(batches)) {
    const BatchFate fate =
        fate_of(name, rows.size(), step.batches, "site_scale", "fewer training rows than min_samples", remarks);
    if (fate.kind == BatchFate::Kind::left) continue;
    Eigen::MatrixXd x = columns.values(rows, positions);
    change(fate, x);
    columns.values(rows, positions) = x;
  }
}

}  // namespace

void fit_step(const SiteScaleParams& params, Working& working) {
  if (working.scope(params.on).empty()) return;
  with_context("select, step " + working.step(), [&] {
    Batches batches{batch_key(params.batch, working.data().table), {}, params.unseen, params.min_samples};
    const std::string what = batches.key.what();
    const auto names = working.training_batches(batches.key);
    const auto rows = known_sites(names, params.min_samples, batches.known);
    if (batches.known.empty())
      throw InputError("no " + what + " has the " + std::to_string(params.min_samples) +
                       " training rows that min_samples asks for");
    const auto positions = working.present_scope(params.on);
    const auto columns = working.names_of(positions);
    const Eigen::MatrixXd x = working.values_of(positions);
    working.remember_fill(batches.key);
    if (params.method == SiteScaleMethod::zscore)
      working.push(scale_of({columns, batches, {}, {}}, x, rows), names);
    else
      working.push(quantiles_of({columns, batches, {}, {}}, x, rows, params.quantiles), names);
    std::vector<std::string> every;
    const std::vector<int> numbers = number_batches(names, every);
    audit_step(x, working.values_of(positions), columns, numbers, every, batches.key, working);
  });
}

void apply_step(const FittedSiteScale& step, Columns& columns, std::span<const std::string> batches,
                std::vector<std::string>& remarks) {
  for_each_site(step, columns, batches, remarks, [&](const BatchFate& fate, Eigen::MatrixXd& x) {
    const auto at = fate.kind == BatchFate::Kind::known ? static_cast<Eigen::Index>(fate.at) : step.centre.rows() - 1;
    Eigen::RowVectorXd centre = step.centre.row(at), scale = step.scale.row(at);
    if (fate.kind == BatchFate::Kind::own) centre_and_scale(x, centre, scale);
    for (Eigen::Index j = 0; j < x.cols(); ++j) x.col(j) = (x.col(j).array() - centre[j]) / scale[j];
  });
}

void apply_step(const FittedQuantiles& step, Columns& columns, std::span<const std::string> batches,
                std::vector<std::string>& remarks) {
  for_each_site(step, columns, batches, remarks, [&](const BatchFate& fate, Eigen::MatrixXd& x) {
    if (fate.kind == BatchFate::Kind::own)
      map_columns(quantiles_of(x, step.to.rows()), step.to, x);
    else
      map_columns(step.from[fate.kind == BatchFate::Kind::known ? fate.at : step.from.size() - 1], step.to, x);
  });
}

FittedSiteScale keep_columns(const FittedSiteScale& step, const std::vector<std::string>& kept) {
  const auto positions = positions_in(step.columns, kept);
  FittedSiteScale result = step;
  result.columns = kept;
  result.centre = step.centre(Eigen::all, positions).eval();
  result.scale = step.scale(Eigen::all, positions).eval();
  return result;
}

FittedQuantiles keep_columns(const FittedQuantiles& step, const std::vector<std::string>& kept) {
  const auto positions = positions_in(step.columns, kept);
  FittedQuantiles result = step;
  result.columns = kept;
  for (Eigen::MatrixXd& of_site : result.from) of_site = of_site(Eigen::all, positions).eval();
  result.to = step.to(Eigen::all, positions).eval();
  return result;
}

}  // namespace radfuse
