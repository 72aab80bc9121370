// SPDX-License-Identifier: Apache-2.0
// ComBat on published tables: the 200 x 10 matrix of Fortin et al. 2018 with the output of R's neuroCombat for eleven
// settings, and the liver phantom of Schaer et al. 2023 with its published reliability.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "numbers_csv.hpp"
#include "radfuse/stats/combat.hpp"
#include "radfuse/stats/reliability.hpp"
#include "reference_data.hpp"

namespace radfuse::stats {
namespace {

struct Samples {
  Eigen::MatrixXd x;  // samples x features
  std::vector<int> batch;
  Eigen::MatrixXd covariate;
};

Samples read_samples(const std::filesystem::path& folder) {
  Samples s{test::csv_numbers(folder / "input.csv", 1).transpose(), {}, {}};
  const Eigen::MatrixXd about = test::csv_numbers(folder / "samples.csv", 1, 1);
  for (Eigen::Index i = 0; i < about.rows(); ++i) s.batch.push_back(static_cast<int>(about(i, 0)) - 1);
  s.covariate = about.col(1);
  return s;
}

Eigen::MatrixXd adjusted(const CombatModel& model, const Eigen::MatrixXd& x, const std::vector<int>& batch,
                         const Eigen::MatrixXd& covariates) {
  Eigen::MatrixXd result(x.rows(), x.cols());
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    result.row(i) =
        apply_combat(model, batch_of(model, batch[static_cast<std::size_t>(i)]), x.row(i), covariates.row(i));
  return result;
}

TEST(HarmonisationTables, ElevenSettingsOfNeuroCombat) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "tables" / "combat_reference";
  const Samples s = read_samples(folder);
  const std::vector<std::string> name{"covariate"};
  const std::map<std::string, CombatOptions> kinds = {
      {"parametric_adjusted", {}},
      {"parametric_unadjusted", {}},
      {"parametric_adjusted_meanonly", {.mean_only = true}},
      {"parametric_unadjusted_meanonly", {.mean_only = true}},
      {"parametric_adjusted_noeb", {.prior = CombatPrior::none}},
      {"parametric_unadjusted_noeb", {.prior = CombatPrior::none}},
      {"parametric_adjusted_batchref", {.reference = 0}},
      {"parametric_unadjusted_batchref", {.reference = 0}},
      {"nonparametric_adjusted", {.prior = CombatPrior::non_parametric}},
      {"nonparametric_unadjusted", {.prior = CombatPrior::non_parametric}},
      {"nonparametric_adjusted_batchref", {.prior = CombatPrior::non_parametric, .reference = 0}},
  };
  for (const auto& [kind, options] : kinds) {
    const bool with = kind.find("unadjusted") == std::string::npos;
    const Eigen::MatrixXd covariates = with ? s.covariate : Eigen::MatrixXd(s.x.rows(), 0);
    const Eigen::MatrixXd expected = test::csv_numbers(folder / ("expected_" + kind + ".csv"), 1).transpose();
    const Eigen::MatrixXd found =
        adjusted(fit_combat(s.x, s.batch, covariates, name, options), s.x, s.batch, covariates);
    EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), 1e-9) << kind;
  }
}

// Trained with the covariate; neuroCombatFromTraining applies the mean of the covariate's part instead of each
// sample's.
TEST(HarmonisationTables, TrainedOnAllAppliedToFour) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "tables" / "combat_reference";
  const Samples s = read_samples(folder);
  const std::vector<std::string> name{"covariate"};
  const CombatModel model = fit_combat(s.x, s.batch, s.covariate, name);
  const Eigen::MatrixXd expected = test::csv_numbers(folder / "expected_train_apply.csv", 1).transpose();
  const std::vector<Eigen::Index> samples{0, 1, 5, 6};
  const Eigen::MatrixXd mean = Eigen::MatrixXd::Constant(1, 1, s.covariate.mean());
  for (std::size_t k = 0; k < samples.size(); ++k) {
    const Eigen::MatrixXd found =
        apply_combat(model, batch_of(model, s.batch[static_cast<std::size_t>(samples[k])]), s.x.row(samples[k]), mean);
    EXPECT_LT((found - expected.row(static_cast<Eigen::Index>(k))).cwiseAbs().maxCoeff(), 1e-9) << k;
  }
}

/// ROI by acquisition group: the mean over repeats of one feature.
struct Phantom {
  std::vector<std::string> features;
  Eigen::MatrixXd x;  // scans of ROIs x features
  std::vector<int> group, roi;

  Eigen::MatrixXd ratings(const Eigen::VectorXd& values) const {
    Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(6, 8), count = sum;
    for (Eigen::Index i = 0; i < values.size(); ++i) {
      const auto row = static_cast<std::size_t>(i);
      sum(roi[row], group[row]) += values[i];
      ++count(roi[row], group[row]);
    }
    return sum.cwiseQuotient(count);
  }
};

