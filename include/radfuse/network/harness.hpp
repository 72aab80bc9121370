// SPDX-License-Identifier: Apache-2.0
// What every training is given beside its samples and settings, and what it tells while it runs and afterwards.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace radfuse::network {

/// Measured on the first two steps, before training starts.
struct Estimate {
  double seconds = 0;          ///< for the epochs to come, were all of them needed
  double bytes = 0;            ///< peak memory of the process
  double precision_error = 0;  ///< bfloat16: relative L2 error of the loss's gradient against float32; else 0
};

struct EpochReport {
  int epoch = 0, epochs = 0;         ///< epoch counts from 1
  double loss = 0;                   ///< mean over the epoch's training samples
  std::optional<double> validation;  ///< error on the held-out samples
  double seconds_left = 0;           ///< at the pace so far
};

/// Beside what decides the numbers.
struct Harness {
  int threads = 1;  ///< never changes a number
  /// Where a broken run goes on from; empty: nowhere. Removed when training ends. A file of another training (other
  /// samples, settings or seed) is not used; budget and checkpoint minutes may differ.
  std::filesystem::path checkpoint = {};
  std::function<void(const Estimate&)> on_estimate = {};
  std::function<void(const EpochReport&)> on_epoch = {};
};

/// One row for each epoch: the learning curve.
struct LearningCurve {
  std::vector<EpochReport> epochs;
  int kept_epoch = 0;  ///< whose weights were kept
};
/// epoch,training_loss,validation_error,kept; no times, so that the same training gives the same bytes.
std::string to_csv(const LearningCurve& curve);

}  // namespace radfuse::network
