// SPDX-License-Identifier: Apache-2.0
// Checkpoints are safetensors: weights, best weights and moments as tensors, the rest as metadata.
#include "checkpoint.hpp"

#include <algorithm>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::network {
namespace {

constexpr std::string_view kFormat = "radfuse.checkpoint.1";

void add_tensors(StateDict& file, const std::string& prefix, const Parameters& tensors) {
  for (const auto& [name, tensor] : tensors)
    file.tensors.push_back({prefix + name, tensor.sizes().vec(), to_vector(tensor.detach())});
}

// Moments by the number of their leaf; leaves are ordered by name.
Parameters numbered(const std::vector<torch::Tensor>& tensors) {
  Parameters named;
  for (std::size_t i = 0; i < tensors.size(); ++i) named[std::to_string(i)] = tensors[i];
  return named;
}

Parameters tensors_of(const StateDict& file, const std::string& prefix, const Parameters& like) {
  StateDict part;
  for (const NamedTensor& tensor : file.tensors)
    if (tensor.name.starts_with(prefix)) {
      part.tensors.push_back(tensor);
      part.tensors.back().name.erase(0, prefix.size());
    }
  return from_state_dict(part, like);
}

std::string entry(const StateDict& file, std::string_view key) {
  for (const auto& [name, value] : file.metadata)
    if (name == key) return value;
  throw InputError("the checkpoint has no " + std::string(key));
}
double number(std::string_view text) {
  if (const auto value = text::to_double(text)) return *value;
  throw InputError("the checkpoint has an impossible number");
}
std::int64_t whole(std::string_view text) {
  if (const auto value = text::to_int(text); value && *value >= 0) return *value;
  throw InputError("the checkpoint has an impossible number");
}

// "0.25 0.31;0.22 0.3": loss and validation error of each epoch.
std::string curve_text(const LearningCurve& curve) {
  std::string all;
  for (const EpochReport& e : curve.epochs)
    all += (all.empty() ? "" : ";") + text::from_double(e.loss) +
           (e.validation ? " " + text::from_double(*e.validation) : "");
  return all;
}
LearningCurve curve_of(std::string_view text, int epochs) {
  LearningCurve curve;
  if (text.empty()) return curve;
  for (const std::string& row : text::split(text, ';')) {
    const auto cells = text::split(row, ' ');
    EpochReport e;
    e.epoch = static_cast<int>(curve.epochs.size()) + 1;
    e.epochs = epochs;
    e.loss = number(cells[0]);
    if (cells.size() > 1) e.validation = number(cells[1]);
    curve.epochs.push_back(e);
  }
  return curve;
}

void copy_into(const Parameters& from, Parameters& to) {
  const torch::NoGradGuard without;
  for (auto& [name, tensor] : to) tensor.copy_(get(from, name));
}

}  // namespace

void save_checkpoint(const std::filesystem::path& file, const std::string& fingerprint, const TrainingState& state,
                     const Parameters& weights, const Optimiser& optimiser) {
  StateDict all;
  add_tensors(all, "weights/", weights);
  add_tensors(all, "best/", state.best);
  add_tensors(all, "mean/", numbered(optimiser.mean));
  add_tensors(all, "square/", numbered(optimiser.square));
  all.metadata = {{"format", std::string(kFormat)},
                  {"fingerprint", fingerprint},
                  {"epoch", std::to_string(state.epoch)},
                  {"epochs", std::to_string(state.curve.epochs.empty() ? 0 : state.curve.epochs[0].epochs)},
                  {"position", std::to_string(state.position)},
                  {"sum", text::from_double(state.sum)},
                  {"steps", std::to_string(optimiser.steps)},
                  {"kept_epoch", std::to_string(state.curve.kept_epoch)},
                  {"curve", curve_text(state.curve)}};
  write_file(file, to_safetensors(all));
}

bool load_checkpoint(const std::filesystem::path& file, const std::string& fingerprint, TrainingState& state,
                     Parameters& weights, Optimiser& optimiser) {
  if (file.empty() || !std::filesystem::exists(file)) return false;
  try {
    const StateDict all = read_weights(file);
    if (entry(all, "format") != kFormat || entry(all, "fingerprint") != fingerprint) return false;
    TrainingState read;
    read.epoch = static_cast<int>(whole(entry(all, "epoch")));
    read.position = static_cast<std::size_t>(whole(entry(all, "position")));
    read.sum = number(entry(all, "sum"));
    read.curve = curve_of(entry(all, "curve"), static_cast<int>(whole(entry(all, "epochs"))));
    read.curve.kept_epoch = static_cast<int>(whole(entry(all, "kept_epoch")));
    if (read.curve.epochs.size() != static_cast<std::size_t>(read.epoch)) return false;
    const std::int64_t steps = whole(entry(all, "steps"));
    const Parameters live = tensors_of(all, "weights/", weights);
    const bool has_best = std::ranges::any_of(all.tensors, [](const auto& t) { return t.name.starts_with("best/"); });
    if (has_best) read.best = tensors_of(all, "best/", weights);
    Parameters mean = numbered(optimiser.mean), square = numbered(optimiser.square);
    const Parameters new_mean = tensors_of(all, "mean/", mean), new_square = tensors_of(all, "square/", square);
    copy_into(live, weights);
    copy_into(new_mean, mean);
    copy_into(new_square, square);
    optimiser.steps = steps;
    state = std::move(read);
    return true;
  } catch (const InputError&) {
    return false;  // the training starts anew, to the same result
  }
}

}  // namespace radfuse::network
