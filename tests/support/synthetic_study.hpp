// SPDX-License-Identifier: Apache-2.0
// A small study with known structure, made in memory: for tests of select and learn.
#pragma once

#include <string>
#include <vector>

#include "radfuse/base/rng.hpp"
#include "radfuse/select/dataset.hpp"

namespace radfuse::test {

struct StudySize {
  int cases = 80;
  int features = 12;
  double effect = 1.5;  ///< of the first feature, in standard deviations
  std::uint64_t seed = 1;
};

/// Features rad.f00..: f00 tells the outcome, f01 is nearly f00, f02 is constant, f03 is noise on which the two readers
/// do not agree, the others are noise on which they do. Two training sites (the second shifted and wider) and a third
/// one that is external. Every seventh case belongs to the patient before it. clin.age is noise.
struct Study {
  Cohort cohort;
  std::vector<FeatureTable> features;
};

inline Study make_study(const StudySize& size = {}) {
  Study study;
  Rng rng(size.seed, "test.study");
  study.cohort.clinical_columns = {"age"};
  study.cohort.reference_reader = "A";
  std::vector<std::string> columns;
  for (int f = 0; f < size.features; ++f)
    columns.push_back("rad.f" + std::string(f < 10 ? "0" : "") + std::to_string(f));
  std::vector<RowKey> keys;
  Eigen::MatrixXd values(2 * size.cases, size.features);
  std::string patient;
  for (int c = 0; c < size.cases; ++c) {
    const std::string id = "P" + std::to_string(1000 + c);
    if (c % 7 != 6) patient = id;
    const int outcome = rng.uniform() < 0.4;
    const bool external = c % 5 == 4;
    const std::string site = external ? "S3" : c % 2 ? "S2" : "S1";
    const double age = 60 + 10 * rng.normal();
    Eigen::VectorXd truth(size.features);
    for (auto& v : truth) v = rng.normal();
    truth[0] += size.effect * outcome;
    if (size.features > 1) truth[1] = truth[0] + 0.05 * truth[1];
    for (const std::string reader : {"A", "B"}) {
      Eigen::VectorXd seen = truth;
      for (auto& v : seen) v += 0.05 * rng.normal();
      if (size.features > 2) seen[2] = 3;
      if (size.features > 3) seen[3] = rng.normal();
      if (site == "S2") seen = seen.array() * 1.5 + 2;
      if (size.features > 2) seen[2] = 3;
      values.row(static_cast<Eigen::Index>(keys.size())) = seen.transpose();
      keys.push_back({id, "", reader});
      CaseRow row;
      row.case_id = id;
      row.patient_id = patient;
      row.reader = reader;
      row.outcome = outcome;
      row.site = site;
      row.split = external ? Split::external : c % 10 == 3 ? Split::test : Split::train;
      row.clinical = {age};
      study.cohort.rows.push_back(row);
    }
  }
  study.features.emplace_back(columns, keys, values);
  return study;
}

}  // namespace radfuse::test
