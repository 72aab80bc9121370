// SPDX-License-Identifier: Apache-2.0
// train: how long and how a network is trained. The same words for every network.
#pragma once

#include "radfuse/base/fields.hpp"

namespace radfuse {

enum class Precision { float32, bfloat16 };
inline constexpr Named<Precision> kPrecisions[] = {
    {"float32", Precision::float32, "single precision"},
    {"bfloat16", Precision::bfloat16,
     "half the digits in convolutions and matrix products, up to twice as fast on recent "
     "processors; the error it makes is measured and logged"},
};
enum class Device { cpu, cuda };
inline constexpr Named<Device> kDevices[] = {
    {"cpu", Device::cpu, "the processor: same bytes on every run"},
    {"cuda", Device::cuda,
     "an NVIDIA GPU; needs a LibTorch built for CUDA, and gives the same bytes on the same GPU only"},
};

struct TrainingParams {
  int epochs = 60;
  int batch = 8;
  double learning_rate = 1e-3;
  double weight_decay = 0;
  double validation = 0.15;
  int patience = 10;
  bool augment = true;
  double budget_minutes = 120;
  double checkpoint_minutes = 5;
  Precision precision = Precision::float32;
  Device device = Device::cpu;
};
inline void bind(Fields& f, TrainingParams& p) {
  f.field("epochs", p.epochs, {1, 10000}, "Most times that every training sample is seen");
  f.field("batch", p.batch, {1, 256}, "Samples for one step of the optimiser");
  f.field("learning_rate", p.learning_rate, {1e-6, 1},
          "Largest step size, reached after 20 steps; it falls to 0 over the epochs");
  f.field("weight_decay", p.weight_decay, {0, 1},
          "Times the step size: the share that a step takes off each weight (AdamW); biases and normalisations keep "
          "theirs");
  f.field("validation", p.validation, {0, 0.5},
          "Share of the training patients held out to tell when to stop; 0: train for all epochs");
  f.field("patience", p.patience, {1, 10000}, "Epochs without a smaller validation error before training stops");
  f.field("augment", p.augment,
          "Change the training images at random (mirror, brighten; turn and scale unless they are rebuilt)");
  f.field("budget_minutes", p.budget_minutes, {0.1, 1e6},
          "Training that would take longer (estimated from its first two steps) is refused before it starts");
  f.field("checkpoint_minutes", p.checkpoint_minutes, {0, 1e4},
          "Minutes between checkpoints, from which a broken run goes on to the same result; 0: after every epoch");
  f.choice("precision", p.precision, kPrecisions, "Arithmetic of training");
  f.choice("device", p.device, kDevices, "Where training computes");
}

}  // namespace radfuse
