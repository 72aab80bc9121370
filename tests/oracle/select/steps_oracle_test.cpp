// SPDX-License-Identifier: Apache-2.0
// Steps of the chain on the Wisconsin breast cancer table (569 x 30) against scikit-learn 1.2.1, SciPy 1.10.1 and
// mrmr_selection's rule, run for this file by scripts/oracles/selection_steps.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "numbers_csv.hpp"
#include "radfuse/select/chain.hpp"
#include "radfuse/stats/mutual_information.hpp"
#include "radfuse/stats/pca.hpp"
#include "radfuse/stats/yeo_johnson.hpp"
#include "reference_data.hpp"

namespace radfuse {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

struct Table {
  Eigen::MatrixXd x;
  std::vector<int> y;  // 1: benign
};

Table read_wdbc(const std::filesystem::path& data) {
  const Eigen::MatrixXd all = test::csv_numbers(data / "oracles" / "wdbc.csv", 1);
  Table table{all.leftCols(30), {}};
  for (Eigen::Index i = 0; i < all.rows(); ++i) table.y.push_back(static_cast<int>(all(i, 30)));
  return table;
}

// Columns over their SD (n), as scikit-learn's StandardScaler.
Eigen::MatrixXd standardised(const Eigen::MatrixXd& x) {
  Eigen::MatrixXd z = x.rowwise() - x.colwise().mean();
  for (Eigen::Index j = 0; j < z.cols(); ++j) z.col(j) /= z.col(j).norm() / std::sqrt(static_cast<double>(z.rows()));
  return z;
}

std::string name(int column) {
  return std::string("rad.f") + (column < 10 ? "0" : "") + std::to_string(column);
}

Dataset dataset_of(const Eigen::MatrixXd& x, const std::vector<int>& y) {
  Dataset data;
  std::vector<std::string> columns;
  for (int j = 0; j < x.cols(); ++j) columns.push_back(name(j));
  std::vector<RowKey> keys;
  for (int i = 0; i < x.rows(); ++i) {
    const std::string number = std::to_string(i);
    keys.push_back({"P" + std::string(4 - number.size(), '0') + number, "", ""});
    data.patient.push_back(keys.back().case_id);
  }
  data.table = FeatureTable(columns, keys, x);
  data.outcome = y;
  data.site.assign(y.size(), "one");
  data.split.assign(y.size(), Split::train);
  return data;
}

FittedChain fitted(const Eigen::MatrixXd& x, const std::vector<int>& y, const StepParams& step) {
  const Dataset data = dataset_of(x, y);
  return fit_chain({step}, training_split(data), std::vector<std::string>{"rad"}, 1);
}

std::vector<int> kept(const FittedChain& chain) {
  std::vector<int> columns;
  for (const std::string& column : chain.columns()) columns.push_back(std::stoi(column.substr(5)));
  return columns;
}

TEST(StepsOracle, MrmrChoosesInTheSameOrder) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const auto order = [&](MrmrScore score) {
    const FittedChain chain = fitted(wdbc.x, wdbc.y, {MrmrParams{.features = 10, .score = score}});
    std::map<int, int> by_rank;
    for (const SelectionRow& row : chain.selection())
      if (row.kept) by_rank[std::stoi(row.reason.substr(10))] = std::stoi(row.feature.substr(5));
    std::vector<int> chosen;
    for (const auto& [rank, column] : by_rank) chosen.push_back(column);
    return chosen;
  };
  EXPECT_THAT(order(MrmrScore::quotient), ElementsAre(27, 22, 7, 20, 2, 23, 0, 6, 26, 3));
  EXPECT_THAT(order(MrmrScore::difference), ElementsAre(27, 22, 7, 20, 2, 23, 0, 3, 6, 26));
}

// cv.glmnet's lambda.min and lambda.1se with these folds are 0.00158538 and 0.00531358, with 17 and 10 coefficients
// (glmnet 4.1, threshold 1e-12).
TEST(StepsOracle, LassoWithGivenFoldsChoosesTheLambdasOfGlmnet) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const Eigen::MatrixXd fold = test::csv_numbers(data / "oracles/wdbc_fold.csv", 1);
  Dataset rows = dataset_of(wdbc.x, wdbc.y);
  std::vector<std::string> columns = rows.table.columns();
  columns.push_back("clin.fold");
  Eigen::MatrixXd values(wdbc.x.rows(), wdbc.x.cols() + 1);
  values << wdbc.x, fold;
  rows.table = FeatureTable(columns, rows.table.rows(), values);
  for (const bool one_se : {false, true}) {
    const FittedChain chain =
        fit_chain({{LassoParams{.fold_column = "fold", .lambda = one_se ? LassoLambda::one_se : LassoLambda::min}}},
                  training_split(rows), std::vector<std::string>{"rad"}, 1);
    EXPECT_EQ(chain.columns().size(), one_se ? 10u : 17u);
    EXPECT_THAT(chain.remarks(), Contains(HasSubstr(one_se ? "lambda.1se = 0.00531" : "lambda.min = 0.00159")));
  }
}

