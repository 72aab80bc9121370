// SPDX-License-Identifier: Apache-2.0
// Steps of select: what is done to each feature by itself: gaps, constant features, scales, outliers.
#pragma once

#include <string>
#include <vector>

#include "radfuse/base/fields.hpp"

namespace radfuse {

enum class ImputeMethod { median, mean, nearest };
inline constexpr Named<ImputeMethod> kImputeMethods[] = {
    {"median", ImputeMethod::median, "the median of the training rows"},
    {"mean", ImputeMethod::mean, "the mean of the training rows"},
    {"nearest", ImputeMethod::nearest,
     "the mean of the nearest training rows that have the value (Troyanskaya 2001; distances over what both rows "
     "have); "
     "scale first"},
};
struct ImputeParams {
  ImputeMethod method = ImputeMethod::median;
  int neighbours = 5;
  double most = 0.5;
  std::vector<std::string> on = {"rad", "deep", "clin"};
};
inline void bind(Fields& f, ImputeParams& p) {
  f.choice("method", p.method, kImputeMethods, "What takes the place of a missing value");
  f.field("neighbours", p.neighbours, {1, 1000}, "Training rows that method nearest takes the mean of");
  f.field("most", p.most, {0, 1}, "Features with a larger share of missing training values are dropped");
  f.field("on", p.on, "Blocks that are filled (rad, deep, clin); other columns pass untouched");
}

struct VarianceParams {
  double least_sd = 0;
  double frequency_ratio = 0;
  double distinct_percent = 10;
  double most_missing = 1;
  std::vector<std::string> on = {"rad", "deep", "clin"};
};
inline void bind(Fields& f, VarianceParams& p) {
  f.field("least_sd", p.least_sd, {0, 1e300},
          "Features with this standard deviation or less are dropped; 0: only constant ones");
  f.field("frequency_ratio", p.frequency_ratio, {0, 1e300},
          "Features are dropped whose most common value is more than so many times as common as the second, and which "
          "have few different values (caret's nearZeroVar, which takes 19); 0: not asked");
  f.field("distinct_percent", p.distinct_percent, {0, 100},
          "For frequency_ratio: few are at most this percentage of different values among the training values");
  f.field("most_missing", p.most_missing, {0, 1},
          "Features with a larger share of missing training values are dropped");
  f.field("on", p.on, "Blocks that the step tests (rad, deep, clin); other columns pass untouched");
}

enum class ScaleMethod { zscore, robust, min_max, yeo_johnson };
inline constexpr Named<ScaleMethod> kScaleMethods[] = {
    {"zscore", ScaleMethod::zscore, "minus the mean, over the standard deviation (n - 1)"},
    {"robust", ScaleMethod::robust,
     "minus the median, over the interquartile range; over the standard deviation where that range is 0"},
    {"min_max", ScaleMethod::min_max, "the training rows' smallest and largest value become 0 and 1"},
    {"yeo_johnson", ScaleMethod::yeo_johnson,
     "a power that makes the training rows most like a normal curve (Yeo and Johnson 2000), then zscore"},
};
struct ScaleParams {
  ScaleMethod method = ScaleMethod::zscore;
  std::vector<std::string> on = {"rad", "deep", "clin"};
};
inline void bind(Fields& f, ScaleParams& p) {
  f.choice("method", p.method, kScaleMethods, "How features are brought to one scale; constant ones are dropped");
  f.field("on", p.on, "Blocks that are scaled (rad, deep, clin); other columns pass untouched");
}

struct WinsoriseParams {
  std::vector<double> percentiles = {1, 99};
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, WinsoriseParams& p) {
  f.field("percentiles", p.percentiles, {2, 2, {0, 100}},
          "Percentiles of the training rows to which values beyond them are brought");
  f.field("on", p.on, "Blocks that are treated (rad, deep, clin); other columns pass untouched");
  f.require(p.percentiles.size() != 2 || p.percentiles[0] < p.percentiles[1], "percentiles",
            "the first must be the smaller one");
}

}  // namespace radfuse
