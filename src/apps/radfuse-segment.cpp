// SPDX-License-Identifier: Apache-2.0
// radfuse-segment: trains a 2-D U-Net on the training cases and outlines the region in every case. A training case is
// outlined by the network of the fold that left its patient out, so its Dice is as honest as a test case's.
#include <cmath>
#include <map>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/imaging/write.hpp"
#include "radfuse/network/prepare.hpp"
#include "radfuse/network/segmentation_metrics.hpp"
#include "radfuse/network/unet.hpp"
#include "radfuse/raster/crop.hpp"
#include "radfuse/stage/stage_main.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

// Who is trained on, and in which fold each of them is left out.
struct Plan {
  std::size_t image = 0;
  std::vector<const CaseRow*> rows, training;
  std::map<std::string, int> fold_of;  // case id -> fold, training cases only
};

Plan make_plan(const StageRun& run, const Cohort& cohort) {
  const SegmentParams& params = *run.study.segment;
  Plan plan;
  while (run.study.images[plan.image].first != params.image) ++plan.image;
  plan.rows = cohort.reference_rows();
  std::set<std::string> patients;
  for (const CaseRow* row : plan.rows)
    if (row->split == Split::train && !row->images[plan.image].mask.empty()) {
      plan.training.push_back(row);
      patients.insert(row->patient_id);
    }
  if (patients.size() < static_cast<std::size_t>(params.folds))
    throw InputError("segment: only " + std::to_string(patients.size()) +
                     " training patients have a mask, fewer than " + std::to_string(params.folds) +
                     " folds; give more masks or lower segment.folds");
  std::vector<std::string> order(patients.begin(), patients.end());
  Rng rng(static_cast<std::uint64_t>(run.study.study.seed), "segment.folds");
  rng.shuffle(order);
  std::map<std::string, int> fold_of_patient;
  for (std::size_t i = 0; i < order.size(); ++i) fold_of_patient[order[i]] = static_cast<int>(i) % params.folds;
  for (const CaseRow* row : plan.training) plan.fold_of[row->case_id] = fold_of_patient.at(row->patient_id);
  return plan;
}

// Grey levels of the whole image, so that the slices of a volume stay comparable.
raster::Window window_of(const Volume& image) {
  return raster::percentile_window(image.values);
}

std::vector<network::SegmentationSample> samples_of(const StageRun& run, const Plan& plan, int left_out) {
  const SegmentParams& params = *run.study.segment;
  std::vector<network::SegmentationSample> samples;
  for (const CaseRow* row : plan.training) {
    if (plan.fold_of.at(row->case_id) == left_out) continue;
    const Volume image = read_image(run.input(row->images[plan.image].image));
    const Mask mask = read_mask(run.input(row->images[plan.image].mask));
    try {
      const raster::Window window = window_of(image);
      for (const std::int64_t z : network::training_slices(mask, params.slices_per_case))
        samples.push_back({raster::whole_slice(image, z, params.size, window),
                           raster::whole_slice(mask, z, params.size), row->patient_id});
    } catch (const CaseError& error) {
      run.progress.warn("not trained on case " + row->case_id + ": " + error.what());
    }
  }
  return samples;
}

std::string model_file(int fold) {
  return fold < 0 ? "model/unet.safetensors" : "model/unet.fold" + std::to_string(fold + 1) + ".safetensors";
}

std::string curve_file(int fold) {
  return fold < 0 ? "model/unet.curve.csv" : "model/unet.fold" + std::to_string(fold + 1) + ".curve.csv";
}

std::string estimate_text(const std::string& what, const network::Estimate& e) {
  const auto rounded = [](double value, double unit) { return text::from_double(std::ceil(value / unit)); };
  return what + ": at most " + rounded(e.seconds, 60) + " min, " + rounded(e.bytes, 1 << 20) + " MiB of memory" +
         (e.precision_error > 0 ? ", bfloat16 changes the gradient by " +
                                      text::from_double(std::round(e.precision_error * 1e4) / 100) + " %"
                                : "");
}

// fold < 0: the final network, trained on all training cases.
void train(StageRun& run, const Plan& plan, int fold) {
  const SegmentParams& params = *run.study.segment;
  std::vector<std::string> depends = {"fold " + std::to_string(fold)};
  for (const CaseRow* row : plan.training) {
    if (plan.fold_of.at(row->case_id) == fold) continue;
    depends.push_back(run.imported_hash(row->images[plan.image].image));
    depends.push_back(run.imported_hash(row->images[plan.image].mask));
  }
  run.ensure_file(model_file(fold), depends, [&](const std::filesystem::path& temporary) {
    const std::string what = fold < 0 ? "training the final U-Net, epoch"
                                      : "training the U-Net of fold " + std::to_string(fold + 1) + " of " +
                                            std::to_string(params.folds) + ", epoch";
    const auto samples = samples_of(run, plan, fold);
    const network::Harness harness{
        .threads = run.options.threads,
        .checkpoint = run.folder() / (model_file(fold) + ".checkpoint"),
        .on_estimate = [&](const network::Estimate& e) { run.progress.info(estimate_text(what, e)); },
        .on_epoch =
            [&](const network::EpochReport& e) {
              run.progress.at(what, static_cast<std::size_t>(e.epoch), static_cast<std::size_t>(e.epochs));
            }};
    const auto made =
        network::train_unet(samples, params.network, static_cast<std::uint64_t>(run.study.study.seed), harness);
    run.write(curve_file(fold), to_csv(made.curve));
    made.network.save(temporary);
  });
}

