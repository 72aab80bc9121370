// SPDX-License-Identifier: Apache-2.0
// What is known of each architecture: end points, tensors, and how well a file fits.
#include "radfuse/weights/architectures.hpp"

#include <algorithm>

#include "tensor_list.hpp"

namespace radfuse::weights {
namespace {

constexpr EndPoint kResnet[] = {{"stem", "first convolution and pooling, 1/4 of the side"},
                                {"layer1", "first layer of blocks, 1/4"},
                                {"layer2", "second, 1/8"},
                                {"layer3", "third, 1/16"},
                                {"layer4", "last maps, 1/32"},
                                {"logits", "the classifier's answer", true}};
constexpr EndPoint kResnet3d[] = {{"stem", "first convolution and pooling, 1/4 of the side"},
                                  {"layer1", "first layer of blocks, 1/4"},
                                  {"layer2", "second, 1/8"},
                                  {"layer3", "third, dilated, 1/8"},
                                  {"layer4", "last maps, dilated, 1/8"},
                                  {"logits", "the classifier's answer", true}};
constexpr EndPoint kCifar[] = {{"stem", "first convolution, full size"},
                               {"layer1", "first layer of blocks, full size"},
                               {"layer2", "second, 1/2 of the side"},
                               {"layer3", "last maps, 1/4"},
                               {"logits", "the classifier's answer", true}};
constexpr EndPoint kDensenet[] = {{"stem", "first convolution and pooling, 1/4 of the side"},
                                  {"denseblock1", "first dense block, 1/4"},
                                  {"denseblock2", "second, 1/8"},
                                  {"denseblock3", "third, 1/16"},
                                  {"denseblock4", "last dense block, 1/32"},
                                  {"features", "the same, normalised and rectified: last maps"},
                                  {"logits", "the classifier's answer", true}};
constexpr EndPoint kInverted[] = {{"stem", "first convolution, 1/2 of the side"},
                                  {"stage1", "first stage of blocks, 1/2"},
                                  {"stage2", "1/4"},
                                  {"stage3", "1/8"},
                                  {"stage4", "1/16"},
                                  {"stage5", "1/16"},
                                  {"stage6", "1/32"},
                                  {"stage7", "1/32"},
                                  {"features", "last maps, 1/32"},
                                  {"logits", "the classifier's answer", true}};
constexpr EndPoint kSqueezenet[] = {{"stem", "first convolution and pooling, 1/4 of the side"},
                                    {"fire2", "first fire module, 1/4"},
                                    {"fire3", "1/4"},
                                    {"fire4", "1/4"},
                                    {"fire5", "1/8"},
                                    {"fire6", "1/8"},
                                    {"fire7", "1/8"},
                                    {"fire8", "1/8"},
                                    {"fire9", "last maps, 1/16"},
                                    {"logits", "the classifier's answer", true}};
constexpr EndPoint kVgg[] = {{"block1", "first block and its pooling, 1/2 of the side"},
                             {"block2", "1/4"},
                             {"block3", "1/8"},
                             {"block4", "1/16"},
                             {"block5", "last maps, 1/32"},
                             {"fc6", "first wide layer, 4096 numbers", true},
                             {"fc7", "second wide layer, 4096 numbers", true},
                             {"logits", "the classifier's answer", true}};
constexpr EndPoint kVit[] = {{"stem", "patches of 16 x 16 pixels, projected"},
                             {"block1", "tokens of the patches after block 1, as maps"},
                             {"block2", "after block 2"},
                             {"block3", "after block 3"},
                             {"block4", "after block 4"},
                             {"block5", "after block 5"},
                             {"block6", "after block 6"},
                             {"block7", "after block 7"},
                             {"block8", "after block 8"},
                             {"block9", "after block 9"},
                             {"block10", "after block 10"},
                             {"block11", "after block 11"},
                             {"block12", "after block 12"},
                             {"class_token", "the class token at the end, 768 numbers"},
                             {"logits", "the classifier's answer", true}};
constexpr EndPoint kSwin[] = {{"stem", "patches of 4 x 4 pixels, projected"},
                              {"stage1", "1/4 of the side"},
                              {"stage2", "1/8"},
                              {"stage3", "1/16"},
                              {"stage4", "1/32"},
                              {"features", "the same, normalised: last maps"},
                              {"logits", "the classifier's answer", true}};

struct Known {
  std::span<const EndPoint> points;
  std::string_view first, classifier;  // the layers that tell channels, width and classes
  std::int64_t width_step = 0;         // widths are multiples of this; 0: there is one width only
};

Known known(Architecture architecture) {
  switch (architecture) {
    case Architecture::resnet18:
    case Architecture::resnet34:
    case Architecture::resnet50:
    case Architecture::resnet101:
      return {kResnet, "conv1", "fc", 1};
    case Architecture::densenet121:
      return {kDensenet, "features.conv0", "classifier", 2};
    case Architecture::efficientnet_b0:
    case Architecture::efficientnet_lite0:
    case Architecture::mobilenet_v2:
      return {kInverted, "features.0.0", "classifier.1", 8};
    case Architecture::squeezenet1_0:
      return {kSqueezenet, "features.0", "classifier.1"};
    case Architecture::vgg16:
      return {kVgg, "features.0", "classifier.6"};
    case Architecture::vit_b_16:
      return {kVit, "conv_proj", "heads.head"};
    case Architecture::swin_t:
      return {kSwin, "features.0.0", "head", 32};
    case Architecture::resnet20_cifar:
      return {kCifar, "conv1", "linear", 2};
    case Architecture::resnet10_3d:
    case Architecture::resnet18_3d:
    case Architecture::resnet34_3d:
    case Architecture::resnet50_3d:
      return {kResnet3d, "conv1", "fc", 1};
  }
  return {kResnet, "conv1", "fc"};
}

double share(const Match& match) {
  return static_cast<double>(match.fitting) / static_cast<double>(match.fitting + match.missing + match.unexpected);
}

Match match_of(StateDict shapes, Architecture architecture) {
  Match match;
  match.architecture = architecture;
  match.renamed = unify_names(shapes, architecture).words;
  match.variant = variant_of(shapes, architecture);
  std::vector<std::string_view> used;
  for (const Expected& want : expected_tensors(architecture, match.variant)) {
    const NamedTensor* have = shapes.find(want.name);
    const bool fits = have != nullptr && have->shape == want.shape;
    if (fits) used.push_back(have->name);
    ++(fits ? match.fitting : match.missing);
  }
  match.unexpected = shapes.tensors.size() - used.size();
  return match;
}

}  // namespace

std::span<const EndPoint> end_points(Architecture architecture) {
  return known(architecture).points;
}

std::string_view default_end_point(Architecture architecture) {
  const auto points = end_points(architecture);
  return std::find_if(points.rbegin(), points.rend(), [](const EndPoint& p) { return !p.needs_classifier; })->name;
}

int dimensions(Architecture architecture) {
  switch (architecture) {
    case Architecture::resnet10_3d:
    case Architecture::resnet18_3d:
    case Architecture::resnet34_3d:
    case Architecture::resnet50_3d:
      return 3;
    default:
      return 2;
  }
}

std::int64_t own_channels(Architecture architecture) {
  return dimensions(architecture) == 3 ? 1 : 3;
}

Variant variant_of(const StateDict& file, Architecture architecture) {
  constexpr std::int64_t kWidest = 1024, kMostChannels = 64;
  const Known facts = known(architecture);
  Variant variant{.channels = own_channels(architecture)};
  const NamedTensor* first = file.find(std::string(facts.first) + ".weight");
  if (first != nullptr && first->shape.size() >= 4) {
    const std::int64_t width = first->shape[0], channels = first->shape[1];
    if (channels >= 1 && channels <= kMostChannels) variant.channels = channels;
    if (facts.width_step > 0 && width >= facts.width_step && width <= kWidest && width % facts.width_step == 0)
      variant.width = width;
  }
  const NamedTensor* classifier = file.find(std::string(facts.classifier) + ".weight");
  variant.classes = classifier == nullptr || classifier->shape.empty() ? 0 : classifier->shape[0];
  variant.projected = file.find("layer2.0.downsample.0.weight") != nullptr;
  return variant;
}

std::vector<Expected> expected_tensors(Architecture architecture, const Variant& variant) {
  switch (architecture) {
    case Architecture::densenet121:
      return expected_densenet(variant);
    case Architecture::efficientnet_b0:
      return expected_efficientnet(variant, false);
    case Architecture::efficientnet_lite0:
      return expected_efficientnet(variant, true);
    case Architecture::mobilenet_v2:
      return expected_mobilenet(variant);
    case Architecture::squeezenet1_0:
      return expected_squeezenet(variant);
    case Architecture::vgg16:
      return expected_vgg(variant);
    case Architecture::vit_b_16:
      return expected_vit(variant);
    case Architecture::swin_t:
      return expected_swin(variant);
    default:
      return expected_resnet(architecture, variant);
  }
}

std::vector<Match> best_matches(const StateDict& file) {
  StateDict shapes;
  shapes.metadata = file.metadata;
  for (const NamedTensor& tensor : file.tensors) shapes.tensors.push_back({tensor.name, tensor.shape, {}});
  std::vector<Match> matches;
  for (const auto& row : kArchitectures) {
    Match match = match_of(shapes, row.value);
    if (match.fitting > 0) matches.push_back(std::move(match));
  }
  std::stable_sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) { return share(a) > share(b); });
  return matches;
}

}  // namespace radfuse::weights
