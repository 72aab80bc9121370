// SPDX-License-Identifier: Apache-2.0
// Choices of statistics that users name, for whoever offers them.
#pragma once

#include "radfuse/base/fields.hpp"

namespace radfuse::stats {

/// Whether a feature's shift and scale borrow from the other features'. A single feature has nothing to borrow from.
enum class CombatPrior { parametric, non_parametric, none };
inline constexpr Named<CombatPrior> kCombatPriors[] = {
    {"parametric", CombatPrior::parametric, "by a normal prior of shifts and an inverse gamma prior of scales"},
    {"non_parametric", CombatPrior::non_parametric,
     "by the other features themselves, weighted by how well they fit: for shifts that no normal curve describes"},
    {"none", CombatPrior::none, "not at all: each feature by its own rows, for few features"},
};

/// How p values are corrected for how many there are.
enum class Correction { none, benjamini_hochberg, benjamini_yekutieli, holm };
inline constexpr Named<Correction> kCorrections[] = {
    {"none", Correction::none, "p values as they are"},
    {"benjamini_hochberg", Correction::benjamini_hochberg, "share of false discoveries, independent features"},
    {"benjamini_yekutieli", Correction::benjamini_yekutieli, "share of false discoveries, any dependence"},
    {"holm", Correction::holm, "chance of any false discovery"},
};

/// What is asked of held-out rows when the lasso's lambda is chosen.
enum class LassoMeasure { deviance, auc, error };
inline constexpr Named<LassoMeasure> kLassoMeasures[] = {
    {"deviance", LassoMeasure::deviance,
     "deviance, -2 log likelihood: how far the probabilities are from the outcomes"},
    {"auc", LassoMeasure::auc, "AUC; deviance when folds have fewer than ten rows"},
    {"error", LassoMeasure::error, "share of rows on the wrong side of probability 0.5"},
};

/// How far predictions are from the outcome in a regression with l2,1 penalty.
enum class L21Loss { robust, least_squares };
inline constexpr Named<L21Loss> kL21Losses[] = {
    {"robust", L21Loss::robust, "length of residuals: outlying cases count less (RFS, Nie et al. 2010)"},
    {"least_squares", L21Loss::least_squares, "squared residuals"},
};

}  // namespace radfuse::stats
