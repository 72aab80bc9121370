// SPDX-License-Identifier: Apache-2.0
// select: the chain of steps between the feature tables and the models. Every step is fitted on training rows only.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "radfuse/base/fields.hpp"
#include "radfuse/stats/params.hpp"

namespace radfuse {

/// Which intraclass correlation (McGraw and Wong 1996): Shrout and Fleiss's ICC(2,1), ICC(3,1) and ICC(1,1).
enum class IccForm { agreement, consistency, one_way };
inline constexpr Named<IccForm> kIccForms[] = {
    {"A1", IccForm::agreement, "two-way, absolute agreement, single reader: ICC(A,1) = ICC(2,1)"},
    {"C1", IccForm::consistency, "two-way, consistency, single reader: ICC(C,1) = ICC(3,1)"},
    {"one_way", IccForm::one_way, "one-way, single reader: ICC(1,1); each case may have other readers"},
};
enum class IccUse { estimate, lower };
inline constexpr Named<IccUse> kIccUses[] = {
    {"estimate", IccUse::estimate, "the estimate must reach the threshold"},
    {"lower", IccUse::lower, "the lower limit of the 95 % interval must reach it: stricter with few cases"},
};
struct ReliabilityParams {
  IccForm icc = IccForm::agreement;
  double threshold = 0.75;
  IccUse use = IccUse::estimate;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, ReliabilityParams& p) {
  f.choice("icc", p.icc, kIccForms, "Form of the intraclass correlation");
  f.field("threshold", p.threshold, {-1, 1}, "Features whose ICC between readers is lower are dropped");
  f.choice("use", p.use, kIccUses, "What is held against the threshold");
  f.field("on", p.on, "Blocks that the step tests (rad, deep, clin); other columns pass untouched");
}

/// What a batch is.
enum class CombatBatchBy { site };
inline constexpr Named<CombatBatchBy> kCombatBatches[] = {
    {"site", CombatBatchBy::site, "the column that cohort.site names: the centre or scanner"},
};
/// What ComBat does with rows of a site that gave no training row.
enum class UnseenSite { error, skip, adapt_unlabelled };
inline constexpr Named<UnseenSite> kUnseenSites[] = {
    {"error", UnseenSite::error, "stop: such rows cannot be harmonised"},
    {"skip", UnseenSite::skip, "leave these rows as they are, and say so"},
    {"adapt_unlabelled", UnseenSite::adapt_unlabelled,
     "estimate the new site's shift and scale from its own rows, without labels; sites with too few rows are left as "
     "they are, and the report says so"},
};
struct CombatParams {
  CombatBatchBy batch = CombatBatchBy::site;
  stats::CombatPrior prior = stats::CombatPrior::parametric;
  bool mean_only = false;
  std::string reference = {};
  std::vector<std::string> covariates = {};
  UnseenSite unseen = UnseenSite::error;
  int min_samples = 10;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, CombatParams& p) {
  f.choice("batch", p.batch, kCombatBatches, "Between which groups of cases shifts and scales are removed");
  f.choice("prior", p.prior, stats::kCombatPriors, "How features borrow shifts and scales from each other");
  f.field("mean_only", p.mean_only, "Remove shifts only, and leave scales");
  f.field("reference", p.reference,
          "Site that stays as it is and that the others are brought to; empty: all are brought to their common mean");
  f.field("covariates", p.covariates, "Clinical columns whose effect is kept (never the outcome)");
  f.choice("unseen", p.unseen, kUnseenSites, "Rows of a site that gave no training row");
  f.field("min_samples", p.min_samples, {2, 1000000}, "Rows that adapt_unlabelled needs of a new site");
  f.field("on", p.on, "Blocks that are harmonised (rad, deep, clin); other columns pass untouched");
}

enum class ImputeMethod { median, mean };
inline constexpr Named<ImputeMethod> kImputeMethods[] = {
    {"median", ImputeMethod::median, "the median of the training rows"},
    {"mean", ImputeMethod::mean, "the mean of the training rows"},
};
struct ImputeParams {
  ImputeMethod method = ImputeMethod::median;
  double most = 0.5;
  std::vector<std::string> on = {"rad", "deep", "clin"};
};
inline void bind(Fields& f, ImputeParams& p) {
  f.choice("method", p.method, kImputeMethods, "What takes the place of a missing value");
  f.field("most", p.most, {0, 1}, "Features with a larger share of missing training values are dropped");
  f.field("on", p.on, "Blocks that are filled (rad, deep, clin); other columns pass untouched");
}

struct VarianceParams {
  double least_sd = 0;
  std::vector<std::string> on = {"rad", "deep", "clin"};
};
inline void bind(Fields& f, VarianceParams& p) {
  f.field("least_sd", p.least_sd, {0, 1e300},
          "Features with this standard deviation or less are dropped; 0: only constant ones");
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

/// All steps: the tag of a StepParams, alternative by alternative.
inline constexpr Choice kSteps[] = {
    {"reliability",
     "drops features that differ between readers: intraclass correlation of the training cases that "
     "several readers segmented"},
    {"combat", "removes shifts and scales between sites: ComBat (Johnson 2007)"},
    {"impute", "fills missing values; without it a feature with a missing training value is dropped"},
    {"variance", "drops features that are constant, or nearly so"},
    {"scale", "brings features to one scale"},
    {"correlation", "of features that say the same keeps one"},
    {"winsorise", "brings outliers to a percentile of the training rows"},
    {"collinearity", "drops features that the others predict: variance inflation"},
    {"cluster", "joins features that go together, and keeps one of each cluster"},
    {"pca", "replaces features by their principal components"},
    {"elimination",
     "drops the features with the smallest coefficients, round by round (recursive feature elimination)"},
    {"univariate", "keeps features that tell the classes apart by themselves"},
    {"mrmr", "keeps features that say much of the outcome and little of each other (Peng et al. 2005)"},
    {"lasso", "keeps the features of a logistic regression with L1 penalty, lambda chosen by cross-validation"},
};

/// One step of the chain.
struct StepParams {
  std::variant<ReliabilityParams, CombatParams, ImputeParams, VarianceParams, ScaleParams, CorrelationParams,
               WinsoriseParams, CollinearityParams, ClusterParams, PcaParams, EliminationParams, UnivariateParams,
               MrmrParams, LassoParams>
      step;
  std::string_view name() const { return kSteps[step.index()].name; }
};
inline void bind(Fields& f, StepParams& p) {
  f.alternatives("step", p.step, kSteps, "What is done");
}

}  // namespace radfuse
