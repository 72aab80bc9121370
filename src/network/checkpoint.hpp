// SPDX-License-Identifier: Apache-2.0
// Where a training stands, and that as a file. There is no state of random numbers: the order of the samples comes from
// the stream (seed, name, epoch) and each sample's changes from (seed, name, epoch and sample), so that epoch and
// position say it all.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "optimiser.hpp"
#include "radfuse/network/harness.hpp"
#include "tensors.hpp"

namespace radfuse::network {

struct TrainingState {
  int epoch = 0;             ///< epochs that have ended
  std::size_t position = 0;  ///< samples of the epoch that runs
  double sum = 0;            ///< of their losses
  LearningCurve curve;       ///< of the epochs that have ended
  Parameters best;           ///< the weights to keep; empty: the last ones
};

/// Writes state, weights and moments, whole or not at all.
void save_checkpoint(const std::filesystem::path& file, const std::string& fingerprint, const TrainingState& state,
                     const Parameters& weights, const Optimiser& optimiser);

/// False, and nothing is changed, where there is no file, it is damaged, or its fingerprint is another.
bool load_checkpoint(const std::filesystem::path& file, const std::string& fingerprint, TrainingState& state,
                     Parameters& weights, Optimiser& optimiser);

}  // namespace radfuse::network
