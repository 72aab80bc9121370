// SPDX-License-Identifier: Apache-2.0
// The learning curve as a table.
#include "radfuse/base/text.hpp"
#include "radfuse/network/harness.hpp"

namespace radfuse::network {

std::string to_csv(const LearningCurve& curve) {
  std::string csv = "epoch,training_loss,validation_error,kept\n";
  for (const EpochReport& e : curve.epochs)
    csv += std::to_string(e.epoch) + ',' + text::from_double(e.loss) + ',' +
           (e.validation ? text::from_double(*e.validation) : "") + ',' + (e.epoch == curve.kept_epoch ? "1" : "0") +
           '\n';
  return csv;
}

}  // namespace radfuse::network
