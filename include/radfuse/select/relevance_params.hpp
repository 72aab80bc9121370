// SPDX-License-Identifier: Apache-2.0
// Steps of select: what is asked of features about the outcome.
#pragma once

#include <string>
#include <vector>

#include "radfuse/base/fields.hpp"
#include "radfuse/stats/params.hpp"

namespace radfuse {

/// What a feature alone says of the outcome.
enum class UnivariateTest { mann_whitney, student, welch, kruskal_wallis, anova, auc, mutual_information };
inline constexpr Named<UnivariateTest> kUnivariateTests[] = {
    {"mann_whitney", UnivariateTest::mann_whitney,
     "Mann and Whitney's U (Wilcoxon's rank sum): exact for fewer than 50 cases a class without ties, else normal with "
     "corrections for ties and continuity"},
    {"student", UnivariateTest::student, "Student's t: one variance for both classes"},
    {"welch", UnivariateTest::welch, "Welch's t: a variance for each class"},
    {"kruskal_wallis", UnivariateTest::kruskal_wallis, "Kruskal and Wallis's H, corrected for ties"},
    {"anova", UnivariateTest::anova, "one-way analysis of variance, F"},
    {"auc", UnivariateTest::auc, "how far the AUC lies from 0.5; no p value"},
    {"mutual_information", UnivariateTest::mutual_information,
     "mutual information by 3 nearest neighbours (Ross 2014), in nats; no p value"},
};
struct UnivariateParams {
  UnivariateTest test = UnivariateTest::mann_whitney;
  stats::Correction correction = stats::Correction::none;
  double threshold = 0.05;
  int most = 0;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, UnivariateParams& p) {
  f.choice("test", p.test, kUnivariateTests, "What is asked of each feature");
  f.choice("correction", p.correction, stats::kCorrections, "How p values are corrected for the number of features");
  f.field("threshold", p.threshold, {0, 100},
          "Features stay with a (corrected) p below it; for auc and mutual_information: with a value of at least it");
  f.field("most", p.most, {0, 1000000}, "At most so many stay, the best; 0: as many as pass the threshold");
  f.field("on", p.on, "Blocks that the step tests (rad, deep, clin); other columns pass untouched");
}

enum class MrmrScore { quotient, difference };
inline constexpr Named<MrmrScore> kMrmrScores[] = {
    {"quotient", MrmrScore::quotient, "relevance over redundancy (FCQ)"},
    {"difference", MrmrScore::difference, "relevance minus redundancy (FCD)"},
};
struct MrmrParams {
  int features = 20;
  MrmrScore score = MrmrScore::quotient;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, MrmrParams& p) {
  f.field("features", p.features, {1, 1000000}, "How many features stay");
  f.choice("score", p.score, kMrmrScores,
           "How relevance (F of the outcome) and redundancy (mean |r| with those chosen before) are weighed");
  f.field("on", p.on, "Blocks that compete (rad, deep, clin); other columns pass untouched");
}

struct EliminationParams {
  int features = 10;
  double step = 0.1;
  double c = 1;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, EliminationParams& p) {
  f.field("features", p.features, {1, 1000000}, "How many features stay");
  f.field("step", p.step, {1e-6, 1e6}, "Features dropped in each round: a share below 1, a number from 1 on");
  f.field("c", p.c, {1e-6, 1e6}, "Inverse penalty of the logistic regression whose coefficients rank the features");
  f.field("on", p.on, "Blocks that compete (rad, deep, clin); other columns pass untouched");
}

enum class LassoLambda { min, one_se };
inline constexpr Named<LassoLambda> kLassoLambdas[] = {
    {"min", LassoLambda::min, "the largest lambda with the least cross-validated deviance"},
    {"one_se", LassoLambda::one_se, "the largest lambda within one standard error of it: fewer features"},
};
enum class LassoEmpty { error, best_univariate };
inline constexpr Named<LassoEmpty> kLassoEmpties[] = {
    {"error", LassoEmpty::error, "stop and say so"},
    {"best_univariate", LassoEmpty::best_univariate,
     "keep the one feature that enters the path first, and say so in the report"},
};
struct LassoParams {
  double alpha = 1;
  int folds = 10;
  LassoLambda lambda = LassoLambda::min;
  LassoEmpty when_empty = LassoEmpty::best_univariate;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, LassoParams& p) {
  f.field("alpha", p.alpha, {0.01, 1}, "Share of the L1 penalty: 1 is the lasso, less an elastic net");
  f.field("folds", p.folds, {3, 1000}, "Folds of the cross-validation that chooses lambda; patients stay whole");
  f.choice("lambda", p.lambda, kLassoLambdas, "Which lambda");
  f.choice("when_empty", p.when_empty, kLassoEmpties, "When no feature has a coefficient");
  f.field("on", p.on, "Blocks that compete (rad, deep, clin); other columns pass untouched");
}

}  // namespace radfuse
