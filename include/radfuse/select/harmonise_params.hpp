// SPDX-License-Identifier: Apache-2.0
// Steps of select: what is done between readers and sites: reliability and harmonisation.
#pragma once

#include <string>
#include <vector>

#include "radfuse/base/fields.hpp"
#include "radfuse/stats/params.hpp"

namespace radfuse {

/// Which intraclass correlation (McGraw and Wong 1996): Shrout and Fleiss's ICC(2,1), ICC(3,1) and ICC(1,1), and those
/// of the mean over the k readers.
enum class IccForm {
  agreement,
  consistency,
  one_way,
  agreement_average,
  consistency_average,
  one_way_average,
};
inline constexpr Named<IccForm> kIccForms[] = {
    {"A1", IccForm::agreement, "two-way, absolute agreement, single reader: ICC(A,1) = ICC(2,1)"},
    {"C1", IccForm::consistency, "two-way, consistency, single reader: ICC(C,1) = ICC(3,1)"},
    {"one_way", IccForm::one_way, "one-way, single reader: ICC(1,1); each case may have other readers"},
    {"Ak", IccForm::agreement_average, "two-way, absolute agreement, mean of all readers: ICC(A,k) = ICC(2,k)"},
    {"Ck", IccForm::consistency_average, "two-way, consistency, mean of all readers: ICC(C,k) = ICC(3,k)"},
    {"one_way_k", IccForm::one_way_average, "one-way, mean of all readers: ICC(1,k)"},
};
enum class IccUse { estimate, lower };
inline constexpr Named<IccUse> kIccUses[] = {
    {"estimate", IccUse::estimate, "the estimate must reach the threshold"},
    {"lower", IccUse::lower, "the lower limit of the 95 % interval must reach it: stricter with few cases"},
};
/// Whose readings are compared.
enum class ReliabilityCohort { training, repeat, both };
inline constexpr Named<ReliabilityCohort> kReliabilityCohorts[] = {
    {"training", ReliabilityCohort::training, "the cases that models learn from"},
    {"repeat", ReliabilityCohort::repeat,
     "cases of the training split without an outcome: phantoms, volunteers, patients imaged twice"},
    {"both", ReliabilityCohort::both, "both of them"},
};
struct ReliabilityParams {
  IccForm icc = IccForm::agreement;
  double threshold = 0.75;
  IccUse use = IccUse::estimate;
  ReliabilityCohort cohort = ReliabilityCohort::training;
  std::vector<std::string> cases = {};
  std::vector<std::string> readers = {};
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, ReliabilityParams& p) {
  f.choice("icc", p.icc, kIccForms, "Form of the intraclass correlation");
  f.field("threshold", p.threshold, {-1, 1}, "Features whose ICC between readers is lower are dropped");
  f.choice("use", p.use, kIccUses, "What is held against the threshold");
  f.choice("cohort", p.cohort, kReliabilityCohorts,
           "Whose readings are compared; never those of test, validation or external patients");
  f.field("cases", p.cases, "Only these cases of the cohort, by case_id; empty: all that several readers read");
  f.field("readers", p.readers,
          "Only these readers (or scans, or perturbations, whatever the reader column tells apart); empty: all");
  f.field("on", p.on, "Blocks that the step tests (rad, deep, clin); other columns pass untouched");
  f.require(p.readers.size() != 1, "readers", "name two at least, or none for all of them");
}

/// What is done with rows of a batch that gave no training row.
enum class UnseenSite { error, skip, adapt_unlabelled, global, reference };
inline constexpr Named<UnseenSite> kUnseenSites[] = {
    {"error", UnseenSite::error, "stop: such rows cannot be harmonised"},
    {"skip", UnseenSite::skip, "leave these rows as they are, and say so"},
    {"adapt_unlabelled", UnseenSite::adapt_unlabelled,
     "estimate the new site's shift and scale from its own rows, without labels; sites with too few rows are left as "
     "they are, and the report says so"},
    {"global", UnseenSite::global, "by the mean and variance of all training rows, as if they were one site"},
    {"reference", UnseenSite::reference,
     "as adapt_unlabelled, towards the site that reference names, which must then be given (M-ComBat)"},
};
struct CombatParams {
  std::vector<std::string> batch = {"site"};
  stats::CombatPrior prior = stats::CombatPrior::parametric;
  bool mean_only = false;
  std::string reference = {};
  std::vector<std::string> covariates = {};
  UnseenSite unseen = UnseenSite::error;
  int min_samples = 10;
  std::vector<std::string> on = {"rad", "deep"};
};
constexpr const char* kBatchDoc =
    "Between which groups of cases shifts and scales are removed: site (what cohort.site names), or clinical columns; "
    "of several, each combination is a batch";
inline void bind(Fields& f, CombatParams& p) {
  f.field("batch", p.batch, kBatchDoc);
  f.choice("prior", p.prior, stats::kCombatPriors, "How features borrow shifts and scales from each other");
  f.field("mean_only", p.mean_only, "Remove shifts only, and leave scales");
  f.field("reference", p.reference,
          "Site that stays as it is and that the others are brought to; empty: all are brought to their common mean");
  f.field("covariates", p.covariates, "Clinical columns whose effect is kept (never the outcome)");
  f.choice("unseen", p.unseen, kUnseenSites, "Rows of a site that gave no training row");
  f.field("min_samples", p.min_samples, {2, 1000000}, "Rows that adapt_unlabelled and reference need of a new site");
  f.field("on", p.on, "Blocks that are harmonised (rad, deep, clin); other columns pass untouched");
  f.require(!p.batch.empty(), "batch", "name at least one column, such as site");
  f.require(p.unseen != UnseenSite::reference || !p.reference.empty(), "reference",
            "unseen: reference needs the site that new ones are brought to");
}

/// How site_scale brings sites together.
enum class SiteScaleMethod { zscore, quantile };
inline constexpr Named<SiteScaleMethod> kSiteScaleMethods[] = {
    {"zscore", SiteScaleMethod::zscore, "minus the site's mean, over the site's standard deviation (n - 1)"},
    {"quantile", SiteScaleMethod::quantile,
     "the site's quantiles become the mean of all sites' quantiles (Bolstad 2003), with straight lines between them"},
};
struct SiteScaleParams {
  SiteScaleMethod method = SiteScaleMethod::zscore;
  std::vector<std::string> batch = {"site"};
  int quantiles = 21;
  UnseenSite unseen = UnseenSite::error;
  int min_samples = 10;
  std::vector<std::string> on = {"rad", "deep"};
};
inline void bind(Fields& f, SiteScaleParams& p) {
  f.choice("method", p.method, kSiteScaleMethods, "How sites are brought together");
  f.field("batch", p.batch, kBatchDoc);
  f.field("quantiles", p.quantiles, {2, 1001}, "Quantiles that method quantile compares, from 0 to 100 % alike spaced");
  f.choice("unseen", p.unseen, kUnseenSites, "Rows of a site that gave fewer than min_samples training rows");
  f.field("min_samples", p.min_samples, {2, 1000000}, "Rows that a site needs for estimates of its own");
  f.field("on", p.on, "Blocks that are harmonised (rad, deep, clin); other columns pass untouched");
  f.require(!p.batch.empty(), "batch", "name at least one column, such as site");
  f.require(p.unseen != UnseenSite::reference, "unseen",
            "site_scale has no reference site: error, skip, "
            "adapt_unlabelled or global");
}

}  // namespace radfuse
