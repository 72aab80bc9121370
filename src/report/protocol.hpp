// SPDX-License-Identifier: Apache-2.0
// How the images were made, by site: the imaging protocol that checklists ask for.
#pragma once

#include <string>
#include <vector>

#include "radfuse/report/html.hpp"
#include "radfuse/report/results.hpp"

namespace radfuse {

/// One table for each image of which anything is known. Numbers read "2.5 [1.25, 5]" (median, smallest, largest), words
/// are counted; what differs between the slices of a case is counted as "varies".
std::vector<HtmlTable> protocol_tables(const StudyResults& results);
/// The facts that some case has, as words: for the checklist.
std::vector<std::string> protocol_facts(const StudyResults& results);
/// What in the protocol a reviewer would doubt.
std::vector<std::string> protocol_doubts(const StudyResults& results);

}  // namespace radfuse
