// SPDX-License-Identifier: Apache-2.0
// Steps of select: what is done to features that say the same.
#pragma once

#include <string>
#include <vector>

#include "radfuse/base/fields.hpp"

namespace radfuse {

enum class CorrelationMethod { pearson, spearman };
inline constexpr Named<CorrelationMethod> kCorrelationMethods[] = {
    {"pearson", CorrelationMethod::pearson, "Pearson's r"},
    {"spearman", CorrelationMethod::spearman, "Spearman's rank correlation"},
};
enum class CorrelationKeep { higher_relevance, first, largest_mean };
inline constexpr Named<CorrelationKeep> kCorrelationKeeps[] = {
    {"higher_relevance", CorrelationKeep::higher_relevance,
     "of two correlated features the one whose training AUC lies further from 0.5 stays"},
    {"first", CorrelationKeep::first, "of two correlated features the one that stands first in the table stays"},
    {"largest_mean", CorrelationKeep::largest_mean,
     "of two correlated features the one goes whose mean correlation with all others is larger (caret's "
     "findCorrelation, exact)"},
};
struct CorrelationParams {
  CorrelationMethod method = CorrelationMethod::pearson;
  double threshold = 0.9;
  CorrelationKeep keep = CorrelationKeep::higher_relevance;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, CorrelationParams& p) {
  f.choice("method", p.method, kCorrelationMethods, "Which correlation");
  f.field("threshold", p.threshold, {0, 1}, "Of two features with this absolute correlation or more one is dropped");
  f.choice("keep", p.keep, kCorrelationKeeps, "Which of the two stays");
  f.field("on", p.on, "Blocks that the step tests (rad, deep, clin); other columns pass untouched");
}

struct CollinearityParams {
  double threshold = 10;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, CollinearityParams& p) {
  f.field(
      "threshold", p.threshold, {1, 1e12},
      "The feature with the largest variance inflation factor is dropped, again and again, until none exceeds this");
  f.field("on", p.on, "Blocks that the step tests (rad, deep, clin); other columns pass untouched");
}

struct ClusterParams {
  double threshold = 0.9;
  CorrelationMethod method = CorrelationMethod::spearman;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, ClusterParams& p) {
  f.choice("method", p.method, kCorrelationMethods, "Which correlation");
  f.field(
      "threshold", p.threshold, {0, 1},
      "Features are joined while the mean absolute correlation between two clusters is at least this; of each cluster "
      "the medoid stays");
  f.field("on", p.on, "Blocks that the step tests (rad, deep, clin); other columns pass untouched");
}

struct PcaParams {
  int components = 0;
  double variance = 0.95;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, PcaParams& p) {
  f.field("components", p.components, {0, 1000000}, "Principal components of each block; 0: as many as variance needs");
  f.field("variance", p.variance, {0.01, 1}, "Share of the training rows' variance that the components hold together");
  f.field("on", p.on, "Blocks whose columns are replaced by <block>.pca.<number>, each block by itself");
}

}  // namespace radfuse
