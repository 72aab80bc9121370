// SPDX-License-Identifier: Apache-2.0
// The patients behind training rows, for whatever draws whole patients.
#pragma once

#include <vector>

#include "radfuse/select/dataset.hpp"

namespace radfuse {

struct PatientRows {
  std::vector<Eigen::Index> places;  ///< in TrainingRows::rows(), ascending
  bool positive = false;             ///< any of the rows is
};
/// In the order of their first row.
std::vector<PatientRows> patients_of(const TrainingRows& rows);
/// `patients` must outlive the result.
std::vector<const PatientRows*> patients_of_class(const std::vector<PatientRows>& patients, bool positive);

}  // namespace radfuse
