// SPDX-License-Identifier: Apache-2.0
// Single lambdas on real radiomic tables (radMLBench, Demircioglu 2024) with up to 1,015 columns. The expected values
// lie beside the tables: coefficients of columns scaled by the population SD, printed with ten digits.
#include <gtest/gtest.h>

#include <map>

#include "numbers_csv.hpp"
#include "radfuse/stats/lasso.hpp"
#include "reference_data.hpp"

namespace radfuse::stats {
namespace {

struct Table {
  std::vector<std::string> features;
  Eigen::MatrixXd x;
  Eigen::VectorXd y, sd;
};

// Columns ID and Target, in any place, and features.
Table read_table(const std::filesystem::path& file) {
  const auto cells = test::csv_cells(file);
  Table table;
  const auto rows = static_cast<Eigen::Index>(cells.size()) - 1;
  table.x.resize(rows, static_cast<Eigen::Index>(cells[0].size()) - 2);
  table.y.resize(rows);
  for (std::size_t c = 0; c < cells[0].size(); ++c) {
    if (cells[0][c] == "ID") continue;
    const bool target = cells[0][c] == "Target";
    for (Eigen::Index r = 0; r < rows; ++r)
      (target ? table.y[r] : table.x(r, static_cast<Eigen::Index>(table.features.size()))) =
          test::number(cells[static_cast<std::size_t>(r) + 1][c]);
    if (!target) table.features.push_back(cells[0][c]);
  }
  table.sd = ((table.x.rowwise() - table.x.colwise().mean()).colwise().squaredNorm() / static_cast<double>(rows))
                 .cwiseSqrt()
                 .transpose();
  return table;
}

double objective(const Table& t, const LassoPath& path, LassoFamily family, double lambda) {
  const Eigen::ArrayXd eta = (t.x * path.coefficients.col(0)).array() + path.intercept[0];
  const double loss = family == LassoFamily::gaussian
                          ? (t.y.array() - eta).square().mean() / 2
                          : (eta.max(0) + (-eta.abs()).exp().log1p() - t.y.array() * eta).mean();
  return loss + lambda * t.sd.cwiseProduct(path.coefficients.col(0)).lpNorm<1>();
}

TEST(LassoRadmlbenchOracle, expected_lasso) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  const std::filesystem::path folder = data / "tables" / "radmlbench";
  std::map<std::vector<std::string>, std::map<std::string, double>> coefficients;
  for (const auto& row : test::csv_cells(folder / "expected_lasso_coefficients.csv"))
    if (row[0] != "dataset") coefficients[{row[0], row[1], row[2]}][row[3]] = test::number(row[4]);
  int settings = 0;
  const auto expected = test::csv_cells(folder / "expected_lasso.csv");
  for (std::size_t r = 1; r < expected.size(); ++r) {
    const auto& row = expected[r];
    SCOPED_TRACE(row[0] + " " + row[1] + " " + row[2]);
    const Table t = read_table(folder / (row[0] + ".csv"));
    const LassoFamily family = row[1] == "binomial" ? LassoFamily::binomial : LassoFamily::gaussian;
    ASSERT_EQ(t.x.cols(), static_cast<Eigen::Index>(test::number(row[4])));
    const LassoPath own = fit_lasso(t.x, t.y, {.family = family, .lambda_count = 1});
    const double lambda = own.lambda[0] * test::number(row[2]);
    EXPECT_NEAR(lambda / test::number(row[3]), 1, 1e-10);
    const LassoPath path = fit_lasso(t.x, t.y, {.family = family, .exact = true}, std::vector<double>{lambda});
    EXPECT_EQ(path.nonzero[0], static_cast<int>(test::number(row[5])));
    const Eigen::VectorXd centre = t.x.colwise().mean().transpose();
    EXPECT_NEAR((path.intercept[0] + centre.dot(path.coefficients.col(0))) / test::number(row[6]), 1, 1e-9);
    EXPECT_NEAR(objective(t, path, family, lambda) / test::number(row[7]), 1, 1e-10);
    const auto& theirs = coefficients[{row[0], row[1], row[2]}];
    for (Eigen::Index j = 0; j < t.x.cols(); ++j) {
      const auto at = theirs.find(t.features[static_cast<std::size_t>(j)]);
      const double other = at == theirs.end() ? 0 : at->second;
      EXPECT_NEAR(path.coefficients(j, 0) * t.sd[j], other, 1e-6 * std::abs(other)) << j;
    }
    ++settings;
  }
  EXPECT_EQ(settings, 18);
}

}  // namespace
}  // namespace radfuse::stats
