// SPDX-License-Identifier: Apache-2.0
// Steps of select: what is done between readers and sites: reliability and harmonisation.
#pragma once

#include <string>
#include <vector>

#include "radfuse/base/fields.hpp"
#include "radfuse/stats/params.hpp"

namespace radfuse {

/// Which intraclass correlation (McGraw and Wong 1996): Shrout and Fleiss's ICC(2,1), ICC(3,1) and ICC(1,1).
enum class IccForm { agreement, consistency, one_way };
inline constexpr Named<IccForm> kIccForms[] = {
    {"A1", IccForm::agreement, "two-way, absolute agreement, single reader: ICC(A,1) = ICC(2,1)"},
    {"C1", IccForm::consistency, "two-way, consistency, single reader: ICC(C,1) = ICC(3,1)"},
    {"one_way", IccForm::one_way, "one-way, single reader: ICC(1,1); each case may have other readers"},
};
enum class IccUse { estimate, lower };
inline constexpr Named<IccUse> kIccUses[] = {
    {"estimate", IccUse::estimate, "the estimate must reach the threshold"},
    {"lower", IccUse::lower, "the lower limit of the 95 % interval must reach it: stricter with few cases"},
};
struct ReliabilityParams {
  IccForm icc = IccForm::agreement;
  double threshold = 0.75;
  IccUse use = IccUse::estimate;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, ReliabilityParams& p) {
  f.choice("icc", p.icc, kIccForms, "Form of the intraclass correlation");
  f.field("threshold", p.threshold, {-1, 1}, "Features whose ICC between readers is lower are dropped");
  f.choice("use", p.use, kIccUses, "What is held against the threshold");
  f.field("on", p.on, "Blocks that the step tests (rad, deep, clin); other columns pass untouched");
}

/// What a batch is.
enum class CombatBatchBy { site };
inline constexpr Named<CombatBatchBy> kCombatBatches[] = {
    {"site", CombatBatchBy::site, "the column that cohort.site names: the centre or scanner"},
};
/// What ComBat does with rows of a site that gave no training row.
enum class UnseenSite { error, skip, adapt_unlabelled };
inline constexpr Named<UnseenSite> kUnseenSites[] = {
    {"error", UnseenSite::error, "stop: such rows cannot be harmonised"},
    {"skip", UnseenSite::skip, "leave these rows as they are, and say so"},
    {"adapt_unlabelled", UnseenSite::adapt_unlabelled,
     "estimate the new site's shift and scale from its own rows, without labels; sites with too few rows are left as "
     "they are, and the report says so"},
};
struct CombatParams {
  CombatBatchBy batch = CombatBatchBy::site;
  stats::CombatPrior prior = stats::CombatPrior::parametric;
  bool mean_only = false;
  std::string reference = {};
  std::vector<std::string> covariates = {};
  UnseenSite unseen = UnseenSite::error;
  int min_samples = 10;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, CombatParams& p) {
  f.choice("batch", p.batch, kCombatBatches, "Between which groups of cases shifts and scales are removed");
  f.choice("prior", p.prior, stats::kCombatPriors, "How features borrow shifts and scales from each other");
  f.field("mean_only", p.mean_only, "Remove shifts only, and leave scales");
  f.field("reference", p.reference,
          "Site that stays as it is and that the others are brought to; empty: all are brought to their common mean");
  f.field("covariates", p.covariates, "Clinical columns whose effect is kept (never the outcome)");
  f.choice("unseen", p.unseen, kUnseenSites, "Rows of a site that gave no training row");
  f.field("min_samples", p.min_samples, {2, 1000000}, "Rows that adapt_unlabelled needs of a new site");
  f.field("on", p.on, "Blocks that are harmonised (rad, deep, clin); other columns pass untouched");
}

}  // namespace radfuse
