// SPDX-License-Identifier: Apache-2.0
// Cosine similarity between readers; columns that vary.
#include "similarity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse::deep {
namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();

std::string shown(const std::string& reader) {
  return reader.empty() ? "reference" : reader;
}
std::string cell(double value) {
  return std::isfinite(value) ? text::from_double(value) : "";
}

std::vector<double> minus(std::span<const double> values, std::span<const double> mean) {
  std::vector<double> centred(values.begin(), values.end());
  for (std::size_t i = 0; i < centred.size(); ++i) centred[i] -= mean[i];
  return centred;
}

Similarity compare(std::string_view set, const ReaderVector& a, const ReaderVector& b,
                   std::span<const double> training_mean) {
  Similarity row{.case_id = a.case_id,
                 .set = std::string(set),
                 .first = shown(a.reader),
                 .second = shown(b.reader),
                 .cosine = cosine(a.values, b.values),
                 .centred = kUndefined,
                 .note = {}};
  if (!training_mean.empty()) row.centred = cosine(minus(a.values, training_mean), minus(b.values, training_mean));
  if (!std::isfinite(row.cosine))
    row.note = "a vector is all 0 or not defined";
  else if (training_mean.empty())
    row.note = "no training cases to take the mean of";
  else if (!std::isfinite(row.centred))
    row.note = "a vector is the training mean itself";
  return row;
}

}  // namespace

double cosine(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) throw Error(ExitCode::bug, "cosine: vectors of different lengths");
  // Scaled by the largest magnitude, so that squares neither overflow nor vanish.
  const auto largest = [](std::span<const double> v) {
    double most = 0;
    for (const double x : v) {
      if (!std::isfinite(x)) return kUndefined;
      most = std::max(most, std::abs(x));
    }
    return most;
  };
  const double scale_a = largest(a), scale_b = largest(b);
  if (!(scale_a > 0) || !(scale_b > 0)) return kUndefined;
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i] / scale_a, y = b[i] / scale_b;
    ab += x * y, aa += x * x, bb += y * y;
  }
  return std::clamp(ab / (std::sqrt(aa) * std::sqrt(bb)), -1.0, 1.0);
}

std::vector<Similarity> similarities(std::string_view set, std::span<const ReaderVector> vectors,
                                     std::span<const double> training_mean) {
  std::map<std::string, std::map<std::string, const ReaderVector*>> cases;
  for (const ReaderVector& vector : vectors) cases[vector.case_id][vector.reader] = &vector;
  std::vector<Similarity> rows;
  for (const auto& [id, readers] : cases)
    for (auto a = readers.begin(); a != readers.end(); ++a)
      for (auto b = std::next(a); b != readers.end(); ++b)
        rows.push_back(compare(set, *a->second, *b->second, training_mean));
  return rows;
}

std::vector<double> column_means(std::span<const std::vector<double>> rows) {
  if (rows.empty()) return {};
  std::vector<double> means(rows.front().size(), 0.0);
  for (std::size_t c = 0; c < means.size(); ++c) {
    double sum = 0, count = 0;
    for (const auto& row : rows)
      if (std::isfinite(row.at(c))) sum += row[c], ++count;
    if (count > 0) means[c] = sum / count;
  }
  return means;
}

std::string similarity_csv(std::span<const Similarity> rows) {
  std::string csv = csv_line({"case_id", "set", "reader_1", "reader_2", "cosine", "cosine_centred", "note"});
  for (const Similarity& row : rows)
    csv += csv_line({row.case_id, row.set, row.first, row.second, cell(row.cosine), cell(row.centred), row.note});
  return csv;
}

std::size_t varying_columns(std::span<const std::vector<double>> rows, std::size_t first, std::size_t count) {
  std::size_t varying = 0;
  for (std::size_t c = first; c < first + count; ++c) {
    double seen = kUndefined;
    for (const auto& row : rows) {
      const double value = row.at(c);
      if (!std::isfinite(value)) continue;
      if (std::isfinite(seen) && value != seen) {
        ++varying;
        break;
      }
      seen = value;
    }
  }
  return varying;
}

std::string varying_note(std::string_view set, std::size_t varying, std::size_t count) {
  const std::string name(set);
  if (varying == count) return "all " + std::to_string(count) + " columns of " + name + " vary";
  return std::to_string(varying) + " of " + std::to_string(count) + " columns of " + name + " vary";
}

}  // namespace radfuse::deep
