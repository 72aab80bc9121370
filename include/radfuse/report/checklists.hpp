// SPDX-License-Identifier: Apache-2.0
// Reporting checklists, filled where the run itself is the evidence and nowhere else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "radfuse/report/report.hpp"

namespace radfuse {

enum class ItemStatus { automatic, from_study, author };
inline constexpr Named<ItemStatus> kItemStatuses[] = {
    {"auto", ItemStatus::automatic, "the run shows it"},
    {"from study", ItemStatus::from_study, "the authors' words in report.checklist, or a key of the study file"},
    {"author", ItemStatus::author, "for the authors to write"},
};

struct ChecklistItem {
  int number = 0;
  std::string_view section = {}, topic = {};
  ItemStatus status = ItemStatus::author;
  std::string evidence = {};
  std::string source = {};  ///< the file, or the key of the study file, that says so
};

/// The 58 items of CLEAR (Kocak and others 2023, Insights into Imaging 14:75), topics in short.
std::vector<ChecklistItem> clear_checklist(const ReportInput& input);
/// Columns item,section,topic,status,evidence,source.
std::string to_csv(const std::vector<ChecklistItem>& items);

}  // namespace radfuse
