// SPDX-License-Identifier: Apache-2.0
// What the earlier stages found, as far as the report tells of it, and how it is read from their files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "radfuse/learn/model_bundle.hpp"
#include "radfuse/table/cohort.hpp"
#include "radfuse/table/params.hpp"

namespace radfuse {

/// What became of a feature in the chain of selection.
struct SelectedFeature {
  std::string model = {};  ///< whose chain; empty when one chain serves all
  std::string feature = {};
  bool kept = false;
  std::string step = {}, reason = {};  ///< step reads "2 correlation"; empty when kept
};

/// How often a feature was selected, as a share; NaN: never, or nobody counted.
struct SelectionShare {
  std::string model = {}, feature = {};
  double folds = 0, samples = 0;  ///< of train's outer folds; of bootstrap samples
};

struct Coefficient {
  std::string feature = {};
  double value = 0;  ///< change of the log-odds per standard deviation of the training cases
};

/// A final model, as its file tells it.
struct FinalModel {
  std::string model = {};
  Learner learner = Learner::logistic;
  std::vector<std::string> features = {};  ///< columns that enter the learner
  std::string settings = {};
  std::vector<Coefficient> coefficients = {};  ///< logistic only
};

struct SegmentationQuality {
  std::string case_id = {}, image = {};
  Split split = Split::train;
  double dice = 0;
};

/// How one image was made, as acquisition.csv tells it: every column, in its order; unknown ones are empty.
struct AcquisitionRow {
  std::string case_id = {}, image = {};
  std::vector<std::pair<std::string, std::string>> facts = {};
};

/// Something that learned from cases, and from which.
struct Fitted {
  std::string what = {};  ///< "model fusion (logistic)"
  std::vector<std::string> cases = {};
};

/// Feature columns that a stage made.
struct FeatureBlock {
  std::string block = {}, file = {};
  std::size_t columns = 0;
};

/// How a network's training went.
struct CurveEpoch {
  int epoch = 0;
  double training = 0, validation = 0;  ///< NaN where nothing was held out
  bool kept = false;                    ///< the weights of this epoch are the network's
};
struct NetworkCurve {
  std::string network = {};
  std::vector<CurveEpoch> epochs = {};
};
/// The networks of one set of deep features; the one fitted on all training cases first, then those of folds.
struct SetCurves {
  std::string set = {};
  std::vector<NetworkCurve> networks = {};
};

/// How far features differed between batches (sites, scanners) at one harmonising step of a model's chain, and after
/// it.
struct HarmonisedStep {
  std::string model = {}, step = {};  ///< step reads "2 combat"
  std::vector<std::string> by = {}, batches = {};
  std::size_t features = 0;                                      ///< that could be tested
  double differ_before = 0, differ_after = 0;                    ///< share with p < 0.05
  double predicted_before = 0, predicted_after = 0, chance = 0;  ///< balanced accuracy of predicting the batch
  double outcome_v = 0, outcome_p = 0;                           ///< batch and outcome: Cramer's V
  std::vector<double> effect_before = {}, effect_after = {};     ///< Cohen's f, feature by feature
};

/// Where the cases lie by a model's features, as map.csv and map_summary.csv tell it.
struct MapPoint {
  std::string case_id = {};
  double x = 0, y = 0;
};
struct MappedCases {
  std::string model = {}, map = {};  ///< map: "entering", "harmonised" or "leaving"
  std::size_t features = 0, components = 0;
  double variance_share = 0, perplexity = 0, trustworthiness = 0;
  std::vector<MapPoint> points = {};
  std::string reason = {};  ///< why there is none
};

struct StudyResults {
  std::string name = {};  ///< of the study
  std::uint64_t seed = 0;
  std::string settings = {};  ///< the whole study file with every default written out (YAML)
  TrainParams train = {};
  std::vector<std::pair<std::string, ImageParams>> images = {};
  Cohort cohort = {};
  std::vector<FeatureBlock> blocks = {};
  std::vector<SelectedFeature> selection = {};
  std::vector<SelectionShare> shares = {};
  std::vector<FinalModel> models = {};
  std::vector<SegmentationQuality> quality = {};
  std::vector<SetCurves> learning = {};
  std::vector<HarmonisedStep> harmonised = {};
  std::vector<MappedCases> maps = {};
  std::vector<AcquisitionRow> acquisition = {};
  std::vector<Fitted> fitted = {};
  std::vector<std::string> remarks = {};                           ///< of the chains and the models
  std::vector<std::pair<std::string, std::string>> versions = {};  ///< "radfuse" -> "0.1.0"
  std::vector<std::pair<std::string, std::string>> inputs = {};    ///< file -> SHA-256
};

FinalModel final_model(const TrainedModel& model);
/// Columns feature,kept,step,reason and, when each model has its own chain, model.
std::vector<SelectedFeature> read_selection(const std::filesystem::path& file);
/// selection_frequency.csv and, unless empty, selection_bootstraps.csv: by model (in the order of the files) the
/// features with the largest shares first, over samples where there are some.
std::vector<SelectionShare> read_shares(const std::filesystem::path& folds, const std::filesystem::path& samples);
/// selection_stability.csv: what it says of each model is added to the remarks of `results`.
void read_stability(const std::filesystem::path& file, StudyResults& results);
/// How many features entered the chains from each block (rad, deep, clin); a feature of two models counts once.
std::vector<FeatureBlock> feature_blocks(const std::vector<SelectedFeature>& selection);
/// chain.json: what each chain learned from, and its remarks; both are added to `results`.
void read_chains(const std::filesystem::path& file, StudyResults& results);
/// Columns case_id,dice and, when several images were segmented, image. Rows without a Dice are left out.
std::vector<SegmentationQuality> read_quality(const std::filesystem::path& file, const Cohort& cohort);

/// Columns case_id,image, then facts.
std::vector<AcquisitionRow> read_acquisition(const std::filesystem::path& file);

/// Columns epoch,training_loss,validation_error,kept.
NetworkCurve read_learning_curve(const std::filesystem::path& file, const std::string& network);

/// harmonisation_summary.csv and harmonisation.csv.
std::vector<HarmonisedStep> read_harmonisation(const std::filesystem::path& summary,
                                               const std::filesystem::path& features);
/// map_summary.csv and map.csv.
std::vector<MappedCases> read_maps(const std::filesystem::path& summary, const std::filesystem::path& points);

/// What took part in a fit and should not have.
struct LeakFinding {
  std::string what = {};
  std::size_t fitted_on = 0;
  std::vector<std::string> held_out_cases = {};     ///< of another split than training, or not in the cohort
  std::vector<std::string> held_out_patients = {};  ///< patients of held-out cases that the fit saw through other cases
  bool clean() const { return held_out_cases.empty() && held_out_patients.empty(); }
};
/// One finding for each fit: is any case, or any patient, that was held out among those it learned from?
std::vector<LeakFinding> check_leakage(const Cohort& cohort, const std::vector<Fitted>& fitted);

}  // namespace radfuse
