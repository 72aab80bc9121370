// SPDX-License-Identifier: Apache-2.0
// How alike the whole vectors of two readers (or perturbations) of one case are, and how many columns vary at all.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse::deep {

/// One set's vector of one case as one reader's region gives it.
struct ReaderVector {
  std::string case_id, reader;  ///< reader: empty for the reference
  std::vector<double> values;
};

struct Similarity {
  std::string case_id, set, first, second;  ///< two readers; "reference" for the empty name
  double cosine = 0;                        ///< of the vectors as they are: near 1 for features that are never negative
  double centred = 0;                       ///< of the vectors minus the mean of the training cases
  std::string note;                         ///< why a value is NaN
};
/// All pairs of readers of each case: cases and readers sorted, the reference first. `training_mean`: one value for
/// each column, of the reference vectors of training cases; empty where there are none (centred is NaN then).
std::vector<Similarity> similarities(std::string_view set, std::span<const ReaderVector> vectors,
                                     std::span<const double> training_mean);
/// Column means; NaNs of a column are left out, and a column without any number has the mean 0.
std::vector<double> column_means(std::span<const std::vector<double>> rows);
/// Cosine of the angle between two vectors; NaN when one is all 0 or not finite.
double cosine(std::span<const double> a, std::span<const double> b);
/// case_id,set,reader_1,reader_2,cosine,cosine_centred,note
std::string similarity_csv(std::span<const Similarity> rows);

/// Columns first..first+count of the rows that hold two different numbers; NaNs are not counted.
std::size_t varying_columns(std::span<const std::vector<double>> rows, std::size_t first, std::size_t count);
/// "482 of 512 columns of deep.r18.us vary"; "all 512 columns of deep.r18.us vary".
std::string varying_note(std::string_view set, std::size_t varying, std::size_t count);

}  // namespace radfuse::deep
