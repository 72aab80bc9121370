// SPDX-License-Identifier: Apache-2.0
// The sections of report.html, one function each.
#pragma once

#include <string_view>
#include <vector>

#include "radfuse/report/html.hpp"
#include "radfuse/report/report.hpp"

namespace radfuse {

/// The drawn figures whose name starts with `kind`.
std::vector<DrawnFigure> figures_named(const std::vector<DrawnFigure>& figures, std::string_view kind);

void tell_cohort(HtmlPage& page, const ReportInput& input);
/// What harmonising steps did to differences between sites or scanners.
void tell_harmonisation(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures);
/// Where the cases lie by the features of each model.
void tell_maps(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures);
void tell_selection(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures);
/// Learning curves of the networks that the study trained.
void tell_networks(HtmlPage& page, const std::vector<DrawnFigure>& figures);
void tell_segmentation(HtmlPage& page, const ReportInput& input, const std::vector<DrawnFigure>& figures);
void tell_doubts(HtmlPage& page, const ReportInput& input);
void tell_methods(HtmlPage& page, const ReportInput& input);
void tell_files(HtmlPage& page, const ReportInput& input);

}  // namespace radfuse
