// SPDX-License-Identifier: Apache-2.0
// attribution: where a trained model that counts deep features looks.
#pragma once

#include <string>
#include <vector>

#include "radfuse/base/fields.hpp"

namespace radfuse {

struct AttributionParams {
  std::string model;
  int cases = 12;
  std::vector<std::string> list;
};
inline void bind(Fields& f, AttributionParams& p) {
  f.field("model", p.model, "A model of train.models with deep features and the learner logistic", Need::required);
  f.field("cases", p.cases, {1, 100000},
          "How many cases are drawn, evenly over those that the model did not learn from");
  f.field("list", p.list, "These cases, by case_id, instead");
}

}  // namespace radfuse
