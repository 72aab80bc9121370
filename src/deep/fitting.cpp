// SPDX-License-Identifier: Apache-2.0
// Training on crops of training cases.
#include "fitting.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "crops.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/network/autoencoder.hpp"
#include "radfuse/network/classifier.hpp"
#include "radfuse/table/folds.hpp"

namespace radfuse::deep {
namespace {

constexpr double kMegabyte = 1e6;

// Trains the networks of one set; crops are read when the first of them is needed, and once.
class Fitting {
 public:
  Fitting(StageRun& run, const Set& set) : run_(run), set_(set) {}

  void fit(SetNetwork& network, std::size_t left) {
    left_ = left;
    const std::string file = "model/" + network.name + ".safetensors",
                      curve = "model/" + network.name + ".learning.csv";
    run_.ensure_files({file, curve}, key_of(network), [&](const std::filesystem::path& temporary) {
      announce();
      const network::LearningCurve learned =
          is_supervised(set_.params->network) ? train_supervised(network, temporary) : train_blind(network, temporary);
      run_.write(curve, to_csv(learned));
      run_.progress.info(network.name + ": kept epoch " + std::to_string(learned.kept_epoch) + " of " +
                         std::to_string(learned.epochs.size()));
    });
    network.sha256 = run_.hash_of(run_.folder() / file);
  }

 private:
  // All that decides the network's numbers.
  std::string key_of(const SetNetwork& network) const {
    std::string all = network_settings(run_.study, *set_.params) + "\n" + network.name;
    for (const CaseRow* row : network.rows) {
      all += "\n" + row->case_id + " " + patient_of(*row);
      if (is_supervised(set_.params->network)) all += " " + std::to_string(row->outcome);
      for (const std::string& hash : hashes_of(run_, *row, *set_.params, set_.image)) all += " " + hash;
    }
    return sha256(all);
  }

  std::uint64_t seed_of(const SetNetwork& network) const {
    return Rng(static_cast<std::uint64_t>(run_.study.study.seed), "deep.network." + network.name).next();
  }

  void announce() {
    if (announced_) return;
    announced_ = true;
    const std::size_t outer = set_.tables.size() - 1;
    const std::size_t in_table = set_.networks.size() / set_.tables.size();
    if (outer > 0)
      run_.progress.info("deep set " + set_.params->name + ": " + std::to_string(set_.networks.size()) + " networks, " +
                         std::to_string(in_table) + " for the study and " + std::to_string(in_table) + " in each of " +
                         std::to_string(outer) + " outer folds (refit: each_fold)");
  }

  // The crops of a training case; none when it cannot be used, which is said once.
  const std::map<std::string, std::vector<Patch>>& crops() {
    if (!crops_.empty()) return crops_;
    std::map<std::string, const CaseRow*> rows;
    for (const SetNetwork& network : set_.networks)
      for (const CaseRow* row : network.rows) rows[row->case_id] = row;
    std::vector<const CaseRow*> all;
    for (const auto& [id, row] : rows) all.push_back(row);
    std::vector<std::vector<Patch>> found(all.size());
    std::vector<std::string> problems(all.size());
    parallel_for(all.size(), run_.options.threads, [&](std::size_t i) {
      throw_if_stopped();
      try {
        found[i] = crops_of(run_, *all[i], *set_.params, set_.image).images;
      } catch (const Error& error) {
        if (error.code() != ExitCode::some_failed && error.code() != ExitCode::input) throw;
        problems[i] = error.what();
      }
    });
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!problems[i].empty())
        run_.progress.warn(set_.params->name + ": not trained on case " + all[i]->case_id + ": " + problems[i]);
      crops_[all[i]->case_id] = std::move(found[i]);
    }
    return crops_;
  }

  network::Harness harness(const SetNetwork& network) {
    network::Harness harness;
    harness.threads = run_.options.threads;
    harness.checkpoint = run_.folder() / "model" / (network.name + ".checkpoint");
    harness.on_estimate = [this, name = network.name](const network::Estimate& estimate) {
      std::string text = name + ": training takes " + duration_text(estimate.seconds) + " at most, and about " +
                         std::to_string(static_cast<long>(std::ceil(estimate.bytes / kMegabyte))) + " MB";
      if (estimate.precision_error > 0)
        text +=
            "; bfloat16 changes the gradient by " + text::from_double(std::round(estimate.precision_error * 1e5) / 1e5);
      if (left_ > 0)
        text += "; " + std::to_string(left_) + " more of this set follow, " +
                duration_text(estimate.seconds * static_cast<double>(left_ + 1)) + " in all";
      run_.progress.info(text);
    };
    harness.on_epoch = [this, name = network.name](const network::EpochReport& report) {
      run_.progress.at("training " + name + ", epoch", static_cast<std::size_t>(report.epoch),
                       static_cast<std::size_t>(report.epochs));
    };
    return harness;
  }

  network::LearningCurve train_blind(const SetNetwork& network, const std::filesystem::path& file) {
    std::vector<Patch> images;
    std::vector<std::string> patients;
    for (const CaseRow* row : network.rows)
      for (const Patch& crop : crops().at(row->case_id)) {
        images.push_back(crop);
        patients.push_back(patient_of(*row));
      }
    const auto trained = network::train_autoencoder(images, patients, std::get<AutoencoderParams>(set_.params->network),
                                                    seed_of(network), harness(network));
    trained.network.save(file);
    return trained.curve;
  }

  network::LearningCurve train_supervised(const SetNetwork& network, const std::filesystem::path& file) {
    std::vector<network::LabelledCase> cases;
    for (const CaseRow* row : network.rows)
      if (const std::vector<Patch>& images = crops().at(row->case_id); !images.empty())
        cases.push_back({images, row->outcome, patient_of(*row)});
    const auto trained =
        network::train_classifier(cases, set_.params->network, run_.study.folder, seed_of(network), harness(network));
    trained.network.save(file);
    return trained.curve;
  }

  StageRun& run_;
  const Set& set_;
  std::map<std::string, std::vector<Patch>> crops_;
  std::size_t left_ = 0;
  bool announced_ = false;
};

}  // namespace

std::string duration_text(double seconds) {
  const auto about = [](double value, const char* unit) {
    const double shown = value < 10 ? std::round(value * 10) / 10 : std::round(value);
    return "about " + text::from_double(shown) + " " + unit + (shown == 1 ? "" : "s");
  };
  if (seconds < 90) return about(std::max(1.0, std::round(seconds)), "second");
  if (seconds < 5400) return about(seconds / 60, "minute");
  if (seconds < 172800) return about(seconds / 3600, "hour");
  return about(seconds / 86400, "day");
}

void fit_networks(StageRun& run, Set& set, bool own_table_only) {
  if (!is_fitted(set.params->network)) return;
  const std::size_t count = own_table_only && set.tables.size() > 1 ? set.tables[1].whole : set.networks.size();
  Fitting fitting(run, set);
  for (std::size_t i = 0; i < count; ++i)
    with_context("network " + set.networks[i].name, [&] { fitting.fit(set.networks[i], count - i - 1); });
}

}  // namespace radfuse::deep
