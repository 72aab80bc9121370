// SPDX-License-Identifier: Apache-2.0
// A network of a set, loaded: from the crops of a case to its row.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "crops.hpp"
#include "sets.hpp"

namespace radfuse::deep {

/// What a network says of one case.
struct Encoding {
  std::vector<double> values;  ///< the set's columns: the score, or the aggregated vector
  std::vector<double> answer;  ///< of a supervised network: its score, then what its last layer sees
};
/// A network in memory. `encode` may be called by several threads; neither other cases nor other threads change a
/// case's numbers.
struct LoadedNetwork {
  std::function<Encoding(const Crops&)> encode;
  /// What follows the set's own part of a column's name, for one image: "score", "0137", "layer4.0137".
  std::vector<std::string> names;

  // For pictures; empty where the network has no such thing.
  std::function<std::vector<Patch>(const Crops&)> rebuild = {};  ///< autoencoder: what is drawn from the features
  std::function<std::vector<Patch>(const Crops&)> heat = {};     ///< Grad-CAM of the outcome, largest value 1
  /// Grad-CAM of a score, largest value 1, from the gradient of the score with respect to the case's columns.
  std::function<std::vector<Patch>(const Crops&, std::span<const double> direction)> heat_along = {};
  std::function<std::vector<float>(const Crops&)> attention = {};  ///< over slices
  std::function<Patch(const Patch& image, const std::string& layer)> maps = {};
};

/// Reads the network's file. Throws InputError.
LoadedNetwork load_network(const StageRun& run, const Set& set, const SetNetwork& network);

/// The set's columns: deep.<set>.<image>.score, or .<index>, or .<layer>.<index> with several layers; mean_maximum has
/// .mean. and .maximum. before these.
std::vector<std::string> column_names(const Set& set, const LoadedNetwork& network);

}  // namespace radfuse::deep
