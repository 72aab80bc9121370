// SPDX-License-Identifier: Apache-2.0
// Pretrained encoders as sources of features: loading, features, maps, and gradients for Grad-CAM.
#include "radfuse/network/encoder.hpp"

#include <algorithm>

#include "encoders.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::network {
namespace {

std::string name_of(Architecture architecture) {
  for (const auto& row : kArchitectures)
    if (row.value == architecture) return std::string(row.name);
  return "";
}

// Files whose images were prepared in another way than their architecture's published weights.
struct KnownFile {
  std::string_view sha256;
  Normalisation normalisation;
};
constexpr KnownFile kKnownFiles[] = {
    // SqueezeNet 1.0 of songhan/SqueezeNet-Deep-Compression, decoded to torchvision's names (docs/reference-data.md)
    {"34015bf5827a2fc44bbdb40ea3b9bab41cc995010463823d2638231a07dceba8", Normalisation::caffe},
};

Normalisation own_normalisation(const EncoderParams& params, const weights::StateDict& file) {
  for (const KnownFile& known : kKnownFiles)
    if (params.weights && text::lower(params.weights->sha256) == known.sha256) return known.normalisation;
  for (const auto& [key, value] : file.metadata)
    if (key == "normalisation")
      for (const auto& row : kNormalisations)
        if (row.name == value && row.value != Normalisation::weights_own) return row.value;
  return weights::dimensions(params.architecture) == 3 ? Normalisation::z_score : Normalisation::imagenet;
}

std::int64_t least_side(Architecture architecture) {
  return weights::dimensions(architecture) == 3 || architecture == Architecture::resnet20_cifar ? 16 : 32;
}

// The layers that features come from, all of them end points that this file has.
std::vector<std::string> layers_of(const EncoderParams& params) {
  if (params.layers.empty()) return {std::string(weights::default_end_point(params.architecture))};
  std::vector<std::string> names;
  for (const auto& point : weights::end_points(params.architecture)) names.emplace_back(point.name);
  for (const std::string& layer : params.layers)
    if (std::find(names.begin(), names.end(), layer) == names.end())
      throw InputError(name_of(params.architecture) + " has no end point '" + layer + "'" +
                       text::did_you_mean(layer, names) + " (" + text::join(names, ", ") + ")");
  return params.layers;
}

bool needs_classifier(Architecture architecture, const std::vector<std::string>& layers) {
  return std::ranges::any_of(weights::end_points(architecture), [&](const weights::EndPoint& point) {
    return point.needs_classifier && std::find(layers.begin(), layers.end(), point.name) != layers.end();
  });
}

void read_file_into(Encoder::Net& net, const std::filesystem::path& folder) {
  const EncoderParams& params = net.params;
  const std::filesystem::path file = folder / params.weights->file;
  weights::StateDict found = read_weights(file, params.weights->sha256);
  with_context(file.string(), [&] {
    net.layout.tensorflow = unify_names(found, params.architecture).tensorflow;
    net.variant = variant_of(found, params.architecture);
    if (!needs_classifier(params.architecture, net.layers))
      net.variant.classes = 0;  // what nobody asks for is not kept in memory
    else if (net.variant.classes == 0)
      throw InputError("has no classifier, which layers: asks for");
    net.parameters = from_state_dict(found, expected_tensors(params.architecture, net.variant));
    if (params.normalisation == Normalisation::weights_own) net.input.normalisation = own_normalisation(params, found);
    net.input.lite = params.normalisation == Normalisation::weights_own && net.layout.tensorflow &&
                     params.architecture == Architecture::efficientnet_lite0;
  });
}

void prepare_input(Encoder::Net& net) {
  const EncoderParams& params = net.params;
  Input& input = net.input;
  input.who = name_of(params.architecture);
  input.dimensions = weights::dimensions(params.architecture);
  input.channels = net.variant.channels;
  input.least_side = least_side(params.architecture);
  if (params.architecture == Architecture::vit_b_16) input.exact_side = 224;
  if (params.normalisation != Normalisation::weights_own) input.normalisation = params.normalisation;
  const bool of_colours =
      input.normalisation == Normalisation::imagenet || input.normalisation == Normalisation::caffe || input.lite;
  if (input.channels != 3 && of_colours)
    throw InputError(input.who + ": the weights take " + std::to_string(input.channels) +
                     " channel(s), and how their images were normalised is not known; say normalisation: zero_one, "
                     "minus_one_one or z_score");
}

// Convolution kernels in the order of memory that is fastest for one image.
void order_memory(Parameters& parameters) {
  for (auto& [name, tensor] : parameters)
    if (tensor.dim() == 4 && tensor.size(2) > 0) tensor = tensor.contiguous(at::MemoryFormat::ChannelsLast);
}

torch::Tensor zeros_for(const Encoder::Net& net) {
  const bool any_size = !net.script && net.pooling != Pooling::flatten;
  const std::int64_t side = net.input.exact_side > 0 ? net.input.exact_side
                            : any_size               ? net.input.least_side
                                                     : net.params.size;
  std::vector<std::int64_t> shape{1, net.input.channels};
  shape.resize(static_cast<std::size_t>(2 + net.input.dimensions), side);
  return torch::zeros(shape);
}

// The last point that has maps and from which the wanted layer is computed. The patches of ViT's last block do not
// reach the class token; those of the block before do.
const torch::Tensor* last_maps(const EndPoints& points, std::string_view layer) {
  const torch::Tensor* maps = nullptr;
  for (const auto& [name, tensor] : points) {
    if (tensor.dim() > 2 && !(name == "block12" && layer != "block12")) maps = &tensor;
    if (name == layer) break;
  }
  return maps;
}

}  // namespace

