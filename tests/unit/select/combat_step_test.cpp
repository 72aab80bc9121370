// SPDX-License-Identifier: Apache-2.0
// combat at its edges: what cannot be harmonised is left, refused or told, never made up. Policies for new sites.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/select/chain.hpp"
#include "radfuse/select/evidence.hpp"
#include "radfuse/stats/combat.hpp"
#include "radfuse/stats/descriptive.hpp"
#include "synthetic_study.hpp"

namespace radfuse {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kRad = {"rad"};

// Two sites of `each` training rows and five external rows of a third; `features` of noise, the second site shifted and
// wider. clin.scanner=GE is 1 for every other row.
Dataset two_sites(int each, int features, std::uint64_t seed = 1) {
  Rng rng(seed, "combat step");
  Dataset data;
  std::vector<std::string> columns;
  for (int j = 0; j < features; ++j) columns.push_back("rad.f" + std::to_string(100 + j));
  columns.push_back("clin.scanner=GE");
  columns.push_back("clin.age");
  std::vector<RowKey> keys;
  Eigen::MatrixXd values(2 * each + 5, features + 2);
  for (int i = 0; i < 2 * each + 5; ++i) {
    const int site = i < each ? 0 : i < 2 * each ? 1 : 2;
    for (int j = 0; j < features; ++j) values(i, j) = rng.normal() * (1 + site) + site * (1 + 0.1 * j);
    values(i, features) = i / 2 % 2;
    values(i, features + 1) = 60 + rng.normal();
    keys.push_back({"P" + std::to_string(1000 + i), "", ""});
    data.patient.push_back(keys.back().case_id);
    data.outcome.push_back(i % 2);
    data.site.push_back("S" + std::to_string(site + 1));
    data.split.push_back(site < 2 ? Split::train : Split::external);
  }
  data.table = FeatureTable(columns, keys, values);
  data.readings = data.table;
  return data;
}

Dataset with(const Dataset& data, const Eigen::MatrixXd& values) {
  Dataset changed = data;
  changed.table = FeatureTable(data.table.columns(), data.table.rows(), values);
  return changed;
}

FittedChain fitted(const Dataset& data, const CombatParams& params, ChainEvidence* evidence = nullptr) {
  return fit_chain({{params}}, training_split(data), kRad, 1, {.evidence = evidence});
}

TEST(CombatStep, a_feature_that_is_constant_in_a_site_is_left_alone) {
  const Dataset plain = two_sites(20, 30);
  Eigen::MatrixXd values = plain.table.values();
  values.col(4).head(20).setConstant(0.3);  // in one site
  values.col(5).setConstant(7);             // everywhere
  const Dataset data = with(plain, values);
  const FittedChain chain = fitted(data, {.unseen = UnseenSite::skip});
  EXPECT_THAT(chain.remarks(), Contains(HasSubstr("2 features are constant or missing within a site and left as they "
                                                  "are: rad.f104, rad.f105")));
  const Eigen::MatrixXd out = apply(chain, data.table, data.site).values();
  EXPECT_EQ(out.col(4), values.col(4));
  EXPECT_EQ(out.col(5), values.col(5));
  EXPECT_NE(out.col(6), values.col(6));
}

TEST(CombatStep, a_site_of_one_row_turns_scaling_off) {
  Dataset data = two_sites(20, 30);
  data.site[0] = "S0";
  const FittedChain chain = fitted(data, {.unseen = UnseenSite::skip});
  EXPECT_THAT(chain.remarks(),
              Contains(HasSubstr("site 'S0' has one training row: only shifts are removed, for all sites")));
  const Eigen::MatrixXd out = apply(chain, data.table, data.site).values();
  EXPECT_TRUE(out.allFinite());
  // Shifts only: differences within a site stay.
  const Eigen::RowVectorXd before = data.table.values().row(1) - data.table.values().row(2),
                           after = out.row(1) - out.row(2);
  EXPECT_LT((before - after).head(30).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(CombatStep, a_missing_value_stays_missing_and_spoils_nothing) {
  const Dataset whole = two_sites(20, 30);
  Eigen::MatrixXd values = whole.table.values();
  values(3, 7) = std::nan("");
  const Dataset data = with(whole, values);
  const std::vector<StepParams> steps = {{CombatParams{.unseen = UnseenSite::skip}}, {ImputeParams{}}};
  const FittedChain chain = fit_chain(steps, training_split(data), kRad, 1);
  EXPECT_EQ(chain.columns().size(), 30u);
  const FeatureTable out = apply(chain, data.table, data.site);
  EXPECT_TRUE(out.values().allFinite());
  // The gap is filled with the median of what the column is after harmonisation.
  std::vector<Eigen::Index> others;
  for (Eigen::Index i = 0; i < 40; ++i)
    if (i != 3) others.push_back(i);
  const Eigen::VectorXd harmonised = out.values().col(7)(others);
  EXPECT_NEAR(out.values()(3, 7), stats::median(harmonised), 1e-12);
  // Without an impute step the column is dropped, with the reason.
  const FittedChain without = fitted(data, {.unseen = UnseenSite::skip});
  EXPECT_EQ(without.columns().size(), 29u);
  EXPECT_THAT(without.selection()[7].reason, HasSubstr("1 of 40 training values are missing"));
}

TEST(CombatStep, a_single_feature_borrows_from_none) {
  const Dataset data = two_sites(20, 1);
  const FittedChain chain = fitted(data, {.unseen = UnseenSite::skip});
  EXPECT_THAT(chain.remarks(), Contains(HasSubstr("a single feature is harmonised")));
  const Eigen::MatrixXd out = apply(chain, data.table, data.site).values();
  // Plain location and scale: both sites end with one mean and one SD.
  const Eigen::VectorXd first = out.col(0).head(20), second = out.col(0).segment(20, 20);
  EXPECT_NEAR(first.mean(), second.mean(), 1e-12);
  EXPECT_NEAR(stats::variance(first), stats::variance(second), 1e-12);
}

TEST(CombatStep, a_single_site_is_left_as_it_is) {
  Dataset data = two_sites(20, 5);
  data.site.assign(data.site.size(), "one");
  const FittedChain chain = fitted(data, {});
  EXPECT_THAT(chain.remarks(),
              Contains(HasSubstr("all training rows are from one site ('one'): nothing is harmonised")));
  EXPECT_EQ(apply(chain, data.table, data.site).values(), data.table.values().leftCols(5));
}

TEST(CombatStep, a_covariate_that_goes_with_the_site_is_named) {
  const Dataset plain = two_sites(20, 5);
  Eigen::MatrixXd values = plain.table.values();
  for (Eigen::Index i = 0; i < values.rows(); ++i) values(i, 6) = i < 20 ? 1 : 2;
  try {
    fitted(with(plain, values), {.covariates = {"age"}});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("covariate 'clin.age' is confounded with the batches"));
  }
}

TEST(CombatStep, six_hundred_rows_a_site_without_prior_curves) {
  const Dataset data = two_sites(600, 10);
  const FittedChain chain = fitted(data, {.prior = stats::CombatPrior::non_parametric, .unseen = UnseenSite::skip});
  const Eigen::MatrixXd out = apply(chain, data.table, data.site).values();
  EXPECT_TRUE(out.allFinite());
  // A shift of 1.3, of which shrinkage leaves a little.
  const auto gap = [](const auto& column) {
    return std::abs(column.head(600).mean() - column.segment(600, 600).mean());
  };
  EXPECT_GT(gap(data.table.values().col(3)), 1.1);
  EXPECT_LT(gap(out.col(3)), 0.2);
}

TEST(CombatStep, warns_when_site_and_outcome_go_together) {
  Dataset data = two_sites(20, 5);
  EXPECT_THAT(fitted(data, {}).remarks(), Not(Contains(HasSubstr("go together"))));
  // 16 of 20 positive against 4 of 20: chi-squared 14.4, V = sqrt(14.4 / 40) = 0.6.
  for (std::size_t i = 0; i < 40; ++i) data.outcome[i] = i % 20 < 16 ? i < 20 : i >= 20;
  EXPECT_THAT(fitted(data, {}).remarks(), Contains(HasSubstr("site and outcome go together in the training rows "
                                                             "(Cramer's V = 0.60, chi-squared p = 0.00015)")));
}

TEST(CombatStep, batches_by_site_and_scanner) {
  const Dataset data = two_sites(20, 12);
  const std::vector<std::string> both = {"site", "scanner"};
  const FittedChain chain = fitted(data, {.batch = both, .unseen = UnseenSite::skip});
  EXPECT_THAT(chain.input_columns(), Contains("clin.scanner=GE"));
  std::vector<int> batch;
  Eigen::MatrixXd x = data.table.values().topLeftCorner(40, 12);
  // "S1 / (other)" sorts before "S1 / GE".
  for (int i = 0; i < 40; ++i) batch.push_back(2 * (i >= 20) + (data.table.values()(i, 12) == 1));
  const Eigen::MatrixXd none(40, 0);
  const stats::CombatModel model = stats::fit_combat(x, batch, none, {});
  const Eigen::MatrixXd out = apply(chain, data.table, data.site).values();
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(out.row(i), stats::apply_combat(model, stats::batch_of(model, batch[static_cast<std::size_t>(i)]),
                                              x.row(i), none.row(i)));
  const FittedChain again = chain_from_json(to_json(chain));
  EXPECT_EQ(to_json(again), to_json(chain));
  EXPECT_EQ(apply(again, keep_columns(data.table, again.input_columns()), data.site).values(), out);
  EXPECT_THROW(fitted(data, {.batch = {"scaner"}}), InputError);
  Eigen::MatrixXd unknown = data.table.values();
  unknown(2, 12) = std::nan("");
  try {
    fitted(with(data, unknown), {.batch = both});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the batch (site, scanner) of 1 training cases is not known: P1002"));
  }
}

// Two steps, one after the other: the second sees what the first left.
TEST(CombatStep, batches_in_sequence) {
  const Dataset data = two_sites(20, 12);
  const std::vector<StepParams> steps = {{CombatParams{.batch = {"scanner"}, .unseen = UnseenSite::skip}},
                                         {CombatParams{.unseen = UnseenSite::skip}}};
  const FeatureTable out = apply(fit_chain(steps, training_split(data), kRad, 1), data.table, data.site);
  const FeatureTable first =
      apply(fitted(data, {.batch = {"scanner"}, .unseen = UnseenSite::skip}), data.table, data.site);
  Eigen::MatrixXd values = data.table.values();
  values.leftCols(12) = first.values();
  const Dataset second = with(data, values);
  EXPECT_EQ(out.values(), apply(fitted(second, {.unseen = UnseenSite::skip}), second.table, second.site).values());
}

// A new site by all training rows together: its values, standardised by their mean and variance, come out on the scale
// of harmonised values.
TEST(CombatStep, global_treats_a_new_site_by_all_training_rows) {
  const Dataset data = two_sites(20, 12);
  const FittedChain chain = fitted(data, {.prior = stats::CombatPrior::none, .unseen = UnseenSite::global});
  std::vector<std::string> remarks;
  const Eigen::MatrixXd out = apply(chain, data.table, data.site, &remarks).values();
  EXPECT_THAT(remarks,
              Contains(HasSubstr("site 'S3' (5 rows) gave no training row: treated by the mean and variance of "
                                 "all training rows together")));
  for (Eigen::Index j = 0; j < 12; ++j) {
    const Eigen::VectorXd raw = data.table.values().col(j).head(40), harmonised = out.col(j).head(40);
    // Without covariates and without borrowing: the pooled SD within sites, divided by n.
    double within = 0;
    for (const Eigen::Index from : {0, 20}) {
      const Eigen::VectorXd site = raw.segment(from, 20);
      within += (site.array() - site.mean()).square().sum();
    }
    const double factor = std::sqrt(within / 40 / stats::variance(raw));
    for (Eigen::Index i = 40; i < 45; ++i)
      EXPECT_NEAR(out(i, j), harmonised.mean() + (data.table.values()(i, j) - raw.mean()) * factor, 1e-10);
  }
  const FittedChain again = chain_from_json(to_json(chain));
  EXPECT_EQ(apply(again, data.table, data.site).values(), out);
}

// A new site is brought to the reference site as if both alone had been harmonised, the one with the other as
// reference.
TEST(CombatStep, reference_brings_a_new_site_to_the_reference_site) {
  const Dataset data = two_sites(20, 12);
  const FittedChain chain = fitted(data, {.reference = "S2", .unseen = UnseenSite::reference, .min_samples = 5});
  const Eigen::MatrixXd out = apply(chain, data.table, data.site).values();
  const Eigen::MatrixXd x = data.table.values().block(20, 0, 25, 12), none(25, 0);
  std::vector<int> batch(25, 0);
  std::fill(batch.begin() + 20, batch.end(), 1);
  const stats::CombatModel model = stats::fit_combat(x, batch, none, {}, {.reference = 0});
  const Eigen::MatrixXd expected =
      stats::apply_combat(model, stats::batch_of(model, 1), x.bottomRows(5), none.bottomRows(5));
  EXPECT_LT((out.bottomRows(5) - expected).cwiseAbs().maxCoeff(), 1e-11);
  EXPECT_EQ(out.middleRows(20, 20), data.table.values().block(20, 0, 20, 12));  // the reference itself stays
}

TEST(CombatStep, the_audit_tells_what_was_done) {
  const Dataset data = two_sites(40, 30);
  ChainEvidence evidence;
  const FittedChain chain = fitted(data, {.unseen = UnseenSite::skip}, &evidence);
  ASSERT_EQ(evidence.harmonisation.size(), 30u);
  ASSERT_EQ(evidence.harmonisation_summary.size(), 1u);
  const HarmonisationSummary& summary = evidence.harmonisation_summary[0];
  EXPECT_GT(summary.differ_before, 0.8);
  EXPECT_LT(summary.differ_after, 0.1);
  EXPECT_GT(summary.predicted_before, 0.9);
  EXPECT_LT(summary.predicted_after, 0.7);
  EXPECT_EQ(summary.chance, 0.5);
  EXPECT_THAT(chain.remarks(), Contains(HasSubstr("differed between 2 sites before (p < 0.05)")));
  const std::vector<NamedEvidence> named = {{"rad", evidence}};
  EXPECT_THAT(harmonisation_to_csv(named), HasSubstr("\nrad,1 combat,rad.f100,"));
  EXPECT_THAT(harmonisation_summary_to_csv(named), HasSubstr("\nrad,1 combat,site,S1; S2,30,"));
  // Nobody asked: nothing is computed, and the numbers of the chain are the same.
  EXPECT_EQ(apply(fitted(data, {.unseen = UnseenSite::skip}), data.table, data.site).values(),
            apply(chain, data.table, data.site).values());
}

}  // namespace
}  // namespace radfuse
