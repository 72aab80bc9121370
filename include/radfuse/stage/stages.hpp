// SPDX-License-Identifier: Apache-2.0
// The stages as one table: what each is called, reads and writes. The front door, the stage programs, the
// documentation and the tests all read it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/config/study.hpp"

namespace radfuse {

// The shape of the files that pass between stages (all paths in them are relative to the study's output or stage
// folder):
//   */files.csv            file,sha256 (relative to the stage's folder)
//   */status.csv           case,status,message
//   1_import/cohort.csv    see table/cohort.hpp; paths of images and masks relative to the study's output
//   1_import/acquisition.csv   case_id,image,format,size,spacing_mm,spacing_known, then the DICOM attributes
//   1_import/notes.csv     case,image,note: what was mended, chosen or doubtful on the way in
//   2_segment/quality.csv  case_id,image,split,fold,dice,jaccard,hd95_mm,nsd,mean_distance_mm,volume_error,note; a
//                          training case's mask comes from the network of the fold that left it out
//   4_deep/encoders.csv, networks.csv   which network made which row, and what it was fitted on: select/encoders.hpp
//   4_deep/features.deep.fold-<repeat>-<fold>.csv   columns of sets with refit: each_fold, made anew for that outer
//                          fold of train.validation
//   4_deep/vectors.<set>.csv   encoder,network,fitted,case_id,reader,score, then what the last layer of that network
//                          saw; no model reads it
//   4_deep/model/<set>[.fold-<k>].safetensors, .learning.csv (epoch,training_loss,validation_error,kept)
//   5_select/selection.csv model,feature,kept,step,reason
//   5_select/selection_steps.csv   model,step,feature,kept,measure,statistic,p,q,reason
//   5_select/selection_bootstraps.csv, selection_stability.csv   with selection_frequency.bootstraps:
//                          select/bootstraps.hpp
//   5_select/chain.json    {"chains": [{"model": ..., "blocks": [...], "chain": {to_json(FittedChain)}}]}
//   5_select/harmonisation.csv, harmonisation_summary.csv   where a step harmonises: select/evidence.hpp
//   5_select/map.csv, map_summary.csv   with report.maps: select/maps.hpp; for the report, no model reads them
//   5_select/features.selected.csv   columns <model>.<feature>, after the chain, every case
//   6_train/predictions.csv, models.csv, folds.csv, selection_frequency.csv, model/<model>.<learner>.json
//                          see the doors of learn
//   8_attribution/seen.csv case_id,set,image,share_inside,area_share_of_roi; pictures/<set>/<case>.grad_cam.*

enum class StageId { import, segment, radiomics, deep, select, train, evaluate, attribution };

struct StageInfo {
  StageId id;
  std::string_view name;      ///< "radiomics": the word for --from and --to
  std::string_view program;   ///< "radfuse-radiomics"
  std::string_view folder;    ///< "3_radiomics", below the study's output
  std::string_view synopsis;  ///< one line for --help
  bool by_case;               ///< can be given --shard and --cases
};

std::span<const StageInfo> stages();
const StageInfo& stage_info(StageId id);
/// Throws StudyError that lists the names.
const StageInfo& stage_called(std::string_view name);

/// Does the study ask for this stage?
bool is_wanted(const StageInfo& stage, const Study& study);
/// Does any region of radiomics.rois come from the segment stage?
bool uses_segmentation(const Study& study);
/// Is any network fitted anew in every outer fold of train.validation?
bool refits_each_fold(const Study& study);
/// "features.deep.fold-1-2.csv"; both count from 1.
std::string fold_table(int repeat, int fold);
std::string vectors_table(const DeepParams& deep);
/// "model/fusion.logistic.json", below 6_train: the model that the study's attribution looks through.
std::string attributed_model(const Study& study);
/// "cnn" for the network fitted on all training cases, "cnn.fold-2" for that of a fold (from 1).
std::string network_name(const DeepParams& deep, std::optional<int> fold);
/// All that a study trains of a set, apart from those of outer folds; none for a network from outside.
std::vector<std::string> network_names(const DeepParams& deep);
/// Canonical text of all settings that can change a set's networks: not how they are shown to people.
std::string network_settings(const Study& study, const DeepParams& deep);
/// Files of earlier stages that it reads, relative to the study's output.
std::vector<std::string> inputs_of(const StageInfo& stage, const Study& study);
/// Files from outside that it reads (the manifest; weights), resolved.
std::vector<std::filesystem::path> sources_of(const StageInfo& stage, const Study& study);
/// Tables it writes, relative to its folder; each has its provenance beside it.
std::vector<std::string> outputs_of(const StageInfo& stage, const Study& study);
/// SHA-256 of the program version and of every key that can change a number of this stage.
std::string config_hash(const StageInfo& stage, const Study& study);

/// "0.1.0".
std::string_view version();
/// Name and version of each library that can change a number, in a fixed order.
std::vector<std::pair<std::string, std::string>> library_versions();
/// What a program knows better than the build: which code of a library this machine runs. Call it first thing in main.
void set_library_version(const std::string& name, const std::string& version);

}  // namespace radfuse
