// SPDX-License-Identifier: Apache-2.0
// The training loop: estimate, epochs, early stopping, checkpoints.
#include "training.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "checkpoint.hpp"
#include "fingerprint.hpp"
#include "libtorch.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::network {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMicroBatch = 2;  // part of the arithmetic: another number gives other last bits

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024;
}

std::string minutes_text(double seconds) {
  return text::from_double(std::max(0.1, std::round(seconds / 6) / 10)) + " minutes";
}

Parameters copy_of(const Parameters& parameters) {
  Parameters copy;
  for (const auto& [name, tensor] : parameters) copy[name] = tensor.detach().clone();
  return copy;
}

struct Gradient {
  std::vector<torch::Tensor> parts;  // one for each leaf
  double loss = 0;                   // sum over the batch
};

class Training {
 public:
  Training(Parameters& parameters, const TrainingPlan& plan, const LossSum& loss, const ValidationError& validation,
           const Harness& harness)
      : parameters_(parameters),
        plan_(plan),
        settings_(plan.settings),
        loss_(loss),
        validation_(validation),
        harness_(harness),
        device_(device_of(plan.settings.device)),
        fingerprint_(fingerprint()),
        optimiser_(leaves(), {settings_.learning_rate, settings_.weight_decay, all_steps()}) {}

  LearningCurve run() {
    load_checkpoint(harness_.checkpoint, fingerprint_, state_, parameters_, optimiser_);
    if (!ended()) estimate();
    start_ = last_saved_ = Clock::now();
    first_step_ = optimiser_.steps;
    try {
      while (!ended()) epoch();
    } catch (const TryAgain&) {
      save();
      throw;
    }
    parameters_ = copy_of(state_.best.empty() ? parameters_ : state_.best);
    for (auto& [name, tensor] : parameters_) tensor = tensor.to(torch::kCPU);
    std::error_code gone;
    if (!harness_.checkpoint.empty()) std::filesystem::remove(harness_.checkpoint, gone);
    return state_.curve;
  }

 private:
  std::size_t batch() const { return static_cast<std::size_t>(settings_.batch); }
  std::int64_t steps_of_epoch() const { return static_cast<std::int64_t>((plan_.samples + batch() - 1) / batch()); }
  std::int64_t all_steps() const { return steps_of_epoch() * settings_.epochs; }

  std::string fingerprint() const {
    const TrainingParams& s = settings_;
    Fingerprint all;
    all.add(plan_.stream).add(std::to_string(plan_.seed)).add(plan_.data);
    for (const double number :
         {static_cast<double>(plan_.samples), static_cast<double>(plan_.held_out), static_cast<double>(s.epochs),
          static_cast<double>(s.batch), s.learning_rate, s.weight_decay, s.validation, static_cast<double>(s.patience),
          s.augment ? 1.0 : 0.0, static_cast<double>(s.precision), static_cast<double>(s.device)})
      all.add(number);
    for (const std::string& name : plan_.frozen) all.add(name);
    return all.add(parameters_).hex();
  }

  std::vector<torch::Tensor> leaves() {
    std::vector<torch::Tensor> trained;
    for (auto& [name, tensor] : parameters_) {
      const bool is_trained = !plan_.frozen.contains(name);
      tensor = tensor.detach().to(device_).set_requires_grad(is_trained);
      if (is_trained) trained.push_back(tensor);
    }
    return trained;
  }

  bool ended() const {
    const bool stalled = validation_ && state_.epoch - state_.curve.kept_epoch >= settings_.patience;
    return state_.epoch >= settings_.epochs || stalled;
  }

  std::vector<std::size_t> order_of(int epoch) const {
    return Rng(plan_.seed, plan_.stream + ".order", static_cast<std::uint64_t>(epoch)).permutation(plan_.samples);
  }

