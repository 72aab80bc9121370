// SPDX-License-Identifier: Apache-2.0
// The encoders as functions of named tensors, differentiable: for features, for Grad-CAM and for fine-tuning.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "layers.hpp"
#include "radfuse/network/encoder.hpp"
#include "radfuse/weights/architectures.hpp"
#include "tensors.hpp"

namespace radfuse::network {

/// What the tensors do not tell: which network, and whether an EfficientNet-B0 was ported from TensorFlow, which pads
/// and normalises in another way (its names tell). Lite0 always was.
struct Layout {
  Architecture architecture = Architecture::resnet18;
  bool tensorflow = false;
};

/// The end points of weights::end_points in their order (the wanted ones; none named: all that the tensors allow), for
/// a normalised batch x channels [x depth] x height x width. Evaluation mode: batch norm uses the file's statistics.
/// Tensors attention.* act on the last maps.
EndPoints forward(const Layout& layout, const Parameters& parameters, const torch::Tensor& batch,
                  std::span<const std::string> wanted = {});

/// Further tensors for `forward`: attention over the maps of the default end point. At first every gate is 1.
void add_attention(Parameters& parameters, Attention attention, std::int64_t channels, int dimensions, Rng& rng);
/// A network to train from nothing, or for tests.
Parameters random_parameters(Architecture architecture, const weights::Variant& variant, std::uint64_t seed);
/// Of its first convolution.
std::int64_t input_channels(Architecture architecture, const Parameters& parameters);
/// The same network with every batch norm that follows a convolution folded into it, for use without gradients.
Parameters folded(const Layout& layout, const Parameters& parameters);
/// The tensors of `folded` for a batch in oneDNN's own order of memory (to_mkldnn), which no convolution has to leave;
/// empty where the network has a layer that does not know this order, or the processor no oneDNN.
Parameters packed(const Layout& layout, const Parameters& folded);

/// Batch of one, values in [0, 1] brought to what the network was trained with. Throws InputError for images that do
/// not suit it. `channels`: of the network; one channel is repeated where it takes three.
struct Input {
  std::string who;  ///< for messages
  int dimensions = 2;
  std::int64_t channels = 3;
  std::int64_t exact_side = 0;  ///< 0: any from least_side
  std::int64_t least_side = 32;
  Normalisation normalisation = Normalisation::imagenet;
  bool lite = false;  ///< (x - 127) / 128 at 0 to 255
};
torch::Tensor normalised(const Patch& image, const Input& input);
/// The first of a batch of maps, blocks or vectors (a vector: maps of one pixel).
Patch to_maps(const torch::Tensor& batch);

struct Encoder::Net {
  EncoderParams params;
  Layout layout;
  weights::Variant variant;
  Input input;
  Parameters parameters;  ///< with the names of the file: for gradients and fine-tuning
  Parameters fast;        ///< folded, for features; packed where `blocked`
  bool blocked = false;   ///< batches for `fast` are in oneDNN's order of memory
  std::vector<std::string> layers;
  Pooling pooling = Pooling::average;
  std::function<torch::Tensor(const torch::Tensor&)> script;  ///< a TorchScript model; then there are no parameters

  /// The end points of one batch; "output" is the only one of a TorchScript model.
  EndPoints run(const Parameters& tensors, const torch::Tensor& batch, std::span<const std::string> wanted) const;
  /// The end points that features come from, as fast as can be.
  EndPoints run_fast(const torch::Tensor& batch) const;
};
/// The pooled values of one end point: batch x features, differentiable.
torch::Tensor pooled(const torch::Tensor& maps, Pooling pooling);

/// One network each; called by forward.
void forward_resnet(const Layers& net, torch::Tensor x, Trace& trace);
void forward_resnet_3d(const Layers& net, torch::Tensor x, Trace& trace);
void forward_resnet_cifar(const Layers& net, torch::Tensor x, Trace& trace);
void forward_densenet(const Layers& net, torch::Tensor x, Trace& trace);
void forward_efficientnet(const Layers& net, torch::Tensor x, Trace& trace, bool lite, bool tensorflow);
void forward_mobilenet(const Layers& net, torch::Tensor x, Trace& trace);
void forward_squeezenet(const Layers& net, torch::Tensor x, Trace& trace);
void forward_vgg(const Layers& net, torch::Tensor x, Trace& trace);
void forward_vit(const Layers& net, torch::Tensor x, Trace& trace);
void forward_swin(const Layers& net, torch::Tensor x, Trace& trace);

}  // namespace radfuse::network
