// SPDX-License-Identifier: Apache-2.0
// How often the outer folds selected each feature.
#include <algorithm>
#include <map>

#include "radfuse/base/text.hpp"
#include "radfuse/learn/validation.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {

std::string selection_frequency_to_csv(const std::vector<ValidationResult>& results) {
  std::string text = csv_line({"model", "feature", "selected", "folds", "share"});
  std::vector<std::string> told;
  for (const ValidationResult& result : results) {
    // Learners of a model share the chain of each fold.
    if (std::find(told.begin(), told.end(), result.model) != told.end()) continue;
    told.push_back(result.model);
    std::map<std::string, int> count;
    for (const FoldResult& fold : result.folds)
      for (const std::string& column : fold.columns) ++count[column];
    std::vector<std::pair<std::string, int>> rows(count.begin(), count.end());
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    for (const auto& [feature, times] : rows)
      text += csv_line({result.model, feature, std::to_string(times), std::to_string(result.folds.size()),
                        text::from_double(static_cast<double>(times) / static_cast<double>(result.folds.size()))});
  }
  return text;
}

}  // namespace radfuse
