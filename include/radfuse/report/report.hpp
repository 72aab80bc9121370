// SPDX-License-Identifier: Apache-2.0
// report.html: the study for a reader who knows radiology and wants the result first.
#pragma once

#include <string>
#include <vector>

#include "radfuse/report/evaluate.hpp"
#include "radfuse/report/figures.hpp"
#include "radfuse/report/results.hpp"

namespace radfuse {

/// All that the page tells of.
struct ReportInput {
  const ReportParams& params;
  const EvaluateParams& evaluate;
  const Evaluation& evaluation;
  const StudyResults& results;
};

/// The whole file; figures stand in it in the order of study_figures().
std::string report_html(const ReportInput& input, const std::vector<DrawnFigure>& figures);

/// "fusion (logistic): AUC 0.842 (95 % CI 0.751–0.923) in the external test (n = 60, 20 positive); ...", one for each
/// learner of the model the study is about: the first of the first comparison, or the last model.
std::vector<std::string> verdicts(const Evaluation& evaluation);
/// "In the external test, fusion told cases apart better than rad: ..."
std::string comparison_sentence(const Comparison& comparison, double level);
/// Methods, as a paper says them.
std::vector<std::string> methods_text(const ReportInput& input);
/// What a careful reviewer would hold against the study.
std::vector<std::string> doubts(const ReportInput& input);

}  // namespace radfuse