// By hand: f0 tells the classes apart wholly, so that nothing is left within them to test by; f1 differs, f2 does not.
TEST(StepsOracle, WhatCannotBeTestedIsDroppedWithTheReason) {
  Eigen::MatrixXd x(8, 3);
  x << 0, 1, 5, 0, 2, 6, 0, 3, 7, 0, 4, 8, 1, 11, 5, 1, 12, 6, 1, 13, 7, 1, 14, 8;
  const std::vector<int> y{0, 0, 0, 0, 1, 1, 1, 1};
  const FittedChain chain = fitted(x, y, {UnivariateParams{.test = UnivariateTest::student}});
  EXPECT_THAT(kept(chain), ElementsAre(1));
  EXPECT_THAT(chain.selection()[0].reason, ::testing::HasSubstr("undefined (no value differs within the groups)"));
  EXPECT_THAT(chain.selection()[2].reason, ::testing::HasSubstr("p = 1"));
  EXPECT_THAT(kept(fitted(x, y, {UnivariateParams{.test = UnivariateTest::auc, .threshold = 0.5}})), ElementsAre(0, 1));
}

TEST(StepsOracle, EliminationKeepsTheSame) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const auto left = [&](double step) {
    return kept(fitted(standardised(wdbc.x), wdbc.y, {EliminationParams{.features = 5, .drop = step}}));
  };
  EXPECT_THAT(left(1), ElementsAre(10, 20, 21, 23, 27));
  EXPECT_THAT(left(5), ElementsAre(20, 21, 22, 23, 27));
  EXPECT_THAT(left(0.1), ElementsAre(10, 20, 21, 23, 27));
}

// scikit-learn: RFE(SVC(kernel="linear", C=1)). With steps of several features its path is another one.
TEST(StepsOracle, EliminationBySupportVectorsKeepsTheSame) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const auto left = [&](double step) {
    return kept(fitted(standardised(wdbc.x), wdbc.y,
                       {EliminationParams{.learner = EliminationLearner::linear_svm, .features = 5, .drop = step}}));
  };
  EXPECT_THAT(left(1), ElementsAre(6, 13, 19, 23, 29));
  EXPECT_THAT(left(5), ElementsAre(17, 19, 21, 23, 29));
  EXPECT_THAT(left(0.1), ElementsAre(6, 7, 20, 21, 23));
}

// R: summary(glm(y ~ x, binomial)) of mean radius, mean texture and mean fractal dimension.
TEST(StepsOracle, UnivariableLogisticRegression) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const FittedChain chain = fitted(wdbc.x, wdbc.y, {UnivariateParams{.test = UnivariateTest::logistic}});
  EXPECT_THAT(chain.selection()[0].reason, ::testing::StartsWith("logistic = -11.1, p = 1.25e-28, odds ratio of one "
                                                                 "unit 0.3557 ["));
  EXPECT_THAT(chain.selection()[1].reason, ::testing::StartsWith("logistic = -8.975, p = 2.83e-19, odds ratio of one "
                                                                 "unit 0.7909 ["));
  EXPECT_THAT(chain.selection()[9].reason, ::testing::StartsWith("logistic = 0.3062, p = 0.759, odds ratio of one "
                                                                 "unit 43.9"));
  EXPECT_FALSE(chain.selection()[9].kept);
}

// scikit-learn's mutual_info_classif with seed 0; its own seeds differ by up to 0.0063 on these eight.
TEST(StepsOracle, MutualInformationOfTheFirstEight) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const double theirs[] = {.361199, .094937, .402936, .359468, .075880, .216178, .374637, .437419};
  for (Eigen::Index j = 0; j < 8; ++j)
    EXPECT_NEAR(stats::mutual_information(wdbc.x.col(j), wdbc.y), theirs[j], 0.01) << j;
}

TEST(StepsOracle, CorrelationKeepsTheFirst) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const CorrelationParams params{
      .method = CorrelationMethod::spearman, .threshold = 0.9, .keep = CorrelationKeep::first};
  EXPECT_THAT(kept(fitted(wdbc.x, wdbc.y, {params})),
              ElementsAre(0, 1, 4, 5, 6, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 24, 28, 29));
}

