// SPDX-License-Identifier: Apache-2.0
// stability: lassos on random halves of the patients; features that most of them take stay (Meinshausen and Buhlmann
// 2010).
#include <algorithm>
#include <cmath>

#include "patients.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/stats/lasso.hpp"
#include "working.hpp"

namespace radfuse {
namespace {

// Rows of half the patients of each class.
std::vector<Eigen::Index> draw_half(const std::vector<PatientRows>& patients, Rng& rng) {
  std::vector<Eigen::Index> rows;
  for (const bool positive : {false, true}) {
    std::vector<const PatientRows*> members = patients_of_class(patients, positive);
    rng.shuffle(members);
    members.resize(members.size() / 2);
    for (const PatientRows* patient : members) rows.insert(rows.end(), patient->places.begin(), patient->places.end());
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

void fit_step(const StabilityParams& params, Working& working) {
  const auto positions = working.varying_scope(params.on);
  if (positions.empty()) return;
  if (const int rarer = rarer_class(working); rarer < 4)
    throw InputError("select, step " + working.step() + ": one class has " + std::to_string(rarer) +
                     " training patients; stability selection needs four, two in each half");
  const std::vector<PatientRows> patients = patients_of(working.rows());
  const auto count = static_cast<double>(positions.size());
  const int q = params.features > 0 ? params.features : std::max(1, static_cast<int>(std::sqrt(0.8 * count)));
  const Eigen::MatrixXd x = working.values_of(positions);
  const Eigen::VectorXd y = working.outcome().cast<double>();
  Rng rng(working.seed(), "select.stability", working.position());
  std::vector<std::vector<Eigen::Index>> rows;
  for (int b = 0; b < params.subsamples; ++b) rows.push_back(draw_half(patients, rng));
  std::vector<std::vector<bool>> taken(rows.size());
  parallel_for(rows.size(), working.threads(), [&](std::size_t b) {
    const stats::LassoPath path =
        stats::fit_lasso(x(rows[b], Eigen::all), y(rows[b]), {.alpha = params.alpha, .most_features = q});
    taken[b].resize(positions.size());
    for (std::size_t k = 0; k < positions.size(); ++k)
      taken[b][k] = path.coefficients(static_cast<Eigen::Index>(k), path.lambda.size() - 1) != 0;
  });

  Reasons dropped;
  for (std::size_t k = 0; k < positions.size(); ++k) {
    const auto times = std::count_if(taken.begin(), taken.end(), [k](const std::vector<bool>& t) { return t[k]; });
    const double share = static_cast<double>(times) / params.subsamples;
    const std::string text =
        "taken by " + std::to_string(times) + " of " + std::to_string(params.subsamples) + " paths";
    if (share >= params.threshold)
      working.note(positions[k], text, {"share of paths", share});
    else
      dropped[positions[k]] = {text + ": less than " + significant(params.threshold, 3), {"share of paths", share}};
  }
  const double bound = params.threshold > 0.5 ? q * static_cast<double>(q) / ((2 * params.threshold - 1) * count)
                                              : std::numeric_limits<double>::infinity();
  working.remark(std::to_string(positions.size() - dropped.size()) + " of " + std::to_string(positions.size()) +
                 " features were taken by " + significant(100 * params.threshold, 3) + " % or more of " +
                 std::to_string(params.subsamples) + " paths of at most " + std::to_string(q) + " features; " +
                 (std::isfinite(bound) ? "at most " + significant(bound, 3) + " falsely kept features are expected"
                                       : std::string("a threshold of 0.5 bounds no number of falsely kept features")));
  working.drop(dropped);
}

}  // namespace radfuse
