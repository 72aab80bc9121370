// SPDX-License-Identifier: Apache-2.0
// What a trained classifier answers, where it looked, and its file.
#include "radfuse/network/classifier.hpp"

#include <cmath>

#include "blocks.hpp"
#include "judge.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::network {
namespace {

torch::Tensor brought_to(const torch::Tensor& maps, const Patch& image) {
  if (maps.dim() == 5) return at::upsample_trilinear3d(maps, {image.depth, image.height, image.width}, false);
  return at::upsample_bilinear2d(maps, {image.height, image.width}, false);
}

double prior_of(const StateDict& file) {
  for (const auto& [key, value] : file.metadata)
    if (key == "prior_log_odds")
      if (const auto number = text::to_double(value)) return *number;
  throw InputError("not a classifier of Radfuse: its prior_log_odds is missing or impossible");
}

}  // namespace

torch::Tensor batch_of(const Judge& judge, std::span<const Patch> images) {
  if (images.empty()) throw InputError("a case without images");
  std::vector<torch::Tensor> batch;
  for (const Patch& image : images) {
    batch.push_back(judge.prepared(image));
    if (batch.back().sizes() != batch.front().sizes()) throw InputError("the images of a case differ in size");
  }
  return at::cat(batch);
}

std::vector<Answer> Classifier::answer(std::span<const std::vector<Patch>> cases, int threads) const {
  std::vector<Answer> answers(cases.size());
  for_each_image(cases.size(), threads, [&](std::size_t i) {
    const Opinion opinion = net_->judge->look(net_->parameters, batch_of(*net_->judge, cases[i]));
    answers[i].probability = 1 / (1 + std::exp(-(opinion.log_odds.item<double>() + net_->prior)));
    answers[i].features = to_vector(opinion.features);
    answers[i].attention = to_vector(opinion.attention);
  });
  return answers;
}

std::vector<Patch> Classifier::grad_cam(std::span<const Patch> images) const {
  settle_thread();
  const torch::AutoGradMode with(true);
  const torch::Tensor batch = batch_of(*net_->judge, images).set_requires_grad(true);
  const Opinion opinion = net_->judge->look(net_->parameters, batch);
  const auto gradients = torch::autograd::grad({opinion.log_odds}, opinion.maps, {}, {}, false, true);
  const torch::NoGradGuard without;
  torch::Tensor cam;
  // The last maps that the answer depends on: a transformer's last patches do not reach its class token.
  for (std::size_t i = gradients.size(); i-- > 0 && !cam.defined();) {
    if (!gradients[i].defined() || gradients[i].abs().max().item<double>() == 0) continue;
    cam = at::relu((gradients[i].mean(places(gradients[i]), true) * opinion.maps[i]).sum(1, true));
  }
  if (!cam.defined()) cam = torch::zeros_like(opinion.maps.back().slice(1, 0, 1));
  cam = brought_to(cam, images[0]);
  const double largest = cam.max().item<double>();
  if (largest > 0) cam = cam / largest;
  std::vector<Patch> maps;
  for (std::int64_t i = 0; i < cam.size(0); ++i) maps.push_back(to_patch(cam.slice(0, i, i + 1)));
  return maps;
}

void Classifier::save(const std::filesystem::path& file) const {
  StateDict weights = to_state_dict(net_->parameters);
  weights.metadata = net_->judge->metadata();
  weights.metadata.emplace_back("prior_log_odds", text::from_double(net_->prior));
  write_file(file, to_safetensors(weights));
}

Classifier Classifier::load(const std::filesystem::path& file) {
  const StateDict weights = read_weights(file);
  return with_context(file.string(), [&] {
    auto net = std::make_shared<Net>();
    net->judge = own_judge(weights);
    if (!net->judge) net->judge = encoder_judge(weights);
    if (!net->judge) throw InputError("not a classifier of Radfuse: it does not say that it is one");
    net->parameters = net->judge->fitted(weights);
    net->prior = prior_of(weights);
    return Classifier(std::move(net));
  });
}

}  // namespace radfuse::network
