// SPDX-License-Identifier: Apache-2.0
// One call for every architecture, folding of batch norms, and random or additional tensors.
#include "encoders.hpp"

#include <algorithm>
#include <cmath>

#include "radfuse/base/error.hpp"

namespace radfuse::network {
namespace {

void run(const Layout& layout, const Layers& net, const torch::Tensor& x, Trace& trace) {
  switch (layout.architecture) {
    case Architecture::resnet18:
    case Architecture::resnet34:
    case Architecture::resnet50:
    case Architecture::resnet101:
      return forward_resnet(net, x, trace);
    case Architecture::densenet121:
      return forward_densenet(net, x, trace);
    case Architecture::efficientnet_b0:
      return forward_efficientnet(net, x, trace, false, layout.tensorflow);
    case Architecture::efficientnet_lite0:
      return forward_efficientnet(net, x, trace, true, layout.tensorflow);
    case Architecture::squeezenet1_0:
      return forward_squeezenet(net, x, trace);
    case Architecture::vgg16:
      return forward_vgg(net, x, trace);
    case Architecture::mobilenet_v2:
      return forward_mobilenet(net, x, trace);
    case Architecture::vit_b_16:
      return forward_vit(net, x, trace);
    case Architecture::swin_t:
      return forward_swin(net, x, trace);
    case Architecture::resnet20_cifar:
      return forward_resnet_cifar(net, x, trace);
    case Architecture::resnet10_3d:
    case Architecture::resnet18_3d:
    case Architecture::resnet34_3d:
    case Architecture::resnet50_3d:
      return forward_resnet_3d(net, x, trace);
  }
}

double epsilon_of(const Layout& layout) {
  return layout.tensorflow ? 1e-3 : 1e-5;
}

void add_layer(Parameters& p, const std::string& name, std::vector<std::int64_t> shape, Rng& rng, bool zero) {
  if (zero)
    p[name + ".weight"] = torch::zeros(shape, torch::kFloat32);
  else
    add_weights(p, name + ".weight", shape, rng);
  add_constant(p, name + ".bias", shape[0], 0);
}

// Convolution, then batch norm: one convolution with other weights. In double, rounded once.
void fold(Parameters& p, const NormPair& names, double epsilon) {
  const auto part = [&](const char* which) { return get(p, names.second + which).to(torch::kFloat64); };
  const torch::Tensor scale = part(".weight") / (part(".running_var") + epsilon).sqrt();
  torch::Tensor& weight = p[names.first + ".weight"];
  std::vector<std::int64_t> shape(static_cast<std::size_t>(weight.dim()), 1);
  shape[0] = weight.size(0);
  torch::Tensor bias = part(".bias") - part(".running_mean") * scale;
  if (const auto own = p.find(names.first + ".bias"); own != p.end()) bias = bias + own->second * scale;
  weight = (weight.to(torch::kFloat64) * scale.view(shape)).to(torch::kFloat32);
  p[names.first + ".bias"] = bias.to(torch::kFloat32);
  for (const char* which : {".weight", ".bias", ".running_mean", ".running_var"}) p.erase(names.second + which);
}

}  // namespace

EndPoints forward(const Layout& layout, const Parameters& parameters, const torch::Tensor& batch,
                  std::span<const std::string> wanted) {
  Trace trace(wanted);
  run(layout, Layers(parameters, epsilon_of(layout)), batch, trace);
  return std::move(trace).points();
}

void add_attention(Parameters& p, Attention attention, std::int64_t channels, int dimensions, Rng& rng) {
  constexpr std::int64_t kReduction = 8, kWindow = 7;
  if (attention == Attention::channel || attention == Attention::both) {
    const std::int64_t squeezed = std::max<std::int64_t>(channels / kReduction, 4);
    add_layer(p, "attention.channel.fc1", {squeezed, channels}, rng, false);
    add_layer(p, "attention.channel.fc2", {channels, squeezed}, rng, true);
  }
  if (attention == Attention::spatial || attention == Attention::both) {
    std::vector<std::int64_t> shape{1, 2};
    shape.resize(2 + static_cast<std::size_t>(dimensions), kWindow);
    add_layer(p, "attention.spatial.conv", shape, rng, true);
  }
}

Parameters random_parameters(Architecture architecture, const weights::Variant& variant, std::uint64_t seed) {
  Parameters p;
  Rng rng(seed, "network.encoder.weights");
  for (const Expected& want : expected_tensors(architecture, variant)) {
    const bool table =
        want.name.ends_with("class_token") || want.name.ends_with("pos_embedding") || want.name.ends_with("bias_table");
    const bool one = want.shape.size() == 1 && (want.name.ends_with("weight") || want.name.ends_with("running_var"));
    if (want.shape.size() == 1) {
      add_constant(p, want.name, want.shape[0], one ? 1.0F : 0.0F);
      continue;
    }
    add_weights(p, want.name, want.shape, rng);
    // Tables of places: N(0, 0.02^2), as in the papers of both transformers.
    if (table) {
      const double fan_in = static_cast<double>(p[want.name].numel()) / static_cast<double>(want.shape[0]);
      p[want.name].mul_(0.02 / std::sqrt(2.0 / fan_in));
    }
  }
  return p;
}

std::int64_t input_channels(Architecture architecture, const Parameters& parameters) {
  for (const Expected& want : weights::expected_tensors(architecture, {}))
    if (want.shape.size() > 3) return get(parameters, want.name).size(1);
  throw Error(ExitCode::bug, "an encoder without a convolution");
}

namespace {

// One run through all layers, for what `net` notes.
void visit(const Layout& layout, const Layers& net, const Parameters& parameters) {
  const bool block = weights::dimensions(layout.architecture) == 3;
  std::vector<std::int64_t> shape{1, input_channels(layout.architecture, parameters)};
  shape.resize(block ? 5 : 4, block ? 16 : 32);
  Trace trace({});
  run(layout, net, torch::zeros(shape), trace);
}

// Convolutions, ReLU, additions and maximum pooling know oneDNN's order of memory; nothing else here does.
bool keeps_to_blocks(const Layout& layout, const Parameters& parameters) {
  const auto other = [](const auto& entry) {
    return entry.first.starts_with("attention.") || entry.first.starts_with("fc.") ||
           entry.first.starts_with("classifier.") || entry.first.ends_with(".running_mean");
  };
  if (std::ranges::any_of(parameters, other)) return false;
  switch (layout.architecture) {
    case Architecture::resnet18:
    case Architecture::resnet34:
    case Architecture::resnet50:
    case Architecture::resnet101:
    case Architecture::vgg16:
      return true;
    case Architecture::resnet10_3d:
    case Architecture::resnet18_3d:
    case Architecture::resnet34_3d:
    case Architecture::resnet50_3d:  // the other shortcuts are slices with zeros around them
      return parameters.contains("layer2.0.downsample.0.weight");
    default:
      return false;
  }
}

}  // namespace

Parameters folded(const Layout& layout, const Parameters& parameters) {
  const auto norm = [](const auto& entry) { return entry.first.ends_with(".running_mean"); };
  // ReLU6 cuts off what may be large before it: there, rounding the folded weights was seen to cost 1.2e-5 of the
  // result.
  const bool cut_off =
      layout.architecture == Architecture::mobilenet_v2 || layout.architecture == Architecture::efficientnet_lite0;
  if (cut_off || std::none_of(parameters.begin(), parameters.end(), norm)) return parameters;
  const torch::NoGradGuard without;
  std::vector<NormPair> pairs;
  Layers net(parameters, epsilon_of(layout));
  net.note_pairs(&pairs);
  visit(layout, net, parameters);
  Parameters made = parameters;
  for (const NormPair& names : pairs) fold(made, names, epsilon_of(layout));
  return made;
}

Parameters packed(const Layout& layout, const Parameters& folded) {
  if (!at::hasMKLDNN() || !at::globalContext().userEnabledMkldnn() || !keeps_to_blocks(layout, folded)) return {};
  const torch::NoGradGuard without;
  Parameters made = folded;
  Layers net(folded, epsilon_of(layout));
  net.pack_into(&made);
  visit(layout, net, folded);
  for (auto& [name, tensor] : made)
    if (name.ends_with(".bias")) tensor = tensor.to_mkldnn();
  return made;
}

torch::Tensor pooled(const torch::Tensor& maps, Pooling pooling) {
  if (maps.dim() == 2) return maps;
  switch (pooling) {
    case Pooling::average:
      return mean_of_maps(maps);
    case Pooling::maximum:
      return maximum_of_maps(maps);
    case Pooling::average_deviation:
      return at::cat({mean_of_maps(maps), maps.contiguous().flatten(2).std(2, false)}, 1);
    case Pooling::flatten:
      return maps.contiguous().flatten(1);
  }
  throw Error(ExitCode::bug, "pooled: no such pooling");
}

}  // namespace radfuse::network
