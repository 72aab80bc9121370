// SPDX-License-Identifier: Apache-2.0
// evaluate: which intervals, which models are compared, which curves; report: what only the authors know, and maps.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "radfuse/base/fields.hpp"

namespace radfuse {

enum class IntervalMethod { delong };
inline constexpr Named<IntervalMethod> kIntervalMethods[] = {
    {"delong", IntervalMethod::delong,
     "DeLong, DeLong and Clarke-Pearson 1988, cut to [0, 1]; in cross-validation the corrected resampled t-interval "
     "over the folds"},
};

struct IntervalParams {
  IntervalMethod method = IntervalMethod::delong;
  double level = 0.95;
};
inline void bind(Fields& f, IntervalParams& p) {
  f.choice("method", p.method, kIntervalMethods, "How the interval of an AUC is found");
  f.field("level", p.level, {0.5, 0.999},
          "Confidence level for AUCs and their differences; shares and calibration have 95 % intervals");
}

struct EvaluateParams {
  IntervalParams intervals;
  std::vector<std::vector<std::string>> compare;
  bool calibration = true;
  bool decision_curve = true;
};
inline void bind(Fields& f, EvaluateParams& p) {
  f.section("intervals", p.intervals, "Confidence intervals");
  f.field(
      "compare", p.compare,
      "Pairs of models, [[fusion, rad]]: DeLong's paired test (in cross-validation the corrected resampled t-test), "
      "first minus second, for each learner with itself");
  f.field("calibration", p.calibration, "Calibration intercept, slope and curve");
  f.field("decision_curve", p.decision_curve, "Net benefit over the range of threshold probabilities");
  bool pairs = true;
  for (const auto& names : p.compare) pairs = pairs && names.size() == 2 && names[0] != names[1];
  f.require(pairs, "compare", "every comparison names two different models, as in [[fusion, rad], [fusion, clinical]]");
}

struct ReportParams {
  std::string title;
  std::vector<std::string> authors;
  std::vector<std::pair<std::string, std::vector<std::string>>> checklist;
  bool maps = true;
};
inline void bind(Fields& f, ReportParams& p) {
  f.field("title", p.title, "Title of the report; empty: the study's name");
  f.field("authors", p.authors, "Names under the title");
  f.field("checklist", p.checklist,
          "What only the authors know, by CLEAR item number: {8: [\"Approved by the board of ..., no. 12\"]}");
  f.field("maps", p.maps,
          "Maps of the cases by each model's features, before and after the chain (t-SNE); pictures for people, which "
          "radfuse-select computes and no model reads. Up to 5,000 cases");
  for (const auto& [item, words] : p.checklist) {
    const auto number = text::to_int(item);
    f.require(number && *number >= 1 && *number <= 58, "checklist", "the items of CLEAR have numbers from 1 to 58");
  }
}

}  // namespace radfuse
