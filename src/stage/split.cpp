// SPDX-License-Identifier: Apache-2.0
// Which cases train and which test.
#include "split.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "radfuse/base/rng.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

// Patients, not cases, are drawn; within each stratum the share of training patients is rounded to the nearest whole.
void draw(const Study& study, Manifest& manifest) {
  const RandomSplitParams& params = *study.cohort.split.random;
  const auto by = [&](const char* what) { return std::ranges::find(params.stratify, what) != params.stratify.end(); };
  const bool by_outcome = by("outcome"), by_site = by("site");
  std::set<std::string> external;
  if (params.external) external.insert(params.external->sites.begin(), params.external->sites.end());

  std::map<std::string, std::pair<std::string, std::string>> patients;  // patient -> stratum, site
  for (const ManifestRow& row : manifest.rows) {
    const std::string stratum =
        (by_outcome ? std::to_string(row.row.outcome) : "") + "|" + (by_site ? row.row.site : "");
    patients.emplace(row.row.patient_id, std::pair(stratum, row.row.site));
  }
  std::map<std::string, std::vector<std::string>> strata;
  std::map<std::string, Split> drawn;
  for (const auto& [patient, where] : patients) {
    if (external.contains(where.second))
      drawn[patient] = Split::external;
    else
      strata[where.first].push_back(patient);
  }
  for (auto& [stratum, members] : strata) {
    Rng rng(static_cast<std::uint64_t>(study.study.seed), "cohort.split|" + stratum);
    rng.shuffle(members);
    const auto train = static_cast<std::size_t>(std::lround(params.train * static_cast<double>(members.size())));
    for (std::size_t i = 0; i < members.size(); ++i) drawn[members[i]] = i < train ? Split::train : Split::test;
  }
  for (ManifestRow& row : manifest.rows) row.row.split = drawn.at(row.row.patient_id);
}

void check_patients(const Manifest& manifest, std::vector<std::string>& problems) {
  std::map<std::string, const ManifestRow*> first;
  for (const ManifestRow& row : manifest.rows) {
    const auto [found, is_new] = first.emplace(row.row.patient_id, &row);
    if (!is_new && found->second->row.split != row.row.split)
      problems.push_back(manifest.file.string() + ":" + std::to_string(row.line) + ": patient " + row.row.patient_id +
                         " stands in two splits (also line " + std::to_string(found->second->line) +
                         "); what is learnt from a patient must not be tested on the same patient");
  }
}

void check_training(const Study& study, const Manifest& manifest, std::vector<std::string>& problems) {
  if (!study.train) return;
  std::size_t positive = 0, negative = 0;
  for (const ManifestRow& row : manifest.rows) {
    if (row.row.split != Split::train || row.row.reader != manifest.reference_reader) continue;
    positive += row.row.outcome == 1 ? 1 : 0;
    negative += row.row.outcome == 0 ? 1 : 0;
  }
  if (positive == 0 || negative == 0)
    problems.push_back(manifest.file.string() + ": the training split has " + std::to_string(positive) +
                       " positive and " + std::to_string(negative) + " negative cases; a model needs both");
}

// Known before hours of extraction rather than after them.
void check_sites(const Study& study, const Manifest& manifest, std::vector<std::string>& problems) {
  const bool refuses = std::ranges::any_of(study.select, [](const StepParams& step) {
    const auto refuses_sites = [](const auto& params) {
      return params.unseen == UnseenSite::error && std::ranges::find(params.batch, "site") != params.batch.end();
    };
    if (const auto* combat = std::get_if<CombatParams>(&step.step)) return refuses_sites(*combat);
    if (const auto* scale = std::get_if<SiteScaleParams>(&step.step)) return refuses_sites(*scale);
    return false;
  });
  if (!refuses) return;
  std::set<std::string> seen, unseen;
  for (const ManifestRow& row : manifest.rows)
    if (row.row.split == Split::train) seen.insert(row.row.site);
  for (const ManifestRow& row : manifest.rows)
    if (!seen.contains(row.row.site)) unseen.insert(row.row.site);
  if (unseen.empty()) return;
  const std::vector<std::string> list(unseen.begin(), unseen.end());
  problems.push_back(
      manifest.file.string() + ": no training case of the site " + text::join(list, ", ") +
      ", so that its shift cannot be known; in the study's select: set unseen: of combat (or site_scale) "
      "to skip, global or adapt_unlabelled, or give training cases of that site");
}

}  // namespace

std::vector<std::string> assign_splits(const Study& study, Manifest& manifest) {
  if (study.cohort.split.random) draw(study, manifest);
  std::vector<std::string> problems;
  check_patients(manifest, problems);
  check_training(study, manifest, problems);
  check_sites(study, manifest, problems);
  return problems;
}

}  // namespace radfuse
