// SPDX-License-Identifier: Apache-2.0
// The names that other libraries give the same tensors. EfficientNet's blocks: timm (pytorch-image-models) counts them
// by stage, lukemelas' EfficientNet-PyTorch in one row; in both, the first stage has no expansion.
#include <algorithm>
#include <array>
#include <optional>

#include "radfuse/base/text.hpp"
#include "radfuse/weights/architectures.hpp"

namespace radfuse::weights {
namespace {

using Name = std::string;
struct Rule {
  std::string_view from, to;
};

std::optional<Name> by_beginning(std::string_view name, std::span<const Rule> rules) {
  for (const Rule& rule : rules)
    if (name.starts_with(rule.from)) return Name(rule.to) + Name(name.substr(rule.from.size()));
  return std::nullopt;
}

void replace(Name& name, std::string_view from, std::string_view to) {
  if (const auto at = name.find(from); at != Name::npos) name.replace(at, from.size(), to);
}

// "12.rest" -> 12 and "rest".
std::optional<std::pair<int, std::string_view>> leading_number(std::string_view name) {
  const auto dot = name.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot > 3) return std::nullopt;
  int number = 0;
  for (const char c : name.substr(0, dot)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = 10 * number + (c - '0');
  }
  return std::pair{number, name.substr(dot + 1)};
}

struct Place {
  int stage = 0, block = 0;  // from 0
};

constexpr std::array<int, 7> kBlocks = {1, 2, 2, 3, 3, 4, 1};        // EfficientNet-B0, Lite0
constexpr std::array<int, 7> kMobileBlocks = {1, 2, 3, 4, 3, 3, 1};  // MobileNetV2

std::optional<Place> place_of(int flat) {
  for (std::size_t stage = 0; stage < kBlocks.size(); ++stage) {
    if (flat < kBlocks[stage]) return Place{static_cast<int>(stage), flat};
    flat -= kBlocks[stage];
  }
  return std::nullopt;
}

// The parts of one inverted residual in their order, by either library's name.
enum class Part { expand, expand_norm, depth, depth_norm, reduce, excite, project, project_norm };

std::optional<std::pair<Part, std::string_view>> part_of(std::string_view rest, bool first_stage) {
  struct Row {
    std::string_view name;
    Part part;
  };
  constexpr Row kLukemelas[] = {{"_expand_conv.", Part::expand},   {"_bn0.", Part::expand_norm},
                                {"_depthwise_conv.", Part::depth}, {"_bn1.", Part::depth_norm},
                                {"_se_reduce.", Part::reduce},     {"_se_expand.", Part::excite},
                                {"_project_conv.", Part::project}, {"_bn2.", Part::project_norm}};
  constexpr Row kFirst[] = {{"conv_dw.", Part::depth},         {"bn1.", Part::depth_norm},
                            {"se.conv_reduce.", Part::reduce}, {"se.conv_expand.", Part::excite},
                            {"conv_pw.", Part::project},       {"bn2.", Part::project_norm}};
  constexpr Row kLater[] = {{"conv_pw.", Part::expand},        {"bn1.", Part::expand_norm},
                            {"conv_dw.", Part::depth},         {"bn2.", Part::depth_norm},
                            {"se.conv_reduce.", Part::reduce}, {"se.conv_expand.", Part::excite},
                            {"conv_pwl.", Part::project},      {"bn3.", Part::project_norm}};
  const auto look = [&](std::span<const Row> rows) -> std::optional<std::pair<Part, std::string_view>> {
    for (const Row& row : rows)
      if (rest.starts_with(row.name)) return std::pair{row.part, rest.substr(row.name.size())};
    return std::nullopt;
  };
  if (rest.starts_with("_")) return look(kLukemelas);
  return first_stage ? look(kFirst) : look(kLater);
}

// torchvision's place of a part: EfficientNet has one list of {conv, norm} pairs and the squeeze between them.
Name efficientnet_part(Part part, bool first_stage, bool lite) {
  const int depth = first_stage ? 0 : 1, project = depth + (lite ? 1 : 2);
  switch (part) {
    case Part::expand:
      return "0.0.";
    case Part::expand_norm:
      return "0.1.";
    case Part::depth:
      return std::to_string(depth) + ".0.";
    case Part::depth_norm:
      return std::to_string(depth) + ".1.";
    case Part::reduce:
      return std::to_string(depth + 1) + ".fc1.";
    case Part::excite:
      return std::to_string(depth + 1) + ".fc2.";
    case Part::project:
      return std::to_string(project) + ".0.";
    case Part::project_norm:
      return std::to_string(project) + ".1.";
  }
  return "";
}

// MobileNetV2's projection and its norm are not a pair.
Name mobilenet_part(Part part, bool first_stage) {
  const int depth = first_stage ? 0 : 1;
  if (part == Part::project) return std::to_string(depth + 1) + ".";
  if (part == Part::project_norm) return std::to_string(depth + 2) + ".";
  return efficientnet_part(part, first_stage, true);
}

std::optional<Name> inverted_name(std::string_view name, Architecture architecture) {
  const bool mobile = architecture == Architecture::mobilenet_v2, lite = architecture != Architecture::efficientnet_b0;
  const Name last = mobile ? "features.18" : "features.8";
  const Name head = last + ".0.", head_norm = last + ".1.";
  const Rule rules[] = {{"_conv_stem.", "features.0.0."},
                        {"_bn0.", "features.0.1."},
                        {"_conv_head.", head},
                        {"_bn1.", head_norm},
                        {"_fc.", "classifier.1."},
                        {"conv_stem.", "features.0.0."},
                        {"bn1.", "features.0.1."},
                        {"conv_head.", head},
                        {"bn2.", head_norm}};
  if (auto made = by_beginning(name, rules)) return made;
  if (name == "classifier.weight" || name == "classifier.bias") return "classifier.1" + Name(name.substr(10));
  const bool lukemelas = name.starts_with("_blocks.");
  if (!lukemelas && !name.starts_with("blocks.")) return std::nullopt;
  auto at = leading_number(name.substr(lukemelas ? 8 : 7));
  if (!at) return std::nullopt;
  std::optional<Place> place;
  if (lukemelas) {
    place = place_of(at->first);
  } else if (const auto block = leading_number(at->second)) {
    place = Place{at->first, block->first};
    at->second = block->second;
  }
  if (!place || place->stage >= 7) return std::nullopt;
  const auto part = part_of(at->second, place->stage == 0);
  if (!part) return std::nullopt;
  if (!mobile)
    return "features." + std::to_string(place->stage + 1) + "." + std::to_string(place->block) + ".block." +
           efficientnet_part(part->first, place->stage == 0, lite) + Name(part->second);
  int number = 1 + place->block;
  for (int s = 0; s < place->stage; ++s) number += kMobileBlocks[static_cast<std::size_t>(s)];
  return "features." + std::to_string(number) + ".conv." + mobilenet_part(part->first, place->stage == 0) +
         Name(part->second);
}

std::optional<Name> vit_name(std::string_view name) {
  constexpr Rule kRules[] = {{"cls_token", "class_token"},
                             {"pos_embed", "encoder.pos_embedding"},
                             {"patch_embed.proj.", "conv_proj."},
                             {"norm.", "encoder.ln."},
                             {"head.", "heads.head."},
                             {"blocks.", "encoder.layers.encoder_layer_"}};
  Name made(name);
  if (auto begun = by_beginning(name, kRules)) made = *begun;
  if (name.starts_with("blocks.") || name.starts_with("encoder.layers.")) {
    constexpr Rule kInside[] = {{".norm1.", ".ln_1."},
                                {".norm2.", ".ln_2."},
                                {".attn.qkv.", ".self_attention.in_proj_"},
                                {".attn.proj.", ".self_attention.out_proj."},
                                {".mlp.fc1.", ".mlp.0."},
                                {".mlp.fc2.", ".mlp.3."},
                                {".mlp.linear_1.", ".mlp.0."},
                                {".mlp.linear_2.", ".mlp.3."}};
    for (const Rule& rule : kInside) replace(made, rule.from, rule.to);
  }
  return made;
}

// `early`: the merging of patches stands at the end of a stage (Microsoft, timm before 0.9), not before the next one.
std::optional<Name> swin_name(std::string_view name, bool early) {
  constexpr Rule kRules[] = {
      {"patch_embed.proj.", "features.0.0."}, {"patch_embed.norm.", "features.0.2."}, {"head.fc.", "head."}};
  if (auto made = by_beginning(name, kRules)) return made;
  if (!name.starts_with("layers.")) return std::nullopt;
  const auto stage = leading_number(name.substr(7));
  if (!stage) return std::nullopt;
  if (stage->second.starts_with("downsample."))
    return "features." + std::to_string(2 * stage->first + (early ? 2 : 0)) + "." + Name(stage->second.substr(11));
  if (!stage->second.starts_with("blocks.")) return std::nullopt;
  Name made = "features." + std::to_string(2 * stage->first + 1) + "." + Name(stage->second.substr(7));
  replace(made, ".mlp.fc1.", ".mlp.0.");
  replace(made, ".mlp.fc2.", ".mlp.3.");
  return made;
}

// RadImageNet's PyTorch files are lists of a network's children; old torchvision files split "norm1" in two.
std::optional<Name> listed_name(std::string_view name, Architecture architecture) {
  if (architecture == Architecture::densenet121) {
    Name made(name);
    if (name.starts_with("0.")) made = "features." + made.substr(2);
    if (made.find("denselayer") != Name::npos)
      for (const char* part : {".norm.1.", ".norm.2.", ".conv.1.", ".conv.2."})
        replace(made, part, Name(part, 5) + part[6] + ".");
    return made;
  }
  constexpr Rule kRules[] = {{"0.", "conv1."},  {"1.", "bn1."},    {"4.", "layer1."},
                             {"5.", "layer2."}, {"6.", "layer3."}, {"7.", "layer4."}};
  return by_beginning(name, kRules);
}

std::optional<Name> vgg_name(std::string_view name) {
  constexpr Rule kRules[] = {
      {"pre_logits.fc1.", "classifier.0."}, {"pre_logits.fc2.", "classifier.3."}, {"head.fc.", "classifier.6."}};
  return by_beginning(name, kRules);
}

std::optional<Name> torchvision_name(std::string_view name, Architecture architecture, bool early) {
  switch (architecture) {
    case Architecture::efficientnet_b0:
    case Architecture::efficientnet_lite0:
    case Architecture::mobilenet_v2:
      return inverted_name(name, architecture);
    case Architecture::vit_b_16:
      return vit_name(name);
    case Architecture::swin_t:
      return swin_name(name, early);
    case Architecture::vgg16:
      return vgg_name(name);
    case Architecture::squeezenet1_0:
    case Architecture::resnet20_cifar:
      return std::nullopt;
    default:
      return listed_name(name, architecture);
  }
}

// timm keeps VGG's wide layers as convolutions; the values lie in the same order.
void flatten_wide_layers(StateDict& file) {
  for (NamedTensor& tensor : file.tensors)
    if (tensor.name.starts_with("classifier.") && tensor.shape.size() == 4)
      tensor.shape = {tensor.shape[0], tensor.shape[1] * tensor.shape[2] * tensor.shape[3]};
}

}  // namespace

