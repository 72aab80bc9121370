// SPDX-License-Identifier: Apache-2.0
// Whole patients, and samples of them.
#include "patients.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace radfuse {

std::vector<PatientRows> patients_of(const TrainingRows& rows) {
  std::vector<PatientRows> patients;
  std::map<std::string, std::size_t> at;
  for (std::size_t i = 0; i < rows.rows().size(); ++i) {
    const auto row = static_cast<std::size_t>(rows.rows()[i]);
    const auto [entry, is_new] = at.emplace(rows.data().patient[row], patients.size());
    if (is_new) patients.push_back({});
    PatientRows& patient = patients[entry->second];
    patient.places.push_back(static_cast<Eigen::Index>(i));
    patient.positive = patient.positive || rows.data().outcome[row] == 1;
  }
  return patients;
}

std::vector<const PatientRows*> patients_of_class(const std::vector<PatientRows>& patients, bool positive) {
  std::vector<const PatientRows*> members;
  for (const PatientRows& patient : patients)
    if (patient.positive == positive) members.push_back(&patient);
  return members;
}

TrainingRows bootstrap_sample(const TrainingRows& rows, Rng& rng) {
  const std::vector<PatientRows> patients = patients_of(rows);
  std::vector<Eigen::Index> drawn;
  for (const bool positive : {false, true}) {
    const auto members = patients_of_class(patients, positive);
    for (std::size_t i = 0; i < members.size(); ++i)
      for (const Eigen::Index place : members[rng.below(members.size())]->places)
        drawn.push_back(rows.rows()[static_cast<std::size_t>(place)]);
  }
  std::sort(drawn.begin(), drawn.end());
  return TrainingRows(rows.data(), std::move(drawn));
}

}  // namespace radfuse
