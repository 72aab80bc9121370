// SPDX-License-Identifier: Apache-2.0
// train: which models are made of which features, by which learners, and how they are validated.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/base/fields.hpp"

namespace radfuse {

/// What learns a probability from features.
enum class Learner { logistic, xgboost, as_is };
inline constexpr Named<Learner> kLearners[] = {
    {"logistic", Learner::logistic, "logistic regression with an L2 penalty: one coefficient for each feature"},
    {"xgboost", Learner::xgboost, "gradient-boosted trees: thresholds and interactions of features"},
    {"as_is", Learner::as_is, "nothing is learned: the model's one column is the probability (a deep score)"},
};

enum class Scheme { nested_cv };
inline constexpr Named<Scheme> kSchemes[] = {
    {"nested_cv", Scheme::nested_cv,
     "outer folds judge; inner folds, inside each outer fitting part, choose the settings; every step of select is "
     "fitted anew in each"},
};

enum class TuneBy { log_loss, auc };
inline constexpr Named<TuneBy> kTuneBy[] = {
    {"log_loss", TuneBy::log_loss, "the settings whose probabilities fit best (mean log-loss of the inner folds)"},
    {"auc", TuneBy::auc, "the settings that rank best (mean AUC of the inner folds)"},
};

enum class ClassWeight { none, balanced };
inline constexpr Named<ClassWeight> kClassWeights[] = {
    {"none", ClassWeight::none, "every case counts the same: probabilities keep the study's prevalence"},
    {"balanced", ClassWeight::balanced, "both classes count the same: probabilities no longer mean a prevalence"},
};

enum class TreeMethod { exact, hist };
inline constexpr Named<TreeMethod> kTreeMethods[] = {
    {"exact", TreeMethod::exact, "try every threshold; best for up to a few thousand cases"},
    {"hist", TreeMethod::hist, "try 256 thresholds for each feature; faster with many cases"},
};

struct ValidationParams {
  Scheme scheme = Scheme::nested_cv;
  int folds = 5;
  int repeats = 5;
  int inner_folds = 5;
  TuneBy tune_by = TuneBy::log_loss;
};
inline void bind(Fields& f, ValidationParams& p) {
  f.choice("scheme", p.scheme, kSchemes, "How performance is estimated from training cases alone");
  f.field("folds", p.folds, {2, 50}, "Outer folds; all cases of a patient lie in one fold");
  f.field("repeats", p.repeats, {1, 1000}, "How often the outer folds are drawn anew");
  f.field("inner_folds", p.inner_folds, {2, 50}, "Folds that choose a learner's settings");
  f.choice("tune_by", p.tune_by, kTuneBy, "What the inner folds choose by");
}

struct LogisticParams {
  std::vector<double> c = {0.01, 0.1, 1, 10};
  bool standardise = true;
};
inline void bind(Fields& f, LogisticParams& p) {
  f.field("c", p.c, {1, 100, {1e-6, 1e6}}, "Inverse penalties to choose from; smaller: coefficients nearer to 0");
  f.field("standardise", p.standardise,
          "Bring each column to mean 0 and SD 1 of the training cases first, so that the penalty treats all alike");
}

struct XgboostParams {
  int rounds = 100;
  std::vector<double> depth = {2, 4};
  std::vector<double> learning_rate = {0.05, 0.2};
  double subsample = 1;
  double columns = 1;
  double lambda = 1;
  double min_child_weight = 1;
  TreeMethod tree_method = TreeMethod::exact;
};
inline void bind(Fields& f, XgboostParams& p) {
  f.field("rounds", p.rounds, {1, 10000}, "Trees");
  f.field("depth", p.depth, {1, 20, {1, 16}}, "Depths of a tree to choose from");
  f.field("learning_rate", p.learning_rate, {1, 20, {1e-4, 1}}, "Shares of each tree's answer to choose from");
  f.field("subsample", p.subsample, {0.1, 1}, "Share of the cases that each tree sees");
  f.field("columns", p.columns, {0.1, 1}, "Share of the features that each tree sees");
  f.field("lambda", p.lambda, {0, 1e6}, "L2 penalty on the leaves");
  f.field("min_child_weight", p.min_child_weight, {0, 1e6}, "Least sum of case weights p(1 - p) in a leaf");
  f.choice("tree_method", p.tree_method, kTreeMethods, "How thresholds are found");
  f.require(std::all_of(p.depth.begin(), p.depth.end(), [](double d) { return d == std::floor(d); }), "depth",
            "depths are whole numbers");
}

struct TrainParams {
  std::vector<std::pair<std::string, std::vector<std::string>>> models;
  std::vector<Learner> learners = {Learner::logistic, Learner::xgboost};
  std::vector<std::pair<std::string, std::vector<std::string>>> learners_of;
  ValidationParams validation;
  ClassWeight class_weight = ClassWeight::none;
  LogisticParams logistic;
  XgboostParams xgboost;
};
/// The learners of one model.
inline std::vector<Learner> learners_of(const TrainParams& p, std::string_view model) {
  for (const auto& [name, words] : p.learners_of)
    if (name == model) {
      std::vector<Learner> learners;
      for (const std::string& word : words) learners.push_back(find(kLearners, word, "learner"));
      return learners;
    }
  return p.learners;
}
/// The model's one column is its probability: no step of select may touch it.
inline bool is_as_is(const TrainParams& p, std::string_view model) {
  for (const auto& [name, words] : p.learners_of)
    if (name == model) return words == std::vector<std::string>{"as_is"};
  return p.learners == std::vector<Learner>{Learner::as_is};
}
inline void require_learners(Fields& f, const TrainParams& p) {
  const auto alone = [](std::size_t count, bool any) { return count == 1 || !any; };
  constexpr const char* kAlone =
      "as_is stands alone: it takes a probability as it is, and the others need select's steps";
  f.require(
      alone(p.learners.size(), std::find(p.learners.begin(), p.learners.end(), Learner::as_is) != p.learners.end()),
      "learners", kAlone);
  const auto known = names_of(kLearners);
  for (const auto& [model, words] : p.learners_of) {
    const std::string key = "learners_of." + model;
    f.require(
        std::any_of(p.models.begin(), p.models.end(), [&m = model](const auto& named) { return named.first == m; }),
        key, "there is no model of this name");
    f.require(!words.empty(), key, "name at least one learner");
    for (const std::string& word : words)
      f.require(
          std::find(known.begin(), known.end(), word) != known.end(), key,
          "unknown learner '" + word + "'" + text::did_you_mean(word, known) + " (" + text::join(known, ", ") + ")");
    f.require(alone(words.size(), std::find(words.begin(), words.end(), "as_is") != words.end()), key, kAlone);
  }
}
inline void bind(Fields& f, TrainParams& p) {
  f.field("models", p.models,
          "Each model's name and the features it may use, as beginnings of column names: {fusion: [rad, deep, clin]}",
          Need::required);
  f.choices("learners", p.learners, kLearners, "Learners; each is fitted for each model");
  f.field("learners_of", p.learners_of,
          "Learners of single models, in place of learners: {cnn: [as_is]}; the others keep learners");
  f.section("validation", p.validation, "Nested cross-validation inside the training split");
  f.choice("class_weight", p.class_weight, kClassWeights, "How much the cases of the two classes count");
  f.section("logistic", p.logistic, "Settings of the learner logistic");
  f.section("xgboost", p.xgboost, "Settings of the learner xgboost");
  f.require(!p.models.empty(), "models", "name at least one model, such as rad: [rad]");
  f.require(!p.learners.empty(), "learners", "name at least one learner");
  require_learners(f, p);
  for (const auto& [name, blocks] : p.models) {
    f.require(text::is_identifier(name), "models",
              "the name of a model becomes part of file names: letters, digits, '.', '_' and '-', at most 64");
    f.require(!blocks.empty(), "models", "a model needs at least one block of features, such as [rad]");
  }
}

}  // namespace radfuse