  Gradient gradient(int epoch, std::span<const std::size_t> samples, Precision precision) const {
    const std::size_t count = (samples.size() + kMicroBatch - 1) / kMicroBatch;
    std::vector<std::vector<torch::Tensor>> parts(count);
    std::vector<double> losses(count);
    parallel_for(count, harness_.threads, [&](std::size_t part) {
      settle_thread();
      const torch::AutoGradMode with(true);
      const std::size_t from = part * kMicroBatch;
      torch::Tensor loss;
      {
        const Autocast lower(precision, device_);
        loss = loss_(parameters_, epoch, samples.subspan(from, std::min(kMicroBatch, samples.size() - from)));
      }
      losses[part] = loss.item<double>();
      // Gradients are returned, not accumulated in the shared leaves, so that threads do not meet.
      parts[part] =
          torch::autograd::grad({loss / static_cast<double>(samples.size())}, optimiser_.leaves(), {}, {}, false, true);
    });
    settle_thread();
    const torch::NoGradGuard without;
    Gradient all{std::move(parts[0]), losses[0]};
    for (std::size_t i = 0; i < all.parts.size(); ++i)
      if (!all.parts[i].defined()) all.parts[i] = torch::zeros_like(optimiser_.leaves()[i]);
    // Not in place: a gradient may share its memory with others.
    for (std::size_t part = 1; part < count; ++part) {
      all.loss += losses[part];
      for (std::size_t i = 0; i < all.parts.size(); ++i)
        if (parts[part][i].defined()) all.parts[i] = all.parts[i] + parts[part][i];
    }
    return all;
  }

  double step(int epoch, std::span<const std::size_t> samples) {
    const Gradient g = gradient(epoch, samples, settings_.precision);
    const torch::NoGradGuard without;
    optimiser_.step(g.parts);
    return g.loss;
  }

  // Two steps of the epoch to come, undone again.
  void estimate() {
    const auto order = order_of(state_.epoch);
    const auto part = [&](std::size_t from) {
      from = from < order.size() ? from : 0;
      return std::span(order).subspan(from, std::min(batch(), order.size() - from));
    };
    Estimate told;
    if (settings_.precision == Precision::bfloat16) told.precision_error = precision_error(part(0));
    const Parameters weights = copy_of(parameters_);
    const std::vector<torch::Tensor> mean = clones(optimiser_.mean), square = clones(optimiser_.square);
    const std::int64_t steps = optimiser_.steps;
    double for_one = std::numeric_limits<double>::infinity();  // the first step also fills the caches of the library
    for (const std::size_t from : {std::size_t{0}, batch()}) {
      throw_if_stopped();
      const auto samples = part(from);
      const Clock::time_point start = Clock::now();
      step(state_.epoch, samples);
      for_one = std::min(for_one, seconds_since(start) / static_cast<double>(samples.size()));
    }
    const torch::NoGradGuard without;
    for (auto& [name, tensor] : parameters_) tensor.copy_(get(weights, name));
    optimiser_.mean = mean;
    optimiser_.square = square;
    optimiser_.steps = steps;
    // Without the way back, a sample takes about a third of the time.
    const double epoch = for_one * (static_cast<double>(plan_.samples) + static_cast<double>(plan_.held_out) / 3);
    const double begun = static_cast<double>(state_.position) / static_cast<double>(plan_.samples);
    told.seconds = std::max(0.0, settings_.epochs - state_.epoch - begun) * epoch;
    told.bytes = peak_bytes();
    if (harness_.on_estimate) harness_.on_estimate(told);
    refuse_if_too_long(told.seconds);
  }

  void refuse_if_too_long(double seconds) const {
    if (seconds <= settings_.budget_minutes * 60) return;
    throw StudyError("training would take about " + minutes_text(seconds) + " (" + std::to_string(settings_.epochs) +
                     " epochs of " + std::to_string(plan_.samples) +
                     " samples, estimated from two steps), and train.budget_minutes allows " +
                     text::from_double(settings_.budget_minutes) +
                     ": lower train.epochs, the size of the images or base_features, or raise train.budget_minutes");
  }

