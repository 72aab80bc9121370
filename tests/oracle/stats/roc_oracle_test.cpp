// SPDX-License-Identifier: Apache-2.0
// AUC, DeLong's interval and test against pROC 1.18 on its aSAH data (113 patients with subarachnoid haemorrhage), and
// logistic regression with calibration against R on the Wisconsin breast cancer table.
#include <gtest/gtest.h>

#include <map>

#include "numbers_csv.hpp"
#include "radfuse/stats/calibration.hpp"
#include "radfuse/stats/decision_curve.hpp"
#include "radfuse/stats/logistic.hpp"
#include "radfuse/stats/roc.hpp"
#include "reference_data.hpp"

namespace radfuse::stats {
namespace {

struct Asah {
  Eigen::VectorXi poor;
  std::map<std::string, Eigen::VectorXd> score;
};

Asah read_asah(const std::filesystem::path& data) {
  const auto cells = test::csv_cells(data / "tables" / "statistics" / "asah.csv");
  const auto n = static_cast<Eigen::Index>(cells.size()) - 1;
  Asah asah{Eigen::VectorXi(n), {}};
  for (std::size_t c = 0; c < cells[0].size(); ++c) {
    const bool outcome = cells[0][c] == "outcome";
    if (!outcome && cells[0][c] != "wfns" && cells[0][c] != "s100b" && cells[0][c] != "ndka") continue;
    Eigen::VectorXd values(n);
    for (Eigen::Index i = 0; i < n; ++i) {
      const std::string& cell = cells[static_cast<std::size_t>(i) + 1][c];
      if (outcome)
        asah.poor[i] = cell == "Poor";
      else
        values[i] = test::number(cell);
    }
    if (!outcome) asah.score[cells[0][c]] = values;
  }
  return asah;
}

TEST(AsahOracle, delong_of_proc) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Asah asah = read_asah(data);
  ASSERT_EQ(asah.poor.size(), 113);
  ASSERT_EQ(asah.poor.sum(), 41);
  struct Expected {
    const char* name;
    double auc, lower, upper;
  };
  for (const Expected& e : {Expected{"s100b", 0.731368563685637, 0.630118211761623, 0.832618915609651},
                            Expected{"ndka", 0.611957994579946, 0.501244999271703, 0.722670989888189},
                            Expected{"wfns", 0.823678861788618, 0.748534887819453, 0.898822835757783}}) {
    const AucInterval found = delong_auc(asah.poor, asah.score.at(e.name));
    EXPECT_NEAR(found.auc, e.auc, 1e-13) << e.name;
    EXPECT_NEAR(found.lower, e.lower, 1e-12) << e.name;
    EXPECT_NEAR(found.upper, e.upper, 1e-12) << e.name;
  }
  const AucTest first = delong_test(asah.poor, asah.score.at("wfns"), asah.score.at("s100b"));
  EXPECT_NEAR(first.z, 2.20898359144091, 1e-11);
  EXPECT_NEAR(first.p, 0.0271757822291882, 1e-12);
  EXPECT_NEAR(first.lower, 0.0104061769564846, 1e-12);
  EXPECT_NEAR(first.upper, 0.174214419249478, 1e-12);
  const AucTest second = delong_test(asah.poor, asah.score.at("ndka"), asah.score.at("s100b"));
  EXPECT_NEAR(second.z, -1.39077002573558, 1e-11);
  EXPECT_NEAR(second.p, 0.164295175223054, 1e-12);
}

TEST(AsahOracle, best_thresholds_of_proc) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Asah asah = read_asah(data);
  EXPECT_NEAR(youden_threshold(asah.poor, asah.score.at("s100b")), 0.205, 1e-12);
  EXPECT_NEAR(youden_threshold(asah.poor, asah.score.at("ndka")), 11.08, 1e-12);
  EXPECT_NEAR(youden_threshold(asah.poor, asah.score.at("wfns")), 3.5, 1e-12);
  const OperatingPoint point = at_threshold(asah.poor, asah.score.at("s100b"), 0.205);
  EXPECT_NEAR(point.specificity.value, 0.805555555555556, 1e-14);
  EXPECT_NEAR(point.sensitivity.value, 0.634146341463415, 1e-14);
}

struct Wdbc {
  Eigen::MatrixXd x;
  Eigen::VectorXi malignant;
};

Wdbc read_wdbc(const std::filesystem::path& data) {
  const Eigen::MatrixXd all = test::csv_numbers(data / "oracles" / "wdbc.csv", 1);
  return {all.leftCols(30), (1 - all.col(30).array()).cast<int>()};
}

