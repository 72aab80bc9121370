// SPDX-License-Identifier: Apache-2.0
// Trains a network to tell the outcome.
#include <algorithm>
#include <cmath>

#include "augment.hpp"
#include "fingerprint.hpp"
#include "hold_out.hpp"
#include "judge.hpp"
#include "radfuse/base/error.hpp"
#include "training.hpp"

namespace radfuse::network {
namespace {

using Cases = std::vector<const LabelledCase*>;

// What each class counts, so that both count alike: n / (2 n_class).
struct ClassWeights {
  double of[2] = {1, 1};
  double prior = 0;  // log odds of outcome 1
};

ClassWeights weights_of(const Cases& cases) {
  double count[2] = {0, 0};
  for (const LabelledCase* one : cases) ++count[one->outcome];
  if (count[0] == 0 || count[1] == 0)
    throw InputError(
        "once patients are held out, all training cases have the same outcome: give more cases, or say "
        "validation: 0");
  const double all = count[0] + count[1];
  return {{all / (2 * count[0]), all / (2 * count[1])}, std::log(count[1] / count[0])};
}

torch::Tensor weighted_loss(const torch::Tensor& log_odds, int outcome, const ClassWeights& weights) {
  const torch::Tensor truth = torch::full_like(log_odds, outcome, torch::TensorOptions().requires_grad(false));
  return at::binary_cross_entropy_with_logits(log_odds, truth, {}, {}, at::Reduction::Sum) * weights.of[outcome];
}

LossSum loss_of(const Judge& judge, const Cases& cases, const ClassWeights& weights, bool augmented,
                std::uint64_t seed) {
  return [&, augmented, seed](const Parameters& p, int epoch, std::span<const std::size_t> which) {
    torch::Tensor sum;
    for (const std::size_t i : which) {
      std::vector<Patch> images = cases[i]->images;
      for (Patch& image : images) {
        if (!augmented) break;
        // The same stream for each image: the slices of a case stay a volume.
        Rng rng(seed, "network.classifier.augment", static_cast<std::uint64_t>(epoch) * cases.size() + i);
        augment_alone(image, rng);
      }
      const Opinion opinion = judge.look(p, beside(p, batch_of(judge, images)));
      const torch::Tensor loss = weighted_loss(opinion.log_odds, cases[i]->outcome, weights);
      sum = sum.defined() ? sum + loss : loss;
    }
    return sum;
  };
}

ValidationError mean_loss(const Judge& judge, const Cases& cases, const ClassWeights& weights, int threads) {
  return [&, threads](const Parameters& p) {
    std::vector<double> losses(cases.size());
    for_each_image(cases.size(), threads, [&](std::size_t i) {
      const Opinion opinion = judge.look(p, beside(p, batch_of(judge, cases[i]->images)));
      losses[i] = weighted_loss(opinion.log_odds, cases[i]->outcome, weights).item<double>();
    });
    double sum = 0;
    for (const double loss : losses) sum += loss;
    return sum / static_cast<double>(losses.size());
  };
}

std::string fingerprint_of(const Judge& judge, const Cases& training, const Cases& held_out) {
  Fingerprint all;
  for (const auto& [key, value] : judge.metadata()) all.add(key).add(value);
  for (const Cases* part : {&training, &held_out})
    for (const LabelledCase* one : *part) {
      all.add(static_cast<double>(one->outcome)).add(static_cast<double>(one->images.size()));
      for (const Patch& image : one->images) all.add(image);
    }
  return all.hex();
}

void check(std::span<const LabelledCase> cases) {
  std::size_t with = 0;
  for (const LabelledCase& one : cases) {
    if (one.outcome != 0 && one.outcome != 1) throw Error(ExitCode::bug, "train_classifier: outcomes are 0 and 1");
    if (one.images.empty()) throw InputError("a training case (patient " + one.patient + ") has no images");
    with += one.outcome == 1 ? 1 : 0;
  }
  if (with == 0 || with == cases.size())
    throw InputError("a network that learns the outcome needs training cases with and without it; all " +
                     std::to_string(cases.size()) + " have outcome " + (with == 0 ? "0" : "1"));
}

}  // namespace

ClassifierTraining train_classifier(std::span<const LabelledCase> cases, const NetworkParams& network,
                                    const std::filesystem::path& folder, std::uint64_t seed, const Harness& harness) {
  if (!is_supervised(network)) throw Error(ExitCode::bug, "train_classifier: this network learns no outcome");
  check(cases);
  settle_thread();
  const auto* encoder = std::get_if<EncoderParams>(&network);
  Beginning begun =
      encoder != nullptr ? begin_fine_tuning(*encoder, folder, seed) : begin_own(network, cases[0].images[0], seed);
  for (const LabelledCase& one : cases) batch_of(*begun.judge, one.images);  // refuses what does not suit, now

  std::vector<std::string> patients;
  std::vector<int> outcomes;
  for (const LabelledCase& one : cases) {
    patients.push_back(one.patient);
    outcomes.push_back(one.outcome);
  }
  const HeldOut parts = hold_out(patients, begun.train.validation, seed, "network.classifier", outcomes);
  Cases training, held_out;
  for (const std::size_t i : parts.training) training.push_back(&cases[i]);
  for (const std::size_t i : parts.validation) held_out.push_back(&cases[i]);
  const ClassWeights weights = weights_of(training);

  const TrainingPlan plan{.stream = "network.classifier",
                          .settings = begun.train,
                          .seed = seed,
                          .samples = training.size(),
                          .held_out = held_out.size(),
                          .data = fingerprint_of(*begun.judge, training, held_out),
                          .frozen = begun.frozen};
  const ValidationError validation =
      held_out.empty() ? ValidationError() : mean_loss(*begun.judge, held_out, weights, harness.threads);
  LearningCurve curve = train(begun.parameters, plan,
                              loss_of(*begun.judge, training, weights, begun.train.augment, seed), validation, harness);
  auto net = std::make_shared<Classifier::Net>();
  net->judge = std::move(begun.judge);
  net->parameters = std::move(begun.parameters);
  net->prior = weights.prior;
  return {Classifier(std::move(net)), std::move(curve)};
}

}  // namespace radfuse::network
