// SPDX-License-Identifier: Apache-2.0
// A pretrained encoder that learns the outcome: its pooled features, averaged over a case's images, and a new last
// layer. Batch normalisation keeps the statistics of the file, so that no image changes another's numbers.
#include <algorithm>

#include "blocks.hpp"
#include "encoders.hpp"
#include "judge.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/weights/architectures.hpp"

namespace radfuse::network {
namespace {

constexpr std::string_view kWho = "a fine-tuned encoder";
constexpr std::string_view kPrefix = "radfuse.fine_tuned.";

/// All of Encoder::Net but its tensors, and what stands behind it.
struct Shape {
  Layout layout;
  weights::Variant variant;
  Input input;
  std::vector<std::string> layers;
  Pooling pooling = Pooling::average;
  Attention attention = Attention::none;
  std::int64_t features = 0, maps = 0;  ///< of the pooled layers; of the maps that attention acts on
};

torch::Tensor features_of(const Shape& shape, const EndPoints& points) {
  std::vector<torch::Tensor> parts;
  for (const std::string& layer : shape.layers)
    for (const auto& [name, maps] : points)
      if (name == layer) parts.push_back(pooled(maps, shape.pooling).to(torch::kFloat32));
  return at::cat(parts, 1);
}

class EncoderJudge : public Judge {
 public:
  explicit EncoderJudge(Shape shape) : s_(std::move(shape)) {}

  Parameters fresh(std::uint64_t seed) const override {
    Parameters p = random_parameters(s_.layout.architecture, s_.variant, seed);
    add_task(p, seed);
    return p;
  }
  void add_task(Parameters& p, std::uint64_t seed) const {
    Rng rng(seed, "network.fine_tune.weights");
    add_attention(p, s_.attention, s_.maps, s_.input.dimensions, rng);
    add_layer(p, "task", {1, s_.features}, rng, 0.1);
  }
  Parameters fitted(const StateDict& file) const override {
    std::vector<Expected> expected = weights::expected_tensors(s_.layout.architecture, s_.variant);
    Parameters task;
    add_task(task, 0);
    for (const auto& [name, tensor] : task) expected.push_back({name, tensor.sizes().vec()});
    return from_state_dict(file, expected);
  }
  torch::Tensor prepared(const Patch& image) const override { return normalised(image, s_.input); }
  Opinion look(const Parameters& p, const torch::Tensor& images) const override {
    const EndPoints points = forward(s_.layout, p, images);
    Opinion opinion;
    opinion.features = features_of(s_, points).mean(0);
    opinion.log_odds = linear(p, "task", opinion.features.unsqueeze(0)).to(torch::kFloat32).flatten();
    opinion.attention = torch::ones({1});
    for (const auto& [name, maps] : points)
      if (maps.dim() > 3) opinion.maps.push_back(maps);
    return opinion;
  }
  Metadata metadata() const override {
    const auto number = [](std::int64_t value) { return std::to_string(value); };
    return {{"network", std::string(kPrefix) + std::string(name_of(kArchitectures, s_.layout.architecture))},
            {"tensorflow", number(s_.layout.tensorflow ? 1 : 0)},
            {"channels", number(s_.variant.channels)},
            {"classes", number(s_.variant.classes)},
            {"width", number(s_.variant.width)},
            {"projected", number(s_.variant.projected ? 1 : 0)},
            {"exact_side", number(s_.input.exact_side)},
            {"least_side", number(s_.input.least_side)},
            {"normalisation", std::string(name_of(kNormalisations, s_.input.normalisation))},
            {"lite", number(s_.input.lite ? 1 : 0)},
            {"layers", text::join(s_.layers, " ")},
            {"pooling", std::string(name_of(kPoolings, s_.pooling))},
            {"attention", std::string(name_of(kAttentions, s_.attention))},
            {"features", number(s_.features)},
            {"maps", number(s_.maps)}};
  }

