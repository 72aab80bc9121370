// SPDX-License-Identifier: Apache-2.0
// radfuse-bench-combat FILE SAMPLES FEATURES BATCHES parametric|non_parametric RESULT: CPU seconds to fit ComBat and to
// adjust the samples it was fitted on. FILE holds doubles, feature after feature of sample 1, then of sample 2; sample
// i belongs to batch i modulo BATCHES. Least of three runs; RESULT takes the adjusted values in the same order.
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "radfuse/stats/combat.hpp"

namespace radfuse::stats {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

Eigen::MatrixXd harmonised(const Eigen::MatrixXd& x, int batches, CombatPrior prior) {
  std::vector<int> batch;
  std::vector<std::vector<Eigen::Index>> rows(static_cast<std::size_t>(batches));
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    batch.push_back(static_cast<int>(i % batches));
    rows[static_cast<std::size_t>(batch.back())].push_back(i);
  }
  const Eigen::MatrixXd none(x.rows(), 0);
  const CombatModel model = fit_combat(x, batch, none, {}, {.prior = prior});
  Eigen::MatrixXd result(x.rows(), x.cols());
  for (std::size_t b = 0; b < rows.size(); ++b)
    result(rows[b], Eigen::all) = apply_combat(model, batch_of(model, static_cast<Eigen::Index>(b)),
                                               x(rows[b], Eigen::all), none(rows[b], Eigen::all));
  return result;
}

int number(const char* text) {
  int value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

}  // namespace
}  // namespace radfuse::stats

int main(int argc, char** argv) {
  using namespace radfuse::stats;
  if (argc != 7) return 2;
  const Eigen::Index samples = number(argv[2]), features = number(argv[3]);
  Eigen::MatrixXd by_sample(features, samples);
  std::ifstream in(argv[1], std::ios::binary);
  in.read(reinterpret_cast<char*>(by_sample.data()), static_cast<std::streamsize>(sizeof(double)) * by_sample.size());
  if (!in) return 3;
  const Eigen::MatrixXd x = by_sample.transpose();
  const CombatPrior prior =
      std::strcmp(argv[5], "parametric") == 0 ? CombatPrior::parametric : CombatPrior::non_parametric;
  double least = 1e9;
  for (int run = 0; run < 3; ++run) {
    const double begin = cpu_seconds();
    const Eigen::MatrixXd found = harmonised(x, number(argv[4]), prior);
    least = std::min(least, cpu_seconds() - begin);
    by_sample = found.transpose();
  }
  std::ofstream out(argv[6], std::ios::binary);
  out.write(reinterpret_cast<const char*>(by_sample.data()),
            static_cast<std::streamsize>(sizeof(double)) * by_sample.size());
  std::printf("%.4f\n", least);
  return out.good() ? 0 : 3;
}