  double precision_error(std::span<const std::size_t> samples) const {
    const Gradient exact = gradient(state_.epoch, samples, Precision::float32);
    const Gradient lower = gradient(state_.epoch, samples, Precision::bfloat16);
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < exact.parts.size(); ++i) {
      difference += (exact.parts[i] - lower.parts[i]).square().sum().item<double>();
      size += exact.parts[i].square().sum().item<double>();
    }
    return size > 0 ? std::sqrt(difference / size) : 0;
  }

  static std::vector<torch::Tensor> clones(const std::vector<torch::Tensor>& tensors) {
    std::vector<torch::Tensor> copies;
    for (const torch::Tensor& tensor : tensors) copies.push_back(tensor.clone());
    return copies;
  }

  void epoch() {
    const auto order = order_of(state_.epoch);
    while (state_.position < order.size()) {
      throw_if_stopped();
      const std::size_t count = std::min(batch(), order.size() - state_.position);
      state_.sum += step(state_.epoch, std::span(order).subspan(state_.position, count));
      state_.position += count;
      if (state_.position < order.size() && settings_.checkpoint_minutes > 0) save_if_due();
    }
    EpochReport report;
    report.epoch = state_.epoch + 1;
    report.epochs = settings_.epochs;
    report.loss = state_.sum / static_cast<double>(plan_.samples);
    if (validation_) report.validation = validation_(parameters_);
    if (!std::isfinite(report.loss) || !std::isfinite(report.validation.value_or(0)))
      throw StudyError("training diverged in epoch " + std::to_string(report.epoch) +
                       " (the loss is no longer a number): lower train.learning_rate");
    keep(report);
    state_.epoch = report.epoch;
    state_.position = 0;
    state_.sum = 0;
    report.seconds_left = seconds_left();
    state_.curve.epochs.push_back(report);
    save_if_due();
    if (harness_.on_epoch) harness_.on_epoch(report);
  }

  void keep(const EpochReport& report) {
    LearningCurve& curve = state_.curve;
    if (!validation_) {
      curve.kept_epoch = report.epoch;
      return;
    }
    const auto least = curve.kept_epoch == 0 ? std::numeric_limits<double>::infinity()
                                             : *curve.epochs[static_cast<std::size_t>(curve.kept_epoch) - 1].validation;
    if (*report.validation >= least) return;
    curve.kept_epoch = report.epoch;
    state_.best = copy_of(parameters_);
  }

  double seconds_left() const {
    const auto done = static_cast<double>(std::max<std::int64_t>(optimiser_.steps - first_step_, 1));
    return seconds_since(start_) / done * static_cast<double>(all_steps() - optimiser_.steps);
  }

  void save_if_due() {
    if (seconds_since(last_saved_) >= settings_.checkpoint_minutes * 60) save();
  }
  void save() {
    if (harness_.checkpoint.empty()) return;
    save_checkpoint(harness_.checkpoint, fingerprint_, state_, parameters_, optimiser_);
    last_saved_ = Clock::now();
  }

  Parameters& parameters_;
  const TrainingPlan& plan_;
  const TrainingParams& settings_;
  const LossSum& loss_;
  const ValidationError& validation_;
  const Harness& harness_;
  torch::Device device_;
  std::string fingerprint_;
  Optimiser optimiser_;
  TrainingState state_;
  Clock::time_point start_, last_saved_;
  std::int64_t first_step_ = 0;
};

}  // namespace

LearningCurve train(Parameters& parameters, const TrainingPlan& plan, const LossSum& loss,
                    const ValidationError& validation, const Harness& harness) {
  settle_thread();
  return Training(parameters, plan, loss, validation, harness).run();
}

torch::Tensor beside(const Parameters& parameters, const torch::Tensor& images) {
  return images.to(parameters.begin()->second.device());
}

}  // namespace radfuse::network