EndPoints Encoder::Net::run(const Parameters& tensors, const torch::Tensor& batch,
                            std::span<const std::string> wanted) const {
  if (script) return {{"output", script(batch)}};
  return forward(layout, tensors, batch, wanted);
}

EndPoints Encoder::Net::run_fast(const torch::Tensor& batch) const {
  if (blocked) return run(fast, batch.to_mkldnn(), layers);
  if (batch.dim() == 4 && !script) return run(fast, batch.contiguous(at::MemoryFormat::ChannelsLast), layers);
  return run(fast, batch, layers);
}

Encoder Encoder::load(const EncoderParams& params, const std::filesystem::path& folder, std::uint64_t seed) {
  settle_thread();
  auto net = std::make_shared<Net>();
  net->params = params;
  net->layout.architecture = params.architecture;
  net->layout.tensorflow = params.architecture == Architecture::efficientnet_lite0;
  net->layers = layers_of(params);
  net->pooling = params.pooling;
  net->input.normalisation =
      weights::dimensions(params.architecture) == 3 ? Normalisation::z_score : Normalisation::imagenet;
  if (params.weights) {
    read_file_into(*net, folder);
  } else {
    if (!params.random_weights) throw InputError("neither a file of weights nor random_weights: true");
    net->variant.channels = weights::own_channels(params.architecture);
    if (!needs_classifier(params.architecture, net->layers)) net->variant.classes = 0;
    net->parameters = random_parameters(params.architecture, net->variant, seed);
  }
  prepare_input(*net);
  net->fast = folded(net->layout, net->parameters);
  if (Parameters blocks = packed(net->layout, net->fast); !blocks.empty()) {
    net->fast = std::move(blocks);
    net->blocked = true;
  } else {
    order_memory(net->fast);
  }
  return Encoder(std::move(net));
}

std::vector<std::vector<float>> Encoder::features(std::span<const Patch> images, int threads) const {
  std::vector<std::vector<float>> out(images.size());
  for_each_image(images.size(), threads, [&](std::size_t i) {
    const EndPoints points = net_->run_fast(normalised(images[i], net_->input));
    for (const std::string& layer : net_->layers)
      for (const auto& [name, maps] : points)
        if (name == layer) {
          const std::vector<float> values = to_vector(pooled(maps, net_->pooling));
          out[i].insert(out[i].end(), values.begin(), values.end());
        }
  });
  return out;
}

FeatureMaps Encoder::maps(const Patch& image, std::string_view layer) const {
  settle_thread();
  const torch::NoGradGuard without;
  const std::vector<std::string> wanted{std::string(layer)};
  for (const auto& [name, maps] : net_->run(net_->parameters, normalised(image, net_->input), wanted))
    if (name == layer) return {name, to_maps(maps)};
  throw InputError(net_->input.who + " has no maps of '" + std::string(layer) + "'");
}

FeatureMaps Encoder::gradient(const Patch& image, std::span<const double> direction) const {
  settle_thread();
  const torch::AutoGradMode with(true);
  const torch::Tensor batch = normalised(image, net_->input).requires_grad_(true);
  const EndPoints points = net_->run(net_->parameters, batch, {});
  torch::Tensor sum = torch::zeros({}, torch::kFloat64);
  std::size_t used = 0;
  for (const std::string& layer : net_->layers)
    for (const auto& [name, maps] : points) {
      if (name != layer) continue;
      const torch::Tensor values = pooled(maps, net_->pooling).flatten().to(torch::kFloat64);
      const auto count = static_cast<std::size_t>(values.numel());
      if (used + count > direction.size()) throw Error(ExitCode::bug, "gradient: the direction is too short");
      sum = sum +
            (values * torch::tensor(std::vector<double>(direction.begin() + static_cast<std::ptrdiff_t>(used),
                                                        direction.begin() + static_cast<std::ptrdiff_t>(used + count)),
                                    torch::kFloat64))
                .sum();
      used += count;
    }
  if (used != direction.size()) throw Error(ExitCode::bug, "gradient: the direction is too long");
  const torch::Tensor* maps = last_maps(points, net_->layers.back());
  if (maps == nullptr) throw InputError(net_->input.who + " gives numbers, not maps: there is nothing to show");
  const auto gradient = torch::autograd::grad({sum}, {*maps}, {}, c10::nullopt, false, true).front();
  const auto named = std::find_if(points.begin(), points.end(), [&](const auto& p) { return &p.second == maps; });
  return {named->first, to_maps(gradient.defined() ? gradient : torch::zeros_like(*maps))};
}

std::vector<std::string> Encoder::names() const {
  settle_thread();
  const torch::NoGradGuard without;
  const EndPoints points = net_->run_fast(zeros_for(*net_));
  std::vector<std::string> names;
  for (const std::string& layer : net_->layers)
    for (const auto& [name, maps] : points) {
      if (name != layer) continue;
      const std::int64_t count = pooled(maps, net_->pooling).numel();
      const std::size_t digits = std::max<std::size_t>(4, std::to_string(count - 1).size());
      for (std::int64_t i = 0; i < count; ++i) {
        const std::string index = std::to_string(i);
        names.push_back(layer + "." + std::string(digits - index.size(), '0') + index);
      }
    }
  return names;
}

}  // namespace radfuse::network