Phantom read_phantom(const std::filesystem::path& folder) {
  Phantom phantom;
  const auto cells = test::csv_cells(folder / "features.csv");
  std::map<std::string, int> groups, rois;
  for (std::size_t r = 1; r < cells.size(); ++r) groups[cells[r][0]], rois[cells[r][3]];
  int next = 0;
  for (auto& [name, number] : groups) number = next++;
  next = 0;
  for (auto& [name, number] : rois) number = next++;
  phantom.features.assign(cells[0].begin() + 5, cells[0].end());
  phantom.x.resize(static_cast<Eigen::Index>(cells.size()) - 1, static_cast<Eigen::Index>(phantom.features.size()));
  for (std::size_t r = 1; r < cells.size(); ++r) {
    phantom.group.push_back(groups.at(cells[r][0]));
    phantom.roi.push_back(rois.at(cells[r][3]));
    for (std::size_t c = 5; c < cells[r].size(); ++c)
      phantom.x(static_cast<Eigen::Index>(r) - 1, static_cast<Eigen::Index>(c) - 5) = test::number(cells[r][c]);
  }
  return phantom;
}

TEST(HarmonisationTables, NinetyTwoPublishedIccsAndWhatComBatMakesOfThem) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "tables" / "ct_phantom4radiomics";
  const Phantom phantom = read_phantom(folder);
  std::map<std::string, double> published, after;
  for (const auto& cells : test::csv_cells(folder / "published_icc2.csv"))
    if (cells[0] != "feature") published[cells[0]] = test::number(cells[1]);
  for (const auto& cells : test::csv_cells(folder / "expected_combat_icc2.csv"))
    if (cells[0] != "feature") after[cells[0]] = test::number(cells[2]);
  ASSERT_EQ(published.size(), 92U);
  ASSERT_EQ(after.size(), 92U);
  // The ROI as a category of six: five columns of 0 and 1.
  Eigen::MatrixXd covariates = Eigen::MatrixXd::Zero(phantom.x.rows(), 5);
  for (std::size_t i = 0; i < phantom.roi.size(); ++i)
    if (phantom.roi[i] > 0) covariates(static_cast<Eigen::Index>(i), phantom.roi[i] - 1) = 1;
  const std::vector<std::string> names{"b", "c", "d", "e", "f"};
  const CombatModel model = fit_combat(phantom.x, phantom.group, covariates, names);
  const Eigen::MatrixXd harmonised = adjusted(model, phantom.x, phantom.group, covariates);
  int good_before = 0, good_after = 0;
  for (std::size_t f = 0; f < phantom.features.size(); ++f) {
    const auto column = static_cast<Eigen::Index>(f);
    const double first = intraclass_correlation(phantom.ratings(phantom.x.col(column))).agreement.icc;
    const double second = intraclass_correlation(phantom.ratings(harmonised.col(column))).agreement.icc;
    EXPECT_NEAR(first, published.at(phantom.features[f]), 1e-4) << phantom.features[f];
    EXPECT_NEAR(second, after.at(phantom.features[f]), 1e-8) << phantom.features[f];
    good_before += first >= 0.75;
    good_after += second >= 0.75;
  }
  EXPECT_EQ(good_before, 25);
  EXPECT_EQ(good_after, 75);
}

TEST(HarmonisationTables, RepeatabilityOfProstateMr) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "tables" / "qin_prostate_repeatability";
  const auto cells = test::csv_cells(folder / "features.csv");
  std::map<std::string, std::size_t> column;
  for (std::size_t c = 3; c < cells[0].size(); ++c) column[cells[0][c]] = c;
  std::size_t checked = 0;
  for (const auto& row : test::csv_cells(folder / "expected_icc.csv")) {
    if (row[0] == "structure" || row[3].empty()) continue;
    std::map<std::string, std::map<std::string, double>> by_patient;
    for (std::size_t r = 1; r < cells.size(); ++r)
      if (cells[r][2] == row[0] && !cells[r][column.at(row[1])].empty())
        by_patient[cells[r][0]][cells[r][1]] = test::number(cells[r][column.at(row[1])]);
    Eigen::MatrixXd ratings(static_cast<Eigen::Index>(by_patient.size()), 2);
    ratings.setConstant(std::nan(""));
    Eigen::Index at = 0;
    for (const auto& [patient, times] : by_patient) {
      Eigen::Index reading = 0;
      for (const auto& [time, value] : times) ratings(at, reading++) = value;
      ++at;
    }
    const Icc icc = intraclass_correlation(ratings);
    // The table has ten digits of each value, the reference had all: half a unit of the tenth over the feature's
    // spread.
    const double digit = 0.5 * std::pow(10, std::floor(std::log10(ratings.cwiseAbs().maxCoeff())) - 9);
    const double spread = std::sqrt((ratings.array() - ratings.mean()).square().mean());
    const double tolerance = 1e-9 + 2 * digit / spread;
    EXPECT_EQ(static_cast<double>(icc.subjects), test::number(row[2])) << row[0] << " " << row[1];
    EXPECT_NEAR(icc.one_way.icc, test::number(row[3]), tolerance) << row[0] << " " << row[1];
    EXPECT_NEAR(icc.agreement.icc, test::number(row[4]), tolerance) << row[0] << " " << row[1];
    EXPECT_NEAR(icc.consistency.icc, test::number(row[5]), tolerance) << row[0] << " " << row[1];
    ++checked;
  }
  EXPECT_EQ(checked, 681U);
}

}  // namespace
}  // namespace radfuse::stats