TEST(StepsOracle, CollinearityDropsTheSame) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const FittedChain chain = fitted(wdbc.x, wdbc.y, {CollinearityParams{}});
  EXPECT_THAT(kept(chain), ElementsAre(1, 4, 7, 8, 9, 11, 12, 14, 15, 16, 17, 18, 19, 23, 24, 28, 29));
  for (const SelectionRow& row : chain.selection()) {
    if (row.feature == name(0)) {
      EXPECT_EQ(row.reason, "variance inflation 3806 > 10");
    }
    if (row.feature == name(26)) {
      EXPECT_EQ(row.reason, "variance inflation 15.51 > 10");
    }
  }
}

TEST(StepsOracle, ClustersAndMedoids) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  EXPECT_THAT(kept(fitted(wdbc.x, wdbc.y, {ClusterParams{}})),
              ElementsAre(1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 24, 28, 29));
}

TEST(StepsOracle, PrincipalComponents) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const Eigen::MatrixXd z = standardised(wdbc.x);
  const stats::Pca pca = stats::fit_pca(z);
  const std::vector<double> variance{13.304990794374556, 5.701374603726135, 2.8229101550062228, 1.984127517730201};
  const std::vector<double> first{9.192836826213245, 1.9485830707786174, -1.123166164925148, 3.633730897419133};
  const FittedChain chain = fitted(z, wdbc.y, {PcaParams{.variance = 0.95}});
  ASSERT_EQ(chain.columns().size(), 10U) << "components that hold 95 %";
  EXPECT_EQ(chain.columns().front(), "rad.pca.01");
  const Dataset whole = dataset_of(z, wdbc.y);
  const FeatureTable scores = apply(chain, whole.table, whole.site);
  const FeatureTable again = apply(chain_from_json(to_json(chain)), whole.table, whole.site);
  EXPECT_EQ(again.values(), scores.values());
  for (Eigen::Index k = 0; k < 4; ++k) {
    const auto at = static_cast<std::size_t>(k);
    EXPECT_NEAR(pca.variance[k], variance[at], 1e-12 * variance[at]);
    EXPECT_NEAR(scores.values()(0, k), first[at], 1e-10) << "with its sign";
  }
  EXPECT_NEAR(pca.total, 30.0 * 569 / 568, 1e-10);
}

// Ties are broken by noise, so that scikit-learn's own numbers differ by up to 0.011 between seeds: this is the mean of
// five.
TEST(StepsOracle, MutualInformation) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Table wdbc = read_wdbc(data);
  const std::vector<double> theirs{0.36491, 0.09676, 0.40372, 0.3603,  0.07863, 0.21382, 0.3735,  0.43982,
                                   0.06441, 0.00762, 0.24909, 0.0005,  0.27536, 0.34076, 0.01559, 0.07443,
                                   0.11742, 0.12795, 0.0144,  0.03913, 0.45393, 0.12077, 0.4755,  0.46449,
                                   0.10091, 0.22514, 0.31614, 0.43707, 0.0918,  0.06674};
  for (Eigen::Index j = 0; j < 30; ++j) {
    const double ours = stats::mutual_information(wdbc.x.col(j), wdbc.y);
    EXPECT_NEAR(ours, theirs[static_cast<std::size_t>(j)], 0.011) << j;
    EXPECT_EQ(stats::mutual_information(wdbc.x.col(j), wdbc.y), ours) << "the same every time";
  }
}

// SciPy: yeojohnson, whose optimiser stops at 1e-8 of lambda or so.
TEST(StepsOracle, YeoJohnson) {
  const Eigen::VectorXd sleep{
      {.7, -1.6, -.2, -1.2, -.1, 3.4, 3.7, .8, 0, 2, 1.9, .8, 1.1, .1, -.1, 4.4, 5.5, 1.6, 4.6, 3.4}};
  EXPECT_NEAR(stats::yeo_johnson_lambda(sleep), 0.6604718567670773, 1e-6);
  EXPECT_NEAR(stats::yeo_johnson(.7, 0.6604718567670773), 0.6354965792835163, 1e-14);
  EXPECT_NEAR(stats::yeo_johnson(-1.6, 0.6604718567670773), -1.9382975005518408, 1e-14);
  EXPECT_NEAR(stats::yeo_johnson_lambda(Eigen::VectorXd::LinSpaced(25, -2, 3).array().exp().matrix()),
              -0.41450695615834904, 1e-6);
}

}  // namespace
}  // namespace radfuse
