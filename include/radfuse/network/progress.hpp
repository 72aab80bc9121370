// SPDX-License-Identifier: Apache-2.0
// What a training tells while it runs.
#pragma once

#include <functional>
#include <optional>

namespace radfuse::network {

struct Progress {
  int epoch = 0, epochs = 0;         ///< epoch counts from 1
  double loss = 0;                   ///< mean over the epoch's training samples
  std::optional<double> validation;  ///< error on the held-out samples
};
using OnProgress = std::function<void(const Progress&)>;

}  // namespace radfuse::network
