// SPDX-License-Identifier: Apache-2.0
// Our own classifiers: end-to-end networks, and the CNN-LSTM with attention over slices.
#include "cnn.hpp"

#include <algorithm>

#include "blocks.hpp"
#include "judge.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::network {
namespace {

constexpr int kLevels = 4;
constexpr double kSlope = 0.01;
constexpr std::int64_t kAttention = 64;

std::string level_name(int level) {
  return "cnn." + std::to_string(level);
}

// Groups of 8 maps, or a few more where 8 does not divide their number.
std::int64_t groups_of(std::int64_t maps) {
  std::int64_t groups = std::max<std::int64_t>(maps / 8, 1);
  while (maps % groups != 0) --groups;
  return groups;
}

torch::Tensor conv_norm(const Parameters& p, const std::string& name, const torch::Tensor& x, std::int64_t stride) {
  torch::Tensor y = conv(p, name + ".conv", x, stride);
  y = group_norm(p, name + ".norm", y, groups_of(y.size(1)));
  return at::leaky_relu_(y, kSlope);  // in place: one pass over memory less
}

void add_conv_norm(Parameters& p, const std::string& name, std::vector<std::int64_t> shape, Rng& rng) {
  const std::int64_t out = shape[0];
  add_weights(p, name + ".conv.weight", std::move(shape), rng);
  add_norm(p, name + ".norm", out);
}

torch::Tensor head(const Parameters& p, const torch::Tensor& features) {
  return linear(p, "head", features.unsqueeze(0)).to(torch::kFloat32).flatten();
}

class OwnJudge : public Judge {
 public:
  OwnJudge(std::string name, int size, const Cnn& cnn) : name_(std::move(name)), size_(size), cnn_(cnn) {}

  torch::Tensor prepared(const Patch& image) const override {
    const int depth = cnn_.dimensions == 3 ? size_ : 1;
    if (image.channels != cnn_.channels || image.depth != depth || image.height != size_ || image.width != size_)
      throw InputError(name_ + " takes " + std::to_string(cnn_.channels) + " channel(s) and sides of " +
                       std::to_string(size_) + " in " + std::to_string(cnn_.dimensions) +
                       " dimensions; the image has " + std::to_string(image.channels) + " channel(s) and sides of " +
                       std::to_string(image.depth) + ", " + std::to_string(image.height) + " and " +
                       std::to_string(image.width));
    return to_tensor(image).sub_(0.5);
  }
  Metadata metadata() const override {
    return {{"network", "radfuse." + name_},
            {"size", std::to_string(size_)},
            {"channels", std::to_string(cnn_.channels)},
            {"base_features", std::to_string(cnn_.base_features)}};
  }

 protected:
  std::string name_;
  int size_;
  Cnn cnn_;
};

class EndToEnd : public OwnJudge {
 public:
  using OwnJudge::OwnJudge;
  Parameters fresh(std::uint64_t seed) const override {
    Rng rng(seed, "network." + name_ + ".weights");
    Parameters p;
    cnn_.add(p, rng);
    add_layer(p, "head", {1, cnn_.features()}, rng, 0.1);
    return p;
  }
  // The last layer is linear: the mean of the images' log odds is the log odds of their mean features.
  Opinion look(const Parameters& p, const torch::Tensor& images) const override {
    Opinion opinion;
    opinion.maps = {cnn_.maps(p, images)};
    opinion.features = opinion.maps[0].flatten(2).mean(2).mean(0);
    opinion.log_odds = head(p, opinion.features);
    opinion.attention = torch::ones({1});
    return opinion;
  }
};

class SliceAttention : public OwnJudge {
 public:
  SliceAttention(int size, const Cnn& cnn, int features) : OwnJudge("cnn_lstm", size, cnn), features_(features) {}
  Parameters fresh(std::uint64_t seed) const override {
    Rng rng(seed, "network." + name_ + ".weights");
    Parameters p;
    cnn_.add(p, rng);
    add_lstm(p, "lstm.forward", cnn_.features(), features_ / 2, rng);
    add_lstm(p, "lstm.backward", cnn_.features(), features_ / 2, rng);
    add_attention_over_states(p, features_, rng);
    add_layer(p, "head", {1, features_}, rng, 0.1);
    return p;
  }
  Opinion look(const Parameters& p, const torch::Tensor& images) const override {
    Opinion opinion;
    opinion.maps = {cnn_.maps(p, images)};
    const torch::Tensor slices = opinion.maps[0].flatten(2).mean(2);
    const torch::Tensor states =
        at::cat({lstm(p, "lstm.forward", slices, false), lstm(p, "lstm.backward", slices, true)}, 1);
    opinion.attention = attention_over_states(p, states);
    opinion.features = (opinion.attention.unsqueeze(1) * states).sum(0);
    opinion.log_odds = head(p, opinion.features);
    return opinion;
  }
  Metadata metadata() const override {
    Metadata all = OwnJudge::metadata();
    all.emplace_back("features", std::to_string(features_));
    return all;
  }

