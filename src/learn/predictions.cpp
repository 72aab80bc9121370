// SPDX-License-Identifier: Apache-2.0
// predictions.csv.
#include "radfuse/learn/predictions.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace {

const std::vector<std::string> kColumns = {"case_id", "patient_id", "site", "split",   "model",      "learner",
                                           "kind",    "repeat",     "fold", "outcome", "probability"};

auto order(const Prediction& p) {
  return std::tuple(std::string_view(p.model), name_of(kLearners, p.learner), name_of(kPredictionKinds, p.kind),
                    p.repeat, std::string_view(p.case_id), p.fold);
}

std::vector<std::string> cells(const Prediction& p) {
  const bool oof = p.kind == PredictionKind::oof;
  return {p.case_id,
          p.patient_id,
          p.site,
          std::string(name_of(kSplits, p.split)),
          p.model,
          std::string(name_of(kLearners, p.learner)),
          std::string(name_of(kPredictionKinds, p.kind)),
          oof ? std::to_string(p.repeat) : "",
          oof ? std::to_string(p.fold) : "",
          p.outcome < 0 ? "" : std::to_string(p.outcome),
          text::from_double(p.probability)};
}

/// One line of the file, read cell by cell.
class Line {
 public:
  Line(const CsvTable& table, const std::vector<std::size_t>& at, std::size_t row)
      : table_(table), at_(at), row_(row) {}

  const std::string& word(std::size_t column) const { return table_.rows[row_][at_[column]]; }
  int whole(std::size_t column, int low, int high, int when_empty) const {
    if (word(column).empty()) return when_empty;
    const auto value = text::to_int(word(column));
    if (!value || *value < low || *value > high)
      fail(column, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return static_cast<int>(*value);
  }
  double probability(std::size_t column) const {
    const auto value = text::to_double(word(column));
    if (!value || *value < 0 || *value > 1) fail(column, "a probability from 0 to 1");
    return *value;
  }
  template <class T, std::size_t N>
  T named(std::size_t column, const Named<T> (&rows)[N]) const {
    for (const auto& row : rows)
      if (row.name == word(column)) return row.value;
    fail(column, "one of " + text::join(names_of(rows), ", "));
  }

 private:
  [[noreturn]] void fail(std::size_t column, const std::string& wanted) const {
    throw InputError(table_.file.string() + ":" + std::to_string(table_.lines[row_]) + ": " + kColumns[column] +
                     " is '" + text::printable(word(column)) + "', not " + wanted + "; run radfuse-train again");
  }
  const CsvTable& table_;
  const std::vector<std::size_t>& at_;
  std::size_t row_;
};

}  // namespace

std::string to_csv(std::vector<Prediction> predictions) {
  std::sort(predictions.begin(), predictions.end(),
            [](const Prediction& a, const Prediction& b) { return order(a) < order(b); });
  std::string text = csv_line(kColumns);
  for (const Prediction& p : predictions) text += csv_line(cells(p));
  return text;
}

std::vector<Prediction> read_predictions(const std::filesystem::path& file) {
  const CsvTable table = read_csv(file);
  std::vector<std::size_t> at;
  for (const std::string& column : kColumns) at.push_back(table.require_column(column, "the predictions"));
  constexpr int kMost = 1000000;
  std::vector<Prediction> predictions;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const Line line(table, at, row);
    predictions.push_back({.case_id = line.word(0),
                           .patient_id = line.word(1),
                           .site = line.word(2),
                           .split = line.named(3, kSplits),
                           .model = line.word(4),
                           .learner = line.named(5, kLearners),
                           .kind = line.named(6, kPredictionKinds),
                           .repeat = line.whole(7, 0, kMost, 0),
                           .fold = line.whole(8, 0, kMost, 0),
                           .outcome = line.whole(9, 0, 1, -1),
                           .probability = line.probability(10)});
  }
  return predictions;
}

std::vector<Prediction> mean_out_of_fold(std::span<const Prediction> predictions, std::string_view model,
                                         Learner learner) {
  std::vector<Prediction> chosen;
  for (const Prediction& p : predictions)
    if (p.kind == PredictionKind::oof && p.model == model && p.learner == learner) chosen.push_back(p);
  std::sort(chosen.begin(), chosen.end(), [](const Prediction& a, const Prediction& b) {
    return std::tie(a.case_id, a.repeat) < std::tie(b.case_id, b.repeat);
  });
  std::vector<Prediction> means;
  for (std::size_t from = 0; from < chosen.size();) {
    Prediction mean = chosen[from];
    mean.repeat = mean.fold = 0;
    mean.probability = 0;
    std::size_t to = from;
    for (; to < chosen.size() && chosen[to].case_id == mean.case_id; ++to) mean.probability += chosen[to].probability;
    mean.probability /= static_cast<double>(to - from);
    means.push_back(std::move(mean));
    from = to;
  }
  return means;
}

}  // namespace radfuse
