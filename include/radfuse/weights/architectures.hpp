// SPDX-License-Identifier: Apache-2.0
// What each architecture's tensors are called (torchvision's names) and shaped, its end points, and which architecture
// a file belongs to. No library of networks is needed for any of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/weights/params.hpp"
#include "radfuse/weights/weights.hpp"

namespace radfuse::weights {

/// How many input channels and classes a file's network has, and how wide its first layer is (64 for a ResNet).
struct Variant {
  std::int64_t channels = 3, classes = 1000;  ///< classes 0: no classifier
  std::int64_t width = 0;                     ///< 0: the architecture's own
  bool projected = false;  ///< resnet18_3d and resnet34_3d: shortcuts with weights; MedicalNet's have none
};
/// What the file's tensors say (names as after unify_names); what they do not say stays the architecture's own.
Variant variant_of(const StateDict& file, Architecture architecture);

struct EndPoint {
  std::string_view name;
  std::string_view doc;
  bool needs_classifier = false;  ///< absent where the file has no classifier
};
/// From the image to the classifier.
std::span<const EndPoint> end_points(Architecture architecture);
/// The last one that needs no classifier: where features are taken unless the study says otherwise.
std::string_view default_end_point(Architecture architecture);
/// 2 or 3.
int dimensions(Architecture architecture);
/// The input channels of the published weights.
std::int64_t own_channels(Architecture architecture);
/// Every tensor; classifier tensors last, so that files without a head fit too.
std::vector<Expected> expected_tensors(Architecture architecture, const Variant& variant);

struct Unified {
  std::string words;        ///< what was done; empty: nothing
  bool tensorflow = false;  ///< names of weights that were ported from TensorFlow, which pads in another way
};
/// Brings the names of timm, lukemelas' EfficientNet-PyTorch, MedicalNet, RadImageNet and old torchvision files to
/// torchvision's, and removes wrapping prefixes. Tensors that no network needs (num_batches_tracked) are removed.
Unified unify_names(StateDict& file, Architecture architecture);

struct Match {
  Architecture architecture = Architecture::resnet18;
  Variant variant;
  std::size_t fitting = 0, missing = 0, unexpected = 0;  ///< tensors by name and shape
  std::string renamed;                                   ///< what unify_names did
};
/// The architectures by the share of tensors that fit, best first; those that share nothing are left out.
std::vector<Match> best_matches(const StateDict& file);

}  // namespace radfuse::weights
