// SPDX-License-Identifier: Apache-2.0
// radfuse-bench-stats FILE ROWS COLUMNS TASK REPEATS: CPU seconds of one thread, the least of REPEATS, and a number of
// the result by which a peer's can be compared. FILE holds ROWS x COLUMNS doubles, column by column, and ROWS labels (0
// or 1), as scripts/bench/selection_compare.py writes it.
#include <ctime>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "radfuse/stats/hypothesis.hpp"
#include "radfuse/stats/lasso.hpp"
#include "radfuse/stats/mutual_information.hpp"
#include "radfuse/stats/tsne.hpp"

namespace radfuse::stats {
namespace {

struct Table {
  Eigen::MatrixXd x;
  Eigen::VectorXd y;
  std::vector<int> label, fold;
  std::vector<Eigen::Index> positive, negative;
};

Table read_table(const char* file, Eigen::Index rows, Eigen::Index columns) {
  Table t{Eigen::MatrixXd(rows, columns), Eigen::VectorXd(rows), {}, {}, {}, {}};
  std::ifstream in(file, std::ios::binary);
  in.read(reinterpret_cast<char*>(t.x.data()), static_cast<std::streamsize>(sizeof(double)) * t.x.size());
  in.read(reinterpret_cast<char*>(t.y.data()), static_cast<std::streamsize>(sizeof(double)) * t.y.size());
  if (!in) throw std::runtime_error("the file is too short");
  for (Eigen::Index i = 0; i < rows; ++i) {
    t.label.push_back(static_cast<int>(t.y[i]));
    t.fold.push_back(static_cast<int>(i % 10));
    (t.y[i] == 1 ? t.positive : t.negative).push_back(i);
  }
  return t;
}

const std::map<std::string, std::function<double(const Table&)>> kTasks = {
    {"path", [](const Table& t) { return fit_lasso(t.x, t.y).deviance_ratio.maxCoeff(); }},
    {"cv",
     [](const Table& t) {
       const LassoCv cv = cross_validate_lasso(t.x, t.y, t.fold);
       return cv.path.lambda[cv.at_min];
     }},
    {"gaussian_cv",
     [](const Table& t) {
       const LassoCv cv = cross_validate_lasso(t.x, t.y, t.fold, {.family = LassoFamily::gaussian});
       return cv.path.lambda[cv.at_min];
     }},
    {"mutual_information",
     [](const Table& t) {
       double sum = 0;
       for (Eigen::Index j = 0; j < t.x.cols(); ++j) sum += mutual_information(t.x.col(j), t.label);
       return sum;
     }},
    {"mann_whitney",
     [](const Table& t) {
       double sum = 0;
       for (Eigen::Index j = 0; j < t.x.cols(); ++j)
         sum += mann_whitney(t.x.col(j)(t.positive), t.x.col(j)(t.negative)).p;
       return sum;
     }},
    {"tsne", [](const Table& t) { return fit_tsne(t.x).divergence; }},
};

int run(int argc, char** argv) {
  if (argc != 6 || !kTasks.contains(argv[4])) {
    std::cerr << "radfuse-bench-stats FILE ROWS COLUMNS TASK REPEATS\n";
    return 2;
  }
  const Table table = read_table(argv[1], std::stol(argv[2]), std::stol(argv[3]));
  double best = std::numeric_limits<double>::infinity(), result = 0;
  for (int repeat = 0; repeat < std::stoi(argv[5]); ++repeat) {
    const std::clock_t start = std::clock();
    result = kTasks.at(argv[4])(table);
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  std::cout.precision(12);
  std::cout << best << " " << result << "\n";
  return 0;
}

}  // namespace
}  // namespace radfuse::stats

int main(int argc, char** argv) {
  return radfuse::stats::run(argc, argv);
}
