// SPDX-License-Identifier: Apache-2.0
// What ComBat promises.
#include "radfuse/stats/combat.hpp"

#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse::stats {
namespace {

Eigen::MatrixXd noise(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  Rng rng(seed, "test.noise");
  Eigen::MatrixXd x(rows, columns);
  for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = rng.normal();
  return x;
}

struct Sites {
  Eigen::MatrixXd x = noise(40, 12, 9);
  std::vector<int> batch;
  Eigen::MatrixXd none{40, 0};
  Sites() {
    for (int i = 0; i < 40; ++i) batch.push_back(i % 2);
    for (Eigen::Index i = 1; i < 40; i += 2) x.row(i) = x.row(i).array() * 3 + 10;
  }
  Eigen::MatrixXd adjusted(const CombatModel& m) const {
    Eigen::MatrixXd out(x.rows(), x.cols());
    for (Eigen::Index i = 0; i < x.rows(); ++i) out.row(i) = apply_combat(m, batch_of(m, i % 2), x.row(i), none.row(i));
    return out;
  }
};

TEST(Combat, removes_shift_and_scale) {
  const Sites s;
  const Eigen::MatrixXd out = s.adjusted(fit_combat(s.x, s.batch, s.none, {}, {.prior = CombatPrior::none}));
  for (Eigen::Index j = 0; j < 12; ++j) {
    const Eigen::VectorXd a = out.col(j)(Eigen::seq(0, 39, 2)), b = out.col(j)(Eigen::seq(1, 39, 2));
    EXPECT_NEAR(a.mean(), b.mean(), 1e-10);
    EXPECT_NEAR((a.array() - a.mean()).matrix().norm(), (b.array() - b.mean()).matrix().norm(), 1e-10);
  }
}

TEST(Combat, a_new_site_is_estimated_like_one_of_the_fit) {
  const Sites s;
  const CombatModel m = fit_combat(s.x, s.batch, s.none, {});
  const Eigen::MatrixXd second = s.x(Eigen::seq(1, 39, 2), Eigen::all);
  const CombatBatch again = estimate_batch(m, second, Eigen::MatrixXd(20, 0));
  EXPECT_LT((again.gamma - batch_of(m, 1).gamma).cwiseAbs().maxCoeff(), 1e-12);
  EXPECT_LT((again.delta - batch_of(m, 1).delta).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Combat, features_constant_in_a_batch_stay_as_they_are) {
  Sites s;
  for (Eigen::Index i = 0; i < 40; i += 2) s.x(i, 3) = 5;
  const CombatModel m = fit_combat(s.x, s.batch, s.none, {});
  EXPECT_FALSE(m.adjusted[3]);
  EXPECT_EQ(s.adjusted(m).col(3), s.x.col(3));
  EXPECT_TRUE(s.adjusted(m).allFinite());
}

TEST(Combat, a_batch_of_one_row_removes_shifts_only) {
  const Sites s;
  std::vector<int> batch(40, 0);
  batch[7] = 1;
  const CombatModel m = fit_combat(s.x, batch, s.none, {});
  EXPECT_TRUE(m.mean_only);
  EXPECT_EQ(m.delta, Eigen::MatrixXd::Ones(2, 12));
  EXPECT_TRUE(m.gamma.allFinite());
}

TEST(Combat, a_single_feature_is_not_shrunk) {
  const Sites s;
  const CombatModel m = fit_combat(s.x.leftCols(1), s.batch, s.none, {});
  EXPECT_EQ(m.prior, CombatPrior::none);
  EXPECT_TRUE(m.gamma.allFinite());
}

TEST(Combat, names_the_confounded_covariate) {
  const Sites s;
  Eigen::MatrixXd covariates(40, 2);
  for (Eigen::Index i = 0; i < 40; ++i) covariates.row(i) << static_cast<double>(i), static_cast<double>(i % 2) * 4 + 1;
  const std::vector<std::string> names = {"age", "scanner"};
  try {
    fit_combat(s.x, s.batch, covariates, names);
    FAIL() << "a confounded covariate was accepted";
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("'scanner'"), std::string::npos);
  }
}

}  // namespace
}  // namespace radfuse::stats