 private:
  int features_;
};

std::unique_ptr<const Judge> end_to_end(int dimensions, int size, int channels, int base_features) {
  return std::make_unique<EndToEnd>("cnn_" + std::to_string(dimensions) + "d", size,
                                    Cnn{dimensions, channels, base_features});
}

}  // namespace

void Cnn::add(Parameters& p, Rng& rng) const {
  for (int l = 0; l < kLevels; ++l) {
    add_conv_norm(p, level_name(l) + ".1", kernel(dimensions, width(l), l == 0 ? channels : width(l - 1), 3), rng);
    add_conv_norm(p, level_name(l) + ".2", kernel(dimensions, width(l), width(l), 3), rng);
  }
}

torch::Tensor Cnn::maps(const Parameters& p, torch::Tensor images) const {
  for (int l = 0; l < kLevels; ++l) {
    images = conv_norm(p, level_name(l) + ".1", images, l == 0 ? 1 : 2);
    images = conv_norm(p, level_name(l) + ".2", images, 1);
  }
  return images;
}

void add_lstm(Parameters& p, const std::string& name, std::int64_t in, std::int64_t out, Rng& rng) {
  add_weights(p, name + ".weight_ih", {4 * out, in}, rng, 0.7);
  add_weights(p, name + ".weight_hh", {4 * out, out}, rng, 0.7);
  add_constant(p, name + ".bias", 4 * out, 0);
  p[name + ".bias"].slice(0, out, 2 * out).fill_(1);  // remember at first (Jozefowicz et al. 2015)
}

torch::Tensor lstm(const Parameters& p, const std::string& name, const torch::Tensor& steps, bool backward) {
  const torch::Tensor& again = get(p, name + ".weight_hh");
  const std::int64_t count = steps.size(0), width = again.size(1);
  const torch::Tensor inputs =
      at::linear(steps, get(p, name + ".weight_ih"), get(p, name + ".bias")).to(again.scalar_type());
  torch::Tensor state = torch::zeros({1, width}, inputs.options().requires_grad(false)), cell = state;
  std::vector<torch::Tensor> states(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t t = backward ? count - 1 - i : i;
    const torch::Tensor gates = inputs.slice(0, t, t + 1) + at::linear(state, again).to(again.scalar_type());
    const std::vector<torch::Tensor> gate = gates.chunk(4, 1);
    cell = at::sigmoid(gate[1]) * cell + at::sigmoid(gate[0]) * at::tanh(gate[2]);
    state = at::sigmoid(gate[3]) * at::tanh(cell);
    states[static_cast<std::size_t>(t)] = state;
  }
  return at::cat(states);
}

void add_attention_over_states(Parameters& p, std::int64_t width, Rng& rng) {
  add_layer(p, "attention.1", {kAttention, width}, rng, 0.7);
  add_layer(p, "attention.2", {1, kAttention}, rng, 0.1);
}

torch::Tensor attention_over_states(const Parameters& p, const torch::Tensor& states) {
  const torch::Tensor scores = linear(p, "attention.2", at::tanh(linear(p, "attention.1", states)));
  return at::softmax(scores.to(states.scalar_type()).flatten(), 0);
}

Beginning begin_own(const NetworkParams& network, const Patch& like, std::uint64_t seed) {
  Beginning begun;
  if (const auto* p = std::get_if<SliceAttentionParams>(&network)) {
    begun.judge = std::make_unique<SliceAttention>(p->size, Cnn{2, like.channels, p->base_features}, p->features);
    begun.train = p->train;
  } else {
    const auto& q = std::get<EndToEndParams>(network);
    begun.judge = end_to_end(q.dimensions, q.size, like.channels, q.base_features);
    begun.train = q.train;
  }
  begun.parameters = begun.judge->fresh(seed);
  return begun;
}

std::unique_ptr<const Judge> own_judge(const StateDict& file) {
  const auto entry = [&](std::string_view key, int low, int high) {
    return entry_of(file, key, low, high, "a classifier");
  };
  for (const auto& [key, value] : file.metadata) {
    if (key != "network") continue;
    const bool slices = value == "radfuse.cnn_lstm", plane = value == "radfuse.cnn_2d";
    if (!slices && !plane && value != "radfuse.cnn_3d") return nullptr;
    const int size = entry("size", 16, 1024), channels = entry("channels", 1, 64), base = entry("base_features", 4, 64);
    if (!slices) return end_to_end(plane ? 2 : 3, size, channels, base);
    const int features = entry("features", 2, 4096);
    if (features % 2 != 0) throw InputError("not a classifier of Radfuse: its features are impossible");
    return std::make_unique<SliceAttention>(size, Cnn{2, channels, base}, features);
  }
  return nullptr;
}

}  // namespace radfuse::network
