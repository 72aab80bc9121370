// SPDX-License-Identifier: Apache-2.0
// Fitting a chain: one step after the other.
#include "radfuse/select/chain.hpp"

#include "radfuse/base/stop.hpp"
#include "working.hpp"

namespace radfuse {

const std::vector<std::string>& FittedChain::columns() const {
  return state_->columns;
}
const std::vector<std::string>& FittedChain::input_columns() const {
  return state_->input;
}
const std::vector<std::string>& FittedChain::fitted_on() const {
  return state_->fitted_on;
}
const std::vector<SelectionRow>& FittedChain::selection() const {
  return state_->selection;
}
const std::vector<std::string>& FittedChain::remarks() const {
  return state_->remarks;
}

FittedChain fit_chain(const std::vector<StepParams>& steps, const TrainingRows& rows,
                      std::span<const std::string> blocks, std::uint64_t seed, const ChainAids& aids) {
  Working working(rows, blocks, seed, aids);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    throw_if_stopped();
    working.begin(i, steps[i].name());
    std::visit([&working](const auto& params) { fit_step(params, working); }, steps[i].step);
  }
  return working.finish();
}

}  // namespace radfuse