Mask outline(const network::UNet& net, const Volume& image, const SegmentParams& params) {
  const raster::Window window = window_of(image);
  const raster::SliceBox box = raster::whole_box(image.grid);
  Volume probability(image.grid);
  for (std::int64_t z = 0; z < image.grid.size[2]; ++z) {
    const std::vector<Patch> slice = {raster::whole_slice(image, z, params.size, window)};
    raster::paste(net.predict(slice, 1).front(), 0, box, z, probability);
  }
  return network::mask_of(probability, params.threshold, params.keep_largest);
}

std::string number(double value) {
  return std::isnan(value) ? "" : text::from_double(value);
}

CaseRecord segment_case(const StageRun& run, const Plan& plan, const CaseRow& row, const network::UNet& net) {
  const std::string& name = run.study.images[plan.image].first;
  const Volume image = read_image(run.input(row.images[plan.image].image));
  const Mask found = outline(net, image, *run.study.segment);
  CaseRecord record;
  const std::string file = segment_mask_name(row, name);
  write_nifti(run.folder() / file, found);
  record.files.emplace_back(file, "");

  const auto fold = plan.fold_of.find(row.case_id);
  record.facts = {{"fold", fold == plan.fold_of.end() ? "" : std::to_string(fold->second + 1)}};
  std::string note = found.count() == 0 ? "the network found no region" : "";
  if (!row.images[plan.image].mask.empty()) {
    const auto m = network::compare_masks(found, read_mask(run.input(row.images[plan.image].mask)));
    for (const auto& [fact, value] : {std::pair{"dice", m.dice},
                                      {"jaccard", m.jaccard},
                                      {"hd95_mm", m.hd95_mm},
                                      {"nsd", m.nsd},
                                      {"mean_distance_mm", m.mean_distance_mm},
                                      {"volume_error", m.volume_error}})
      record.facts.emplace_back(fact, number(value));
    if (note.empty()) note = m.note;
  }
  record.facts.emplace_back("note", note);
  return record;
}

std::string quality_csv(const StageRun& run, const Plan& plan, const Cohort& cohort) {
  const std::vector<std::string> columns = {"fold",         "dice", "jaccard", "hd95_mm", "nsd", "mean_distance_mm",
                                            "volume_error", "note"};
  std::vector<std::string> header = {"case_id", "image", "split"};
  header.insert(header.end(), columns.begin(), columns.end());
  std::string all = csv_line(header);
  for (const StoredRecord& record : run.records()) {
    const CaseRow* row = cohort.find(record.unit);
    std::vector<std::string> cells = {record.unit, run.study.images[plan.image].first,
                                      std::string(name_of(kSplits, row->split))};
    std::map<std::string, std::string> facts(record.content.facts.begin(), record.content.facts.end());
    for (const std::string& column : columns) cells.push_back(facts[column]);
    all += csv_line(cells);
  }
  return all;
}

void segment_cohort(StageRun& run) {
  const Cohort cohort = run.cohort();
  const Plan plan = make_plan(run, cohort);
  const int folds = run.study.segment->folds;
  std::map<int, network::UNet> nets;
  std::map<int, std::string> sums;
  for (int fold = -1; fold < folds; ++fold) {
    train(run, plan, fold);
    nets.emplace(fold, network::UNet::load(run.folder() / model_file(fold)));
    sums[fold] = run.hash_of(run.folder() / model_file(fold));
  }
  const auto net_of = [&](const std::string& case_id) {
    const auto found = plan.fold_of.find(case_id);
    return found == plan.fold_of.end() ? -1 : found->second;
  };

  std::vector<CaseUnit> units;
  for (const CaseRow* row : plan.rows) {
    const CaseImage& image = row->images[plan.image];
    units.push_back({row->case_id,
                     {run.imported_hash(image.image), image.mask.empty() ? "" : run.imported_hash(image.mask),
                      sums.at(net_of(row->case_id))}});
  }
  run.for_each_case(units, [&](const CaseUnit& unit) {
    return segment_case(run, plan, *cohort.find(unit.id), nets.at(net_of(unit.id)));
  });
  if (!run.whole()) return;
  run.write("quality.csv", quality_csv(run, plan, cohort));
  run.write_file_list();
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  radfuse::network::prepare_process(argc, argv);
  radfuse::set_library_version("LibTorch", radfuse::network::library_version());
  return radfuse::stage_main(argc, argv, radfuse::StageId::segment, radfuse::segment_cohort);
}