 private:
  Shape s_;
};

// How wide the end points are, from one empty image.
void measure(Shape& shape, const Encoder::Net& net) {
  std::int64_t side = net.input.exact_side > 0 ? net.input.exact_side : net.input.least_side;
  if (net.pooling == Pooling::flatten) side = net.params.size;
  std::vector<std::int64_t> sides{1, net.input.channels};
  sides.resize(static_cast<std::size_t>(2 + net.input.dimensions), side);
  const torch::NoGradGuard without;
  const EndPoints points = forward(net.layout, net.parameters, torch::zeros(sides));
  shape.features = features_of(shape, points).size(1);
  const std::string_view last = weights::default_end_point(net.layout.architecture);
  for (const auto& [name, maps] : points)
    if (name == last) shape.maps = maps.size(1);
}

std::set<std::string> frozen_names(const Parameters& p, const std::vector<std::string>& beginnings) {
  std::set<std::string> frozen;
  for (const auto& [name, tensor] : p)
    if (name.ends_with(".running_mean") || name.ends_with(".running_var")) frozen.insert(name);
  for (const std::string& beginning : beginnings) {
    bool found = false;
    for (const auto& [name, tensor] : p)
      if (name.starts_with(beginning)) {
        frozen.insert(name);
        found = true;
      }
    if (!found)
      throw StudyError("fine_tune.frozen: no tensor's name begins with '" + beginning +
                       "' (radfuse weights inspect FILE lists them)");
  }
  if (frozen.contains("task.weight") || frozen.contains("task.bias"))
    throw StudyError("fine_tune.frozen: the new last layer (task) cannot be frozen");
  return frozen;
}

template <class E, std::size_t N>
E word_of(const StateDict& file, std::string_view key, const Named<E> (&table)[N], std::string_view prefix = "") {
  for (const auto& [name, value] : file.metadata)
    if (name == key && value.starts_with(prefix))
      for (const auto& row : table)
        if (row.name == value.substr(prefix.size())) return row.value;
  throw InputError("not " + std::string(kWho) + " of Radfuse: its " + std::string(key) + " is missing or impossible");
}

}  // namespace

Beginning begin_fine_tuning(const EncoderParams& params, const std::filesystem::path& folder, std::uint64_t seed) {
  const Encoder encoder = Encoder::load(params, folder, seed);
  const Encoder::Net& net = encoder.net();
  Shape shape{net.layout, net.variant, net.input, net.layers, net.pooling, params.attention};
  measure(shape, net);
  auto judge = std::make_unique<EncoderJudge>(std::move(shape));
  Beginning begun;
  begun.parameters = net.parameters;
  judge->add_task(begun.parameters, seed);
  begun.frozen = frozen_names(begun.parameters, params.fine_tune->frozen);
  begun.train = params.fine_tune->train;
  begun.judge = std::move(judge);
  return begun;
}

std::unique_ptr<const Judge> encoder_judge(const StateDict& file) {
  const auto is_one = [](const auto& entry) { return entry.first == "network" && entry.second.starts_with(kPrefix); };
  if (std::ranges::none_of(file.metadata, is_one)) return nullptr;
  const auto entry = [&](std::string_view key, int low, int high) { return entry_of(file, key, low, high, kWho); };
  Shape shape;
  shape.layout = {word_of(file, "network", kArchitectures, kPrefix), entry("tensorflow", 0, 1) == 1};
  shape.variant.channels = entry("channels", 1, 64);
  shape.variant.classes = entry("classes", 0, 100000);
  shape.variant.width = entry("width", 0, 4096);
  shape.variant.projected = entry("projected", 0, 1) == 1;
  shape.input = {.who = std::string(name_of(kArchitectures, shape.layout.architecture)),
                 .dimensions = weights::dimensions(shape.layout.architecture),
                 .channels = shape.variant.channels,
                 .exact_side = entry("exact_side", 0, 4096),
                 .least_side = entry("least_side", 0, 4096),
                 .normalisation = word_of(file, "normalisation", kNormalisations),
                 .lite = entry("lite", 0, 1) == 1};
  shape.pooling = word_of(file, "pooling", kPoolings);
  shape.attention = word_of(file, "attention", kAttentions);
  shape.features = entry("features", 1, 1 << 30);
  shape.maps = entry("maps", 1, 1 << 20);
  for (const auto& [key, value] : file.metadata)
    if (key == "layers") shape.layers = text::split(value, ' ');
  for (const std::string& layer : shape.layers)
    if (std::ranges::none_of(weights::end_points(shape.layout.architecture),
                             [&](const weights::EndPoint& point) { return point.name == layer; }))
      throw InputError("not " + std::string(kWho) + " of Radfuse: it has no end point '" + layer + "'");
  return std::make_unique<EncoderJudge>(std::move(shape));
}

}  // namespace radfuse::network
