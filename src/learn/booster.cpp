// SPDX-License-Identifier: Apache-2.0
// XGBoost through its C interface. Parallel work goes over folds and models, never inside a booster: with several
// threads on a busy machine XGBoost is many times slower, and its sums would depend on their number.
#include "booster.hpp"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

void check(int status) {
  if (status == 0) return;
  const std::string text = XGBGetLastError();
  throw Error(ExitCode::bug, "XGBoost: " + text.substr(0, text.find("Stack trace")));
}

/// XGBoost keeps its verbosity for each thread.
void be_silent() {
  check(XGBSetGlobalConfig(R"({"verbosity": 0})"));
}

class Matrix {
 public:
  explicit Matrix(const Eigen::MatrixXd& x) {
    constexpr double kLargest = std::numeric_limits<float>::max();
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(x.size()));
    for (Eigen::Index i = 0; i < x.rows(); ++i)
      for (Eigen::Index j = 0; j < x.cols(); ++j)
        values.push_back(static_cast<float>(std::isnan(x(i, j)) ? x(i, j) : std::clamp(x(i, j), -kLargest, kLargest)));
    check(XGDMatrixCreateFromMat(values.data(), static_cast<bst_ulong>(x.rows()), static_cast<bst_ulong>(x.cols()),
                                 std::numeric_limits<float>::quiet_NaN(), &handle_));
  }
  ~Matrix() { XGDMatrixFree(handle_); }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;

  template <class T>
  void set(const char* field, const std::vector<T>& values) {
    const std::vector<float> floats(values.begin(), values.end());
    check(XGDMatrixSetFloatInfo(handle_, field, floats.data(), floats.size()));
  }
  DMatrixHandle get() const { return handle_; }

 private:
  DMatrixHandle handle_ = nullptr;
};

}  // namespace

struct Booster::Handle {
  explicit Handle(const DMatrixHandle* data) { check(XGBoosterCreate(data, data == nullptr ? 0 : 1, &booster)); }
  ~Handle() { XGBoosterFree(booster); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  void set(const char* key, const std::string& value) { check(XGBoosterSetParam(booster, key, value.c_str())); }

  BoosterHandle booster = nullptr;
  std::mutex guard;  ///< predictions and saving share buffers inside the booster
};

Booster Booster::train(const Eigen::MatrixXd& x, const std::vector<int>& y, const std::vector<double>& weight,
                       const BoosterSettings& settings) {
  be_silent();
  Matrix data(x);
  data.set("label", y);
  data.set("weight", weight);
  const DMatrixHandle matrix = data.get();
  const auto handle = std::make_shared<Handle>(&matrix);
  handle->set("verbosity", "0");
  handle->set("nthread", "1");
  handle->set("booster", "gbtree");
  handle->set("objective", "binary:logistic");
  handle->set("base_score", "0.5");
  handle->set("tree_method", settings.tree_method == TreeMethod::exact ? "exact" : "hist");
  handle->set("eta", text::from_double(settings.learning_rate));
  handle->set("max_depth", std::to_string(settings.depth));
  handle->set("subsample", text::from_double(settings.subsample));
  handle->set("colsample_bytree", text::from_double(settings.columns));
  handle->set("lambda", text::from_double(settings.lambda));
  handle->set("min_child_weight", text::from_double(settings.min_child_weight));
  handle->set("seed", std::to_string(settings.seed % 2147483647U));  // a signed 32-bit number inside XGBoost
  handle->set("seed_per_iteration", "1");
  for (int round = 0; round < settings.rounds; ++round) {
    throw_if_stopped();
    check(XGBoosterUpdateOneIter(handle->booster, round, matrix));
  }
  return Booster(handle);
}

Booster Booster::from_json(std::string_view json) {
  be_silent();
  const auto handle = std::make_shared<Handle>(nullptr);
  if (XGBoosterLoadModelFromBuffer(handle->booster, json.data(), json.size()) != 0) {
    const std::string problem = XGBGetLastError();
    throw InputError("not an XGBoost model: " + problem.substr(0, problem.find('\n')));
  }
  handle->set("nthread", "1");
  return Booster(handle);
}

std::string Booster::to_json() const {
  const std::lock_guard lock(handle_->guard);
  bst_ulong length = 0;
  const char* bytes = nullptr;
  check(XGBoosterSaveModelToBuffer(handle_->booster, R"({"format": "json"})", &length, &bytes));
  return std::string(bytes, length);
}

Eigen::Index Booster::column_count() const {
  const std::lock_guard lock(handle_->guard);
  bst_ulong count = 0;
  check(XGBoosterGetNumFeature(handle_->booster, &count));
  return static_cast<Eigen::Index>(count);
}

Eigen::VectorXd Booster::probability(const Eigen::MatrixXd& x) const {
  return predict(x, 0).col(0);
}
Eigen::VectorXd Booster::margin(const Eigen::MatrixXd& x) const {
  return predict(x, 1).col(0);
}
Eigen::MatrixXd Booster::contributions(const Eigen::MatrixXd& x) const {
  return predict(x, 2);
}

Eigen::VectorXd Booster::gains(TreeGain kind) const {
  Eigen::VectorXd gains = Eigen::VectorXd::Zero(column_count());
  const std::string config = R"({"importance_type": ")" + std::string(name_of(kTreeGains, kind)) + R"("})";
  const std::lock_guard lock(handle_->guard);
  bst_ulong count = 0, dimensions = 0;
  const char** names = nullptr;
  const bst_ulong* shape = nullptr;
  const float* scores = nullptr;
  check(XGBoosterFeatureScore(handle_->booster, config.c_str(), &count, &names, &dimensions, &shape, &scores));
  for (bst_ulong i = 0; i < count; ++i) {  // columns without names of their own are called f0, f1, ...
    const auto column = text::to_int(std::string_view(names[i]).substr(1));
    if (names[i][0] != 'f' || !column || *column < 0 || *column >= gains.size())
      throw Error(ExitCode::bug, "XGBoost: an unknown feature '" + std::string(names[i]) + "'");
    gains[*column] = scores[i];
  }
  return gains;
}

Eigen::MatrixXd Booster::predict(const Eigen::MatrixXd& x, int type) const {
  const Eigen::Index width = type == 2 ? x.cols() + 1 : 1;
  if (x.rows() == 0) return Eigen::MatrixXd(0, width);
  be_silent();
  const Matrix data(x);
  const std::string config = R"({"type": )" + std::to_string(type) +
                             R"(, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false})";
  const std::lock_guard lock(handle_->guard);
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  check(XGBoosterPredictFromDMatrix(handle_->booster, data.get(), config.c_str(), &shape, &dimensions, &values));
  using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const RowMajor>(values, x.rows(), width).cast<double>();
}

}  // namespace radfuse
