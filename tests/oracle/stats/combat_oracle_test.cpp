// SPDX-License-Identifier: Apache-2.0
// ComBat against sva 3.46 and neuroCombat 0.2.12 on a generated matrix of 20 features and 15 samples in 3 batches.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "numbers_csv.hpp"
#include "radfuse/stats/combat.hpp"
#include "reference_data.hpp"

namespace radfuse::stats {
namespace {

constexpr double kTolerance = 1e-10;  // the files have 15 digits

struct Fixture {
  Eigen::MatrixXd x;  // samples x features: the files hold features as rows
  std::vector<int> batch;
  Eigen::MatrixXd covariates;  // g as 0/1, age
};

Fixture read_fixture(const std::filesystem::path& folder) {
  Fixture f{test::csv_numbers(folder / "combat_input.csv").transpose(),
            {},
            test::csv_numbers(folder / "combat_covars.csv", 1, 1)};
  for (const auto& cells : test::csv_cells(folder / "combat_covars.csv"))
    if (cells[0] != "batch") f.batch.push_back(static_cast<int>(test::number(cells[0])) - 1);
  return f;
}

const std::vector<std::string> kNames = {"g", "age"};

Eigen::MatrixXd harmonise(const Fixture& f, bool with_covariates, const CombatOptions& options) {
  const Eigen::MatrixXd covariates = with_covariates ? f.covariates : Eigen::MatrixXd(f.x.rows(), 0);
  const CombatModel model = fit_combat(f.x, f.batch, covariates, kNames, options);
  Eigen::MatrixXd result(f.x.rows(), f.x.cols());
  for (Eigen::Index i = 0; i < f.x.rows(); ++i)
    result.row(i) =
        apply_combat(model, batch_of(model, f.batch[static_cast<std::size_t>(i)]), f.x.row(i), covariates.row(i));
  return result;
}

struct Mode {
  std::string file;
  bool covariates;
  CombatOptions options;
};

TEST(CombatOracle, every_mode) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "oracles";
  const Fixture f = read_fixture(folder);
  std::vector<Mode> modes = {{"combat_neurocombat_noeb_covs.csv", true, {.prior = CombatPrior::none}}};
  for (const bool parametric : {true, false})
    for (const bool covariates : {true, false})
      for (const bool mean_only : {true, false})
        for (const bool reference : {true, false})
          modes.push_back({std::string("combat_sva_") + (parametric ? "par" : "nonpar") +
                               (covariates ? "_covs" : "_nocov") + (mean_only ? "_meanonly" : "") +
                               (reference ? "_ref2" : "") + ".csv",
                           covariates,
                           {.mean_only = mean_only,
                            .prior = parametric ? CombatPrior::parametric : CombatPrior::non_parametric,
                            .reference = reference ? 1 : -1}});
  ASSERT_EQ(modes.size(), 17U);
  for (const Mode& mode : modes) {
    const Eigen::MatrixXd expected = test::csv_numbers(folder / mode.file).transpose();
    const Eigen::MatrixXd found = harmonise(f, mode.covariates, mode.options);
    ASSERT_EQ(found.rows(), expected.rows());
    ASSERT_EQ(found.cols(), expected.cols());
    EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), kTolerance) << mode.file;
  }
}

TEST(CombatOracle, held_out_samples) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "oracles";
  const Fixture f = read_fixture(folder);
  const std::vector<Eigen::Index> held = {3, 8, 14};
  std::vector<Eigen::Index> rest;
  std::vector<int> batch;
  for (Eigen::Index i = 0; i < f.x.rows(); ++i) {
    if (i == 3 || i == 8 || i == 14) continue;
    rest.push_back(i);
    batch.push_back(f.batch[static_cast<std::size_t>(i)]);
  }
  const Eigen::MatrixXd x = f.x(rest, Eigen::all), covariates = f.covariates(rest, Eigen::all);
  const CombatModel model = fit_combat(x, batch, covariates, kNames);
  const auto check = [&](const std::vector<Eigen::Index>& rows, const char* file) {
    const Eigen::MatrixXd expected = test::csv_numbers(folder / file).transpose();
    for (std::size_t k = 0; k < rows.size(); ++k) {
      const Eigen::MatrixXd row = f.x.row(rows[k]), covariate = f.covariates.row(rows[k]);
      const Eigen::MatrixXd found =
          apply_combat(model, batch_of(model, f.batch[static_cast<std::size_t>(rows[k])]), row, covariate);
      EXPECT_LT((found - expected.row(static_cast<Eigen::Index>(k))).cwiseAbs().maxCoeff(), kTolerance)
          << file << " row " << k;
    }
  };
  check(held, "combat_apply_heldout_cols_3_8_14.csv");
  check(rest, "combat_train12_fit.csv");
}

// The samples of scripts/oracles/combat_sva.R: Park and Miller's generator, sums of twelve uniform numbers minus 6.
Eigen::MatrixXd drawn_samples(Eigen::Index each) {
  double state = 1;
  Eigen::MatrixXd x(2 * each, 8);
  for (Eigen::Index sample = 0; sample < x.rows(); ++sample)
    for (Eigen::Index feature = 0; feature < 8; ++feature) {
      double value = -6;
      for (int k = 0; k < 12; ++k) {
        state = std::fmod(16807 * state, 2147483647.0);
        value += state / 2147483647.0;
      }
      const auto factor = static_cast<double>(feature + 1);
      x(sample, feature) = value * factor + (sample >= each ? 0.5 * factor : 0);
    }
  return x;
}

Eigen::MatrixXd without_prior_curves(const Eigen::MatrixXd& x, Eigen::Index each) {
  std::vector<int> batch(static_cast<std::size_t>(2 * each), 0);
  std::fill(batch.begin() + each, batch.end(), 1);
  const Eigen::MatrixXd none(x.rows(), 0);
  const CombatModel model = fit_combat(x, batch, none, {}, {.prior = CombatPrior::non_parametric});
  Eigen::MatrixXd result(x.rows(), x.cols());
  result.topRows(each) = apply_combat(model, batch_of(model, 0), x.topRows(each), none.topRows(each));
  result.bottomRows(each) = apply_combat(model, batch_of(model, 1), x.bottomRows(each), none.bottomRows(each));
  return result;
}

// The likelihood of 600 samples is smaller than any double, and sva gives no number; of 400 it is not.
TEST(CombatOracle, non_parametric_with_many_samples) {
  const Eigen::MatrixXd expected = test::csv_numbers(std::filesystem::path(RADFUSE_SOURCE_DIR) / "tests" / "oracle" /
                                                     "stats" / "combat_sva_400.csv");
  const Eigen::MatrixXd found = without_prior_curves(drawn_samples(400), 400);
  EXPECT_LT((found.topRows(5) - expected.topRows(5)).cwiseAbs().maxCoeff(), 1e-9);
  EXPECT_LT((found.middleRows(400, 5) - expected.bottomRows(5)).cwiseAbs().maxCoeff(), 1e-9);
  const Eigen::MatrixXd many = without_prior_curves(drawn_samples(600), 600);
  EXPECT_TRUE(many.allFinite());
  EXPECT_GT((many - drawn_samples(600)).cwiseAbs().maxCoeff(), 0.01);
}

}  // namespace
}  // namespace radfuse::stats
