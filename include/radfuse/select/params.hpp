// SPDX-License-Identifier: Apache-2.0
// select: the chain of steps between the feature tables and the models. Every step is fitted on training rows only.
#pragma once

#include <string_view>
#include <variant>

#include "radfuse/base/fields.hpp"
#include "radfuse/select/harmonise_params.hpp"
#include "radfuse/select/prepare_params.hpp"
#include "radfuse/select/redundancy_params.hpp"
#include "radfuse/select/relevance_params.hpp"

namespace radfuse {

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
     "drops the features with the smallest coefficients or importances, round by round (recursive feature "
     "elimination)"},
    {"univariate", "keeps features that tell the classes apart by themselves"},
    {"mrmr", "keeps features that say much of the outcome and little of each other (Peng et al. 2005)"},
    {"lasso", "keeps the features of a logistic regression with L1 penalty, lambda chosen by cross-validation"},
    {"l21", "keeps the features with the largest weights in a regression with l2,1 penalty (Nie et al. 2010)"},
    {"stability",
     "keeps the features that lassos on halves of the patients take again and again (stability selection)"},
    {"forward", "takes one feature after the other, each the one that adds most to the cross-validated AUC"},
    {"site_scale", "brings sites together feature by feature: z-score or quantiles of each site"},
};

/// One step of the chain.
struct StepParams {
  std::variant<ReliabilityParams, CombatParams, ImputeParams, VarianceParams, ScaleParams, CorrelationParams,
               WinsoriseParams, CollinearityParams, ClusterParams, PcaParams, EliminationParams, UnivariateParams,
               MrmrParams, LassoParams, L21Params, StabilityParams, ForwardParams, SiteScaleParams>
      step;
  std::string_view name() const { return kSteps[step.index()].name; }
};
inline void bind(Fields& f, StepParams& p) {
  f.alternatives("step", p.step, kSteps, "What is done");
}

/// How often features are selected, beside the count over train's outer folds.
struct SelectionFrequencyParams {
  int bootstraps = 0;
};
inline void bind(Fields& f, SelectionFrequencyParams& p) {
  f.field("bootstraps", p.bootstraps, {0, 100000},
          "Bootstrap samples of the training patients on which each model's chain is fitted anew; 0: none");
  f.require(p.bootstraps != 1, "bootstraps", "one sample cannot be compared with another: 0, or 2 and more");
}

}  // namespace radfuse
