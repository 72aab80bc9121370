// SPDX-License-Identifier: Apache-2.0
// The inner loops of coordinate descent.
#include "lasso_kernels.hpp"

#include <array>
#include <cstring>

#include "radfuse/base/clones.hpp"

namespace radfuse::stats {
namespace {

using Four = double __attribute__((vector_size(32)));
constexpr Eigen::Index kFour = 4;

inline void load(Four& four, const double* from) {
  std::memcpy(&four, from, sizeof four);
}

inline double sum(const Four& s) {
  return (s[0] + s[2]) + (s[1] + s[3]);
}

// Four columns at once: r is read once for them.
RADFUSE_CLONES void four_dots(const std::array<const double*, 4>& x, const double* r, Eigen::Index n, double* result) {
  Four s0 = {}, s1 = {}, s2 = {}, s3 = {}, t0 = {}, t1 = {}, t2 = {}, t3 = {}, a, b, c;
  Eigen::Index i = 0;
  for (; i + 2 * kFour <= n; i += 2 * kFour) {
    load(b, r + i);
    load(c, r + i + kFour);
    load(a, x[0] + i);
    s0 += a * b;
    load(a, x[0] + i + kFour);
    t0 += a * c;
    load(a, x[1] + i);
    s1 += a * b;
    load(a, x[1] + i + kFour);
    t1 += a * c;
    load(a, x[2] + i);
    s2 += a * b;
    load(a, x[2] + i + kFour);
    t2 += a * c;
    load(a, x[3] + i);
    s3 += a * b;
    load(a, x[3] + i + kFour);
    t3 += a * c;
  }
  result[0] = sum(s0 + t0);
  result[1] = sum(s1 + t1);
  result[2] = sum(s2 + t2);
  result[3] = sum(s3 + t3);
  for (; i < n; ++i)
    for (std::size_t k = 0; k < 4; ++k) result[k] += x[k][i] * r[i];
}

template <class ColumnAt>
Eigen::VectorXd dots_of(const Eigen::MatrixXd& x, const Eigen::Ref<const Eigen::VectorXd>& r, Eigen::Index count,
                        const ColumnAt& column_at) {
  Eigen::VectorXd result(count);
  const auto column = [&](Eigen::Index k) { return x.col(column_at(k)).data(); };
  Eigen::Index k = 0;
  for (; k + 4 <= count; k += 4)
    four_dots({column(k), column(k + 1), column(k + 2), column(k + 3)}, r.data(), x.rows(), result.data() + k);
  for (; k < count; ++k) result[k] = dot(column(k), r.data(), x.rows());
  return result;
}

}  // namespace

// Sixteen sums side by side: one alone would wait for itself.
RADFUSE_CLONES double dot(const double* a, const double* b, Eigen::Index n) {
  Four s0 = {}, s1 = {}, s2 = {}, s3 = {}, u, v;
  Eigen::Index i = 0;
  for (; i + 4 * kFour <= n; i += 4 * kFour) {
    load(u, a + i);
    load(v, b + i);
    s0 += u * v;
    load(u, a + i + kFour);
    load(v, b + i + kFour);
    s1 += u * v;
    load(u, a + i + 2 * kFour);
    load(v, b + i + 2 * kFour);
    s2 += u * v;
    load(u, a + i + 3 * kFour);
    load(v, b + i + 3 * kFour);
    s3 += u * v;
  }
  double result = sum((s0 + s2) + (s1 + s3));
  for (; i < n; ++i) result += a[i] * b[i];
  return result;
}

RADFUSE_CLONES void add_scaled(double* a, double factor, const double* b, Eigen::Index n) {
  const Four f = {factor, factor, factor, factor};
  Four u, v;
  Eigen::Index i = 0;
  for (; i + kFour <= n; i += kFour) {
    load(u, a + i);
    load(v, b + i);
    u += f * v;
    std::memcpy(a + i, &u, sizeof u);
  }
  for (; i < n; ++i) a[i] += factor * b[i];
}

RADFUSE_CLONES void add_scaled(double* a, const std::array<double, 4>& factor, const std::array<const double*, 4>& b,
                               Eigen::Index n) {
  const Four f0 = {factor[0], factor[0], factor[0], factor[0]}, f1 = {factor[1], factor[1], factor[1], factor[1]},
             f2 = {factor[2], factor[2], factor[2], factor[2]}, f3 = {factor[3], factor[3], factor[3], factor[3]};
  Four u, v0, v1, v2, v3;
  Eigen::Index i = 0;
  for (; i + kFour <= n; i += kFour) {
    load(u, a + i);
    load(v0, b[0] + i);
    load(v1, b[1] + i);
    load(v2, b[2] + i);
    load(v3, b[3] + i);
    u += (f0 * v0 + f1 * v1) + (f2 * v2 + f3 * v3);
    std::memcpy(a + i, &u, sizeof u);
  }
  for (; i < n; ++i) a[i] += (factor[0] * b[0][i] + factor[1] * b[1][i]) + (factor[2] * b[2][i] + factor[3] * b[3][i]);
}

RADFUSE_CLONES void add_scaled(double* a, double factor, const double* b, const double* weight, Eigen::Index n) {
  const Four f = {factor, factor, factor, factor};
  Four u, v, w;
  Eigen::Index i = 0;
  for (; i + kFour <= n; i += kFour) {
    load(u, a + i);
    load(v, b + i);
    load(w, weight + i);
    u += f * w * v;
    std::memcpy(a + i, &u, sizeof u);
  }
  for (; i < n; ++i) a[i] += factor * weight[i] * b[i];
}

Eigen::VectorXd dots(const Eigen::MatrixXd& x, const Eigen::Ref<const Eigen::VectorXd>& r) {
  return dots_of(x, r, x.cols(), [](Eigen::Index k) { return k; });
}

Eigen::VectorXd dots(const Eigen::MatrixXd& x, const std::vector<Eigen::Index>& columns,
                     const Eigen::Ref<const Eigen::VectorXd>& r) {
  return dots_of(x, r, static_cast<Eigen::Index>(columns.size()),
                 [&](Eigen::Index k) { return columns[static_cast<std::size_t>(k)]; });
}

}  // namespace radfuse::stats
