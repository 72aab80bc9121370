// SPDX-License-Identifier: Apache-2.0
// A TorchScript model from outside: LibTorch's interpreter runs it as it is. The only file here that needs it.
#include <torch/csrc/jit/passes/tensorexpr_fuser.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/runtime/profiling_graph_executor_impl.h>
#include <torch/script.h>

#include <sstream>

#include "encoders.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::network {
namespace {

std::string first_line(const std::string& message) {
  return text::printable(message.substr(0, message.find('\n')));
}

torch::Tensor output_of(const torch::jit::Module& model, const torch::Tensor& batch) {
  // The executor would fuse operations after the first images, and with it change the last digits.
  const torch::jit::GraphOptimizerEnabledGuard plain(false);
  try {
    torch::jit::Module callable = model;
    const c10::IValue out = callable.forward({batch});
    if (!out.isTensor() || (out.toTensor().dim() != 2 && out.toTensor().dim() != 4) || out.toTensor().size(0) != 1)
      throw InputError("the TorchScript model must give a vector or maps for each image");
    return out.toTensor().to(torch::kFloat32);
  } catch (const c10::Error& error) {
    throw InputError("the TorchScript model cannot be applied: " + first_line(error.what_without_backtrace()));
  }
}

}  // namespace

Encoder Encoder::load(const TorchScriptParams& params, const std::filesystem::path& folder) {
  settle_thread();
  const std::filesystem::path file = folder / params.weights.file;
  const std::string bytes = read_file(file);
  if (const std::string found = sha256(bytes); found != text::lower(params.weights.sha256))
    throw InputError(file.string() + ": not the file that the study names: its SHA-256 is " + found);
  auto model = std::make_shared<torch::jit::Module>();
  try {
    std::istringstream in(bytes);
    *model = torch::jit::load(in, torch::kCPU);
    model->eval();
  } catch (const std::exception& error) {
    throw InputError(file.string() + ": not a TorchScript model that LibTorch can read: " + first_line(error.what()));
  }
  auto net = std::make_shared<Net>();
  net->params.size = params.size;
  net->layers = {"output"};
  net->input = {.who = file.filename().string(),
                .channels = params.channels,
                .least_side = 8,
                .normalisation = params.normalisation == Normalisation::weights_own ? Normalisation::imagenet
                                                                                    : params.normalisation};
  const bool of_colours =
      net->input.normalisation == Normalisation::imagenet || net->input.normalisation == Normalisation::caffe;
  if (params.channels != 3 && of_colours)
    throw InputError(file.string() + ": this normalisation is for 3 channels; say zero_one, minus_one_one or z_score");
  net->script = [model](const torch::Tensor& batch) { return output_of(*model, batch); };
  return Encoder(std::move(net));
}

}  // namespace radfuse::network
