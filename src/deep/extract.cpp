// SPDX-License-Identifier: Apache-2.0
// Deep features of every case and reader. An autoencoder is trained on training cases only; a pretrained network is
// used as it is.
#include <functional>
#include <map>
#include <memory>

#include "crops.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/deep/deep.hpp"
#include "radfuse/network/autoencoder.hpp"
#include "radfuse/network/encoder.hpp"

namespace radfuse::deep {
namespace {

// A set of deep features, ready to encode crops.
struct Extractor {
  const DeepParams* params = nullptr;
  std::size_t image = 0;
  std::string depends;  // what its vectors depend on beside the image: the network's hash
  std::function<std::vector<std::vector<float>>(std::span<const Patch>)> encode;
  std::size_t width = 0;
};

Extractor autoencoder(StageRun& run, const Cohort& cohort, Extractor set, const AutoencoderParams& params) {
  const std::string file = "model/" + set.params->name + ".safetensors";
  std::vector<const CaseRow*> training;
  std::vector<std::string> depends = {set.params->name};
  for (const CaseRow* row : cohort.reference_rows())
    if (row->split == Split::train) {
      training.push_back(row);
      for (const std::string& hash : hashes_of(run, *row, *set.params, set.image)) depends.push_back(hash);
    }
  run.ensure_file(file, depends, [&](const std::filesystem::path& temporary) {
    std::vector<Patch> crops;
    std::vector<std::string> patients;
    for (const CaseRow* row : training) {
      try {
        for (Patch& crop : crops_of(run, *row, *set.params, set.image)) {
          crops.push_back(std::move(crop));
          patients.push_back(row->patient_id);
        }
      } catch (const CaseError& error) {
        run.progress.warn("not trained on case " + row->case_id + ": " + error.what());
      }
    }
    const auto trained = network::train_autoencoder(
        crops, patients, params, static_cast<std::uint64_t>(run.study.study.seed), run.options.threads,
        [&](const network::Progress& p) {
          run.progress.at("training " + set.params->name + ", epoch", static_cast<std::size_t>(p.epoch),
                          static_cast<std::size_t>(p.epochs));
        });
    run.progress.info(set.params->name + ": kept epoch " + std::to_string(trained.epochs) +
                      ", mean squared error in training " + text::from_double(trained.training_error));
    trained.network.save(temporary);
  });
  const auto net = std::make_shared<network::Autoencoder>(network::Autoencoder::load(run.folder() / file));
  set.depends = run.hash_of(run.folder() / file);
  set.width = static_cast<std::size_t>(net->features());
  set.encode = [net](std::span<const Patch> crops) { return net->encode(crops, 1); };
  return set;
}

Extractor encoder(const StageRun& run, Extractor set, const EncoderParams& params) {
  const auto net = std::make_shared<network::Encoder>(
      network::Encoder::load(params, run.study.folder, static_cast<std::uint64_t>(run.study.study.seed)));
  set.depends = params.weights ? params.weights->sha256 : "random weights";
  set.encode = [net](std::span<const Patch> crops) { return net->features(crops, 1); };
  set.width = net->names().size();
  return set;
}

std::vector<Extractor> extractors(StageRun& run, const Cohort& cohort) {
  std::vector<Extractor> sets;
  for (const DeepParams& deep : run.study.deep) {
    Extractor set;
    set.params = &deep;
    while (run.study.images[set.image].first != deep.image) ++set.image;
    if (const auto* ae = std::get_if<AutoencoderParams>(&deep.network))
      sets.push_back(autoencoder(run, cohort, set, *ae));
    else
      sets.push_back(encoder(run, set, std::get<EncoderParams>(deep.network)));
  }
  return sets;
}

// Mean over slices in double; written with a float's digits, which is all the network knows.
std::vector<double> mean_of(const std::vector<std::vector<float>>& vectors) {
  std::vector<double> mean(vectors.front().size(), 0.0);
  for (const auto& vector : vectors)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += vector[i];
  for (double& value : mean)
    value = *text::to_double(text::from_float(static_cast<float>(value / static_cast<double>(vectors.size()))));
  return mean;
}

std::vector<std::string> columns_of(const Study& study, const std::vector<Extractor>& sets) {
  std::vector<std::string> columns;
  for (const Extractor& set : sets) {
    const std::size_t digits = std::to_string(set.width - 1).size();
    for (std::size_t i = 0; i < set.width; ++i) {
      const std::string index = std::to_string(i);
      columns.push_back("deep." + set.params->name + "." + study.images[set.image].first + "." +
                        std::string(digits - index.size(), '0') + index);
    }
  }
  return columns;
}

}  // namespace

void extract_cohort(StageRun& run) {
  const Cohort cohort = run.cohort();
  const std::vector<Extractor> sets = extractors(run, cohort);
  std::vector<CaseUnit> units;
  std::map<std::string, const CaseRow*> rows;
  for (const CaseRow& row : cohort.rows) {
    CaseUnit unit{row.unit(), {}};
    for (const Extractor& set : sets) {
      unit.depends.push_back(set.depends);
      for (const std::string& hash : hashes_of(run, row, *set.params, set.image)) unit.depends.push_back(hash);
    }
    rows[unit.id] = &row;
    units.push_back(std::move(unit));
  }
  run.for_each_case(units, [&](const CaseUnit& unit) {
    const CaseRow& row = *rows.at(unit.id);
    std::vector<double> values;
    for (const Extractor& set : sets) {
      const std::vector<double> part = mean_of(set.encode(crops_of(run, row, *set.params, set.image)));
      values.insert(values.end(), part.begin(), part.end());
    }
    CaseRecord record;
    record.rows.emplace_back(RowKey{row.case_id, "", row.reader}, std::move(values));
    return record;
  });
  if (run.whole()) run.write_features("features.deep", columns_of(run.study, sets));
}

}  // namespace radfuse::deep