TEST(WdbcOracle, delong_of_proc) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wdbc w = read_wdbc(data);
  const AucInterval radius = delong_auc(w.malignant, w.x.col(0));
  EXPECT_NEAR(radius.auc, 0.937516516040378, 1e-13);
  EXPECT_NEAR(radius.variance, 1.09354203582323e-4, 1e-17);
  EXPECT_NEAR(radius.lower, 0.917020670853334, 1e-12);
  EXPECT_NEAR(radius.upper, 0.958012361227423, 1e-12);
  EXPECT_NEAR(delong_test(w.malignant, w.x.col(0), w.x.col(1)).z, 7.3087874047334, 1e-10);
  EXPECT_NEAR(delong_test(w.malignant, w.x.col(0), w.x.col(3)).p, 0.192958062461312, 1e-11);
  const OperatingPoint point = at_threshold(w.malignant, w.x.col(0), youden_threshold(w.malignant, w.x.col(0)));
  EXPECT_NEAR(point.threshold, 15.045, 1e-12);
  EXPECT_EQ(point.true_positive, 161);
  EXPECT_EQ(point.false_positive, 11);
  EXPECT_EQ(point.true_negative, 346);
  EXPECT_EQ(point.false_negative, 51);
}

// R: glm(malignant ~ mean_texture + mean_smoothness + mean_symmetry)
TEST(WdbcOracle, logistic_regression_of_r) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wdbc w = read_wdbc(data);
  const Eigen::MatrixXd x = w.x(Eigen::all, std::vector<Eigen::Index>{1, 4, 8});
  const LogisticFit fit = fit_logistic(x, w.malignant);
  EXPECT_EQ(fit.reason, "");
  EXPECT_NEAR(fit.intercept, -15.2031239547103, 1e-6);
  EXPECT_NEAR(fit.coefficients[0], 0.2864713794054, 1e-8);
  EXPECT_NEAR(fit.coefficients[1], 63.0573050745407, 1e-5);
  EXPECT_NEAR(fit.coefficients[2], 15.7125610560749, 1e-5);
  // glm takes its standard errors from the step before the last: they are off by 4e-7 of themselves.
  EXPECT_NEAR(fit.standard_errors[0] / 0.0301278, 1, 2e-6);
  EXPECT_NEAR(fit.standard_errors[1] / 9.9509221, 1, 1e-6);
  EXPECT_NEAR(fit.standard_errors[2] / 4.7318138, 1, 1e-6);
  EXPECT_NEAR(fit.deviance, 535.035340167697, 1e-9);

  const Eigen::VectorXd p = predict_logistic(fit.intercept, fit.coefficients, x);
  const HosmerLemeshow test = hosmer_lemeshow(w.malignant, p, 10, true);
  EXPECT_NEAR(test.chi_squared, 5.38511947955391, 1e-6);
  EXPECT_NEAR(test.p, 0.715731828484379, 1e-7);
  const std::vector<double> thresholds = {0.1, 0.25, 0.5, 0.75};
  const auto curve = decision_curve(w.malignant, p, thresholds);
  EXPECT_NEAR(curve[0].net_benefit, 0.320054676820933, 1e-12);
  EXPECT_NEAR(curve[0].treat_all, 0.302870533099004, 1e-12);
  EXPECT_NEAR(curve[1].net_benefit, 0.248388986526069, 1e-12);
  EXPECT_NEAR(curve[2].net_benefit, 0.131810193321617, 1e-12);
  EXPECT_NEAR(curve[2].treat_all, -0.254833040421793, 1e-12);
  EXPECT_NEAR(curve[3].net_benefit, 0.0685413005272407, 1e-12);

  // rms::val.prob on the same probabilities, distorted: logit p' = 0.5 + 1.4 logit p.
  const Eigen::VectorXd distorted = p.unaryExpr([](double v) { return logistic(0.5 + 1.4 * logit(v)); });
  const Calibration c = calibration(w.malignant, distorted);
  EXPECT_NEAR(c.intercept, -0.5 / 1.4, 1e-7);
  EXPECT_NEAR(c.slope, 1 / 1.4, 1e-7);
  EXPECT_NEAR(c.in_the_large, -0.356148104608, 1e-7);
  EXPECT_NEAR(c.brier, 0.163418511808, 1e-9);
}

// scikit-learn 1.2: LogisticRegression(C=1) on standardised columns, all rows, y = 1 benign. Its
// solver stops at a gradient of 1e-4, and the penalty makes the curvature 1 at least: coefficients within about 2e-4.
TEST(WdbcOracle, ridge_of_scikit_learn) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const Wdbc w = read_wdbc(data);
  Eigen::MatrixXd z = w.x.rowwise() - w.x.colwise().mean();
  for (Eigen::Index j = 0; j < z.cols(); ++j) z.col(j) /= z.col(j).norm() / std::sqrt(static_cast<double>(z.rows()));
  const Eigen::VectorXi benign = 1 - w.malignant.array();
  const RidgeFit fit = fit_logistic_ridge(z, benign, 1.0);
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.intercept, 0.214565730943, 2e-4);
  const double expected[] = {-0.363170718841, -0.387702991041, -0.351114437610, -0.435558960639, -0.161764932078};
  for (Eigen::Index j = 0; j < 5; ++j) EXPECT_NEAR(fit.coefficients[j], expected[j], 2e-4) << j;
  const Eigen::VectorXd p = predict_logistic(fit.intercept, fit.coefficients, z);
  EXPECT_NEAR(delong_auc(benign, p).auc, 0.997449923365573, 1e-12);
}

}  // namespace
}  // namespace radfuse::stats
