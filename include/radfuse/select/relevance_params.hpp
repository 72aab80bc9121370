// SPDX-License-Identifier: Apache-2.0
// Steps of select: what is asked of features about the outcome.
#pragma once

#include <string>
#include <vector>

#include "radfuse/base/fields.hpp"
#include "radfuse/stats/params.hpp"

namespace radfuse {

/// What a feature alone says of the outcome.
enum class UnivariateTest {
  mann_whitney,
  student,
  welch,
  kruskal_wallis,
  anova,
  auc,
  mutual_information,
  chi_squared,
  logistic
};
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
    {"chi_squared", UnivariateTest::chi_squared,
     "chi-squared of categories and classes (Yates's correction for 2 x 2), for features with 10 different values or "
     "fewer"},
    {"logistic", UnivariateTest::logistic,
     "logistic regression on this feature alone: Wald's test, and the odds ratio of one unit more"},
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
  f.field(
      "threshold", p.threshold, {0, 100},
      "Features stay with a (corrected) p below it, 1: with any p; for auc and mutual_information: with a value of at "
      "least it");
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

enum class EliminationLearner { logistic, linear_svm, xgboost };
inline constexpr Named<EliminationLearner> kEliminationLearners[] = {
    {"logistic", EliminationLearner::logistic, "logistic regression with a ridge penalty"},
    {"linear_svm", EliminationLearner::linear_svm, "linear support vector machine (Guyon et al. 2002)"},
    {"xgboost", EliminationLearner::xgboost,
     "gradient-boosted trees: finds thresholds and interactions, and needs no scaling"},
};

/// What a feature is worth to boosted trees.
enum class TreeGain { total_gain, gain };
inline constexpr Named<TreeGain> kTreeGains[] = {
    {"total_gain", TreeGain::total_gain, "what all splits by the feature gained, together"},
    {"gain", TreeGain::gain, "what a split by the feature gained, on average"},
};
struct EliminationTrees {
  int rounds = 100;
  int depth = 3;
  TreeGain importance = TreeGain::total_gain;
};
inline void bind(Fields& f, EliminationTrees& p) {
  f.field("rounds", p.rounds, {1, 10000}, "Trees");
  f.field("depth", p.depth, {1, 16}, "Depth of a tree");
  f.choice("importance", p.importance, kTreeGains, "What ranks the features, as a share of the sum over all of them");
}
struct EliminationParams {
  EliminationLearner learner = EliminationLearner::logistic;
  int features = 10;
  double drop = 0.1;
  double c = 1;
  EliminationTrees xgboost = {};
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, EliminationParams& p) {
  f.choice("learner", p.learner, kEliminationLearners, "Whose coefficients or importances rank the features");
  f.field("features", p.features, {1, 1000000}, "How many features stay");
  f.field("drop", p.drop, {1e-6, 1e6}, "Features dropped in each round: a share below 1, a number from 1 on");
  f.field("c", p.c, {1e-6, 1e6}, "Inverse penalty of the learner; xgboost has none");
  f.section("xgboost", p.xgboost, "Settings of the learner xgboost");
  f.field("on", p.on, "Blocks that compete (rad, deep, clin); other columns pass untouched");
}

enum class LassoLambda { min, one_se };
inline constexpr Named<LassoLambda> kLassoLambdas[] = {
    {"min", LassoLambda::min, "the largest lambda with the best cross-validated measure"},
    {"one_se", LassoLambda::one_se, "the largest lambda within one standard error of it: fewer features"},
};
enum class LassoEmpty { error, best_univariate };
inline constexpr Named<LassoEmpty> kLassoEmpties[] = {
    {"error", LassoEmpty::error, "stop and say so"},
    {"best_univariate", LassoEmpty::best_univariate,
     "keep the one feature that enters the path first, and say so in the report"},
};
/// What leaves the lasso step.
enum class LassoGives { features, score, both };
inline constexpr Named<LassoGives> kLassoGives[] = {
    {"features", LassoGives::features, "the features that have a coefficient, with the values they had"},
    {"score", LassoGives::score,
     "in their place one column for each block, <block>.score: intercept + sum of coefficient x value (rad-score, "
     "deep-score), each block with a lasso of its own"},
    {"both", LassoGives::both, "the features and the score"},
};
struct LassoParams {
  double alpha = 1;
  int folds = 10;
  std::string fold_column = {};
  stats::LassoMeasure measure = stats::LassoMeasure::deviance;
  LassoLambda lambda = LassoLambda::min;
  LassoEmpty when_empty = LassoEmpty::best_univariate;
  LassoGives gives = LassoGives::features;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, LassoParams& p) {
  f.field("alpha", p.alpha, {0.01, 1}, "Share of the L1 penalty: 1 is the lasso, less an elastic net");
  f.field("folds", p.folds, {3, 1000}, "Folds of the cross-validation that chooses lambda; patients stay whole");
  f.field("fold_column", p.fold_column,
          "Column of cohort.clinical that names each patient's fold, in place of folds that are drawn; empty: drawn");
  f.choice("measure", p.measure, stats::kLassoMeasures, "What held-out cases are asked when lambda is chosen");
  f.choice("lambda", p.lambda, kLassoLambdas, "Which lambda");
  f.choice("when_empty", p.when_empty, kLassoEmpties, "When no feature has a coefficient");
  f.choice("gives", p.gives, kLassoGives, "What goes on to the next step and to the model");
  f.field(
      "on", p.on,
      "Blocks that compete (rad, deep, clin), all together; for scores each by itself. Other columns pass untouched");
}

struct L21Params {
  stats::L21Loss loss = stats::L21Loss::robust;
  double penalty = 0.1;
  int features = 0;
  double share = 0.01;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, L21Params& p) {
  f.choice("loss", p.loss, stats::kL21Losses, "How far predictions are from the outcome");
  f.field("penalty", p.penalty, {1e-6, 1}, "Weight of the penalty, as a share of the one that leaves no feature");
  f.field("features", p.features, {0, 1000000},
          "How many features stay at most, those with the largest weights; 0: any");
  f.field("share", p.share, {0, 1}, "Features with a smaller weight than this share of the largest are dropped");
  f.field("on", p.on, "Blocks that compete (rad, deep, clin); other columns pass untouched");
}

struct StabilityParams {
  int subsamples = 100;
  int features = 0;
  double threshold = 0.75;
  double alpha = 1;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, StabilityParams& p) {
  f.field("subsamples", p.subsamples, {10, 100000}, "Halves of the training patients on which a lasso path is fitted");
  f.field("features", p.features, {0, 1000000},
          "q: features that each path may take; 0: the square root of 0.8 times the number of features");
  f.field("threshold", p.threshold, {0.5, 1}, "Features stay that this share of the paths took");
  f.field("alpha", p.alpha, {0.01, 1}, "Share of the L1 penalty: 1 is the lasso, less an elastic net");
  f.field("on", p.on, "Blocks that compete (rad, deep, clin); other columns pass untouched");
}

struct ForwardParams {
  int features = 10;
  int folds = 5;
  double least_gain = 0.001;
  double c = 1;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, ForwardParams& p) {
  f.field("features", p.features, {1, 1000}, "How many features are taken at most");
  f.field("folds", p.folds, {2, 1000}, "Folds of the cross-validation that judges each set; patients stay whole");
  f.field("least_gain", p.least_gain, {0, 1}, "It ends when no further feature adds so much to the AUC");
  f.field("c", p.c, {1e-6, 1e6}, "Inverse penalty of the logistic regression on each set");
  f.field("on", p.on, "Blocks that compete (rad, deep, clin); other columns pass untouched");
}

}  // namespace radfuse
