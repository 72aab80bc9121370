// SPDX-License-Identifier: Apache-2.0
// Networks as functions of crops.
#include "encoding.hpp"

#include <algorithm>
#include <memory>

#include "aggregate.hpp"
#include "heat.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/network/autoencoder.hpp"
#include "radfuse/network/classifier.hpp"
#include "radfuse/network/encoder.hpp"

namespace radfuse::deep {
namespace {

// Written with a float's digits, which is all the network knows.
double as_written(double value) {
  return *text::to_double(text::from_float(static_cast<float>(value)));
}
std::vector<double> as_written(std::vector<double> values) {
  for (double& value : values) value = as_written(value);
  return values;
}

using Vectors = std::function<std::vector<std::vector<float>>(std::span<const Patch>)>;

std::function<Encoding(const Crops&)> by_vectors(const DeepParams& deep, Vectors of) {
  return [how = deep.aggregate, of = std::move(of)](const Crops& crops) {
    return Encoding{as_written(aggregate(how, of(crops.images), crops.areas)), {}};
  };
}

network::Encoder outside_encoder(const StageRun& run, const NetworkParams& params) {
  if (const auto* script = std::get_if<TorchScriptParams>(&params))
    return network::Encoder::load(*script, run.study.folder);
  return network::Encoder::load(std::get<EncoderParams>(params), run.study.folder,
                                static_cast<std::uint64_t>(run.study.study.seed));
}

// A TorchScript model gives numbers, and no maps before them.
std::function<std::vector<Patch>(const Crops&, std::span<const double>)> along(
    const std::shared_ptr<network::Encoder>& net, const DeepParams& deep) {
  if (!std::holds_alternative<EncoderParams>(deep.network)) return {};
  return [net, how = deep.aggregate](const Crops& crops, std::span<const double> direction) {
    return heat_of(*net, crops, how, direction);
  };
}

std::vector<std::string> numbered(std::size_t count) {
  const std::size_t digits = std::to_string(count - 1).size();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string index = std::to_string(i);
    names.push_back(std::string(digits - index.size(), '0') + index);
  }
  return names;
}

// The layer is told where there are several.
std::vector<std::string> names_of(const network::Encoder& net, const NetworkParams& params) {
  std::vector<std::string> names = net.names();
  const auto* encoder = std::get_if<EncoderParams>(&params);
  if (encoder == nullptr || encoder->layers.size() < 2)
    for (std::string& name : names) name = name.substr(name.rfind('.') + 1);
  return names;
}

}  // namespace

LoadedNetwork load_network(const StageRun& run, const Set& set, const SetNetwork& network) {
  const DeepParams& deep = *set.params;
  const std::filesystem::path file =
      run.input(std::string(stage_info(StageId::deep).folder) + "/model/" + network.name + ".safetensors");
  if (std::holds_alternative<AutoencoderParams>(deep.network)) {
    const auto net = std::make_shared<network::Autoencoder>(network::Autoencoder::load(file));
    return {.encode = by_vectors(deep, [net](std::span<const Patch> images) { return net->encode(images, 1); }),
            .names = numbered(static_cast<std::size_t>(net->features())),
            .rebuild = [net](const Crops& crops) { return net->reconstruct(crops.images, 1); }};
  }
  if (!is_supervised(deep.network)) {
    const auto net = std::make_shared<network::Encoder>(outside_encoder(run, deep.network));
    return {.encode = by_vectors(deep, [net](std::span<const Patch> images) { return net->features(images, 1); }),
            .names = names_of(*net, deep.network),
            .heat_along = along(net, deep),
            .maps = [net](const Patch& image, const std::string& layer) { return net->maps(image, layer).maps; }};
  }
  const auto net = std::make_shared<network::Classifier>(network::Classifier::load(file));
  const auto encode = [net](const Crops& crops) {
    const std::vector<std::vector<Patch>> one = {crops.images};
    const network::Answer answer = net->answer(one, 1).front();
    Encoding encoding{{as_written(answer.probability)}, {as_written(answer.probability)}};
    for (const float value : answer.features) encoding.answer.push_back(as_written(value));
    return encoding;
  };
  LoadedNetwork loaded{.encode = encode, .names = {"score"}};
  loaded.heat = [net](const Crops& crops) { return net->grad_cam(crops.images); };
  // The one column is the network's own score: what speaks for it speaks for the model, or, with a negative sign,
  // against it, and then there is nothing to show.
  loaded.heat_along = [net](const Crops& crops, std::span<const double> direction) {
    std::vector<Patch> maps = net->grad_cam(crops.images);
    if (!(direction[0] > 0))
      for (Patch& map : maps) std::ranges::fill(map.values, 0.0F);
    return maps;
  };
  if (std::holds_alternative<SliceAttentionParams>(deep.network))
    loaded.attention = [net](const Crops& crops) {
      const std::vector<std::vector<Patch>> one = {crops.images};
      return net->answer(one, 1).front().attention;
    };
  return loaded;
}

std::vector<std::string> column_names(const Set& set, const LoadedNetwork& network) {
  std::vector<std::string> names, parts = {""};
  if (set.params->aggregate == Aggregate::mean_maximum && !is_supervised(set.params->network))
    parts = {"mean.", "maximum."};
  for (const std::string& part : parts)
    for (const std::string& name : network.names) names.push_back(set.columns() + "." + part + name);
  return names;
}

}  // namespace radfuse::deep