Unified unify_names(StateDict& file, Architecture architecture) {
  Unified done{.words = "", .tensorflow = architecture == Architecture::efficientnet_lite0};
  std::vector<std::string> words;
  const std::string before = file.tensors.empty() ? "" : file.tensors.front().name;
  strip_prefixes(file);
  if (!file.tensors.empty() && file.tensors.front().name.size() < before.size())
    words.push_back("removed '" + before.substr(0, before.size() - file.tensors.front().name.size()) +
                    "' before every name");
  std::erase_if(file.tensors, [](const NamedTensor& t) { return t.name.ends_with("num_batches_tracked"); });

  const auto any = [&](std::string_view beginning) {
    return std::any_of(file.tensors.begin(), file.tensors.end(),
                       [&](const NamedTensor& t) { return t.name.starts_with(beginning); });
  };
  const bool early = any("layers.0.downsample.");
  const bool inverted =
      architecture == Architecture::efficientnet_b0 || architecture == Architecture::efficientnet_lite0;
  if (inverted && any("_conv_stem.")) done.tensorflow = true;
  if (inverted && any("conv_stem.")) done.tensorflow = false;
  for (const auto& [key, value] : file.metadata)
    if (inverted && key == "padding") done.tensorflow = value == "tensorflow";

  std::size_t renamed = 0;
  for (NamedTensor& tensor : file.tensors)
    if (auto name = torchvision_name(tensor.name, architecture, early); name && *name != tensor.name) {
      tensor.name = std::move(*name);
      ++renamed;
    }
  if (architecture == Architecture::vgg16) flatten_wide_layers(file);
  if (renamed > 0) words.push_back("brought " + std::to_string(renamed) + " names to torchvision's");
  done.words = text::join(words, "; ");
  return done;
}

}  // namespace radfuse::weights
