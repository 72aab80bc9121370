// SPDX-License-Identifier: Apache-2.0
// Who is in a synthetic cohort, and one case at a time.
#include "radfuse/synthetic/cohort.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "radfuse/base/rng.hpp"
#include "scene.hpp"

namespace radfuse::synthetic {
namespace {

// Ten cases hold four of C1, three of C2 and three of C3.
constexpr std::size_t kCentreOfTen[10] = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0};
constexpr double kTestShare = 0.3;

std::string stream(Kind kind, std::string_view what) {
  return "synthetic." + std::string(name_of(kKinds, kind)) + "." + std::string(what);
}

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

// Quantile of the standard normal distribution cut off at +-2.5, by bisection.
double normal_quantile(double u) {
  constexpr double kCut = 2.5;
  const double target = normal_cdf(-kCut) + u * (normal_cdf(kCut) - normal_cdf(-kCut));
  double low = -kCut, high = kCut;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (normal_cdf(middle) < target ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double rounded(double value, double step) {
  return std::round(value / step) * step;
}

PlannedCase name_case(Kind kind, std::size_t index) {
  PlannedCase c;
  std::string number = std::to_string(index + 1);
  number.insert(0, number.size() < 3 ? 3 - number.size() : 0, '0');
  c.case_id = "S" + number;
  c.patient_id = "P" + number;
  c.centre = kCentreOfTen[index % 10];
  c.site = "C" + std::to_string(c.centre + 1);
  c.spacing_mm = centres(kind)[c.centre].spacing[0];
  c.as_dicom = kind == Kind::ct3d && index % 5 == 4;
  return c;
}

std::vector<std::size_t> members(const CohortPlan& plan, std::size_t centre) {
  std::vector<std::size_t> inside;
  for (std::size_t i = 0; i < plan.cases.size(); ++i)
    if (plan.cases[i].centre == centre) inside.push_back(i);
  return inside;
}

using Latents = std::array<std::vector<double>, 4>;  // texture, shape, rim, clinical; one entry for each member

// Latin hypercube sampling (McKay, Beckman and Conover 1979): every latent is spread evenly over its distribution.
Latents draw_hypercube(std::size_t count, Rng& rng) {
  Latents latents;
  for (auto& latent : latents)
    for (const std::size_t stratum : rng.permutation(count))
      latent.push_back(normal_quantile((static_cast<double>(stratum) + rng.uniform()) / static_cast<double>(count)));
  return latents;
}

// Sum of squared correlations between the four.
double entanglement(const Latents& latents) {
  double total = 0;
  for (std::size_t a = 0; a < latents.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      double ab = 0, aa = 0, bb = 0;
      for (std::size_t i = 0; i < latents[a].size(); ++i) {
        ab += latents[a][i] * latents[b][i];
        aa += latents[a][i] * latents[a][i];
        bb += latents[b][i] * latents[b][i];
      }
      total += ab * ab / (aa * bb);
    }
  return total;
}

// Within each centre the least entangled of many hypercubes: a small cohort, too, then carries the stated strengths.
void draw_latents(CohortPlan& plan) {
  for (std::size_t centre = 0; centre < 3; ++centre) {
    const auto inside = members(plan, centre);
    // Large cohorts need no choice: chance correlations shrink with their size.
    const std::size_t hypercubes = std::clamp<std::size_t>(3000 / inside.size(), 1, 100);
    Rng rng(plan.seed, stream(plan.kind, "latents"), centre);
    Latents best = draw_hypercube(inside.size(), rng);
    for (std::size_t i = 1; i < hypercubes; ++i) {
      Latents other = draw_hypercube(inside.size(), rng);
      if (entanglement(other) < entanglement(best)) best = std::move(other);
    }
    for (std::size_t k = 0; k < inside.size(); ++k) {
      Truth& t = plan.cases[inside[k]].truth;
      t = {best[0][k], best[1][k], best[2][k], best[3][k], 0.0, 0.0};
    }
  }
  for (PlannedCase& c : plan.cases) {
    Truth& t = c.truth;
    t.logit = kCoefficients.intercept + kCoefficients.texture * t.texture + kCoefficients.shape * t.shape +
              kCoefficients.rim * t.rim + kCoefficients.clinical * t.clinical;
    t.probability = 1.0 / (1.0 + std::exp(-t.logit));
  }
}

void draw_clinical(CohortPlan& plan) {
  for (std::size_t i = 0; i < plan.cases.size(); ++i) {
    Rng rng(plan.seed, stream(plan.kind, "clinical"), i);
    Clinical& c = plan.cases[i].clinical;
    c.age = static_cast<int>(std::clamp(std::round(58.0 + 11.0 * rng.normal()), 20.0, 90.0));
    c.sex = rng.uniform() < 0.5 ? 'F' : 'M';
    c.marker_a = rounded(50.0 + 12.0 * plan.cases[i].truth.clinical, 0.125);  // eighths are exact in binary
    c.marker_b = rounded(20.0 + 5.0 * normal_quantile(rng.uniform()), 0.125);
  }
}

// Systematic sampling along the probability within each centre (Madow 1949): each case is positive with exactly its own
// probability, and the number of positives is the expected one, rounded up or down.
void draw_outcomes(CohortPlan& plan, Rng& rng) {
  for (std::size_t centre = 0; centre < 3; ++centre) {
    auto inside = members(plan, centre);
    std::sort(inside.begin(), inside.end(), [&](std::size_t a, std::size_t b) {
      const double x = plan.cases[a].truth.probability, y = plan.cases[b].truth.probability;
      return x != y ? x < y : a < b;
    });
    double sum = rng.uniform();
    for (const std::size_t i : inside) {
      const double before = std::floor(sum);
      sum += plan.cases[i].truth.probability;
      plan.cases[i].outcome = std::floor(sum) > before ? 1 : 0;
    }
  }
}

// Train and test of C1 and C2: every third or fourth case of the list ordered by outcome, centre and chance tests.
void split_cases(CohortPlan& plan, Rng& rng) {
  std::vector<std::size_t> inner;
  for (const std::size_t i : rng.permutation(plan.cases.size())) {
    PlannedCase& c = plan.cases[i];
    c.role = c.centre == 2 ? Role::external : Role::train;
    if (c.role == Role::train) inner.push_back(i);
  }
  std::stable_sort(inner.begin(), inner.end(), [&](std::size_t a, std::size_t b) {
    const PlannedCase &x = plan.cases[a], &y = plan.cases[b];
    return x.outcome != y.outcome ? x.outcome < y.outcome : x.centre < y.centre;
  });
  for (std::size_t k = 0; k < inner.size(); ++k) {
    const auto k_now = static_cast<double>(k);
    if (std::floor((k_now + 1.0) * kTestShare + 0.5) > std::floor(k_now * kTestShare + 0.5))
      plan.cases[inner[k]].role = Role::test;
  }
}

// Every split needs both classes; training needs enough of each for inner folds.
bool has_both_classes(const CohortPlan& plan) {
  std::size_t count[3][2] = {};
  for (const PlannedCase& c : plan.cases) ++count[static_cast<std::size_t>(c.role)][c.outcome];
  const std::size_t least_train = plan.cases.size() >= 24 ? 5 : 2;
  for (const std::size_t outcome : {0U, 1U})
    if (count[0][outcome] < least_train || count[1][outcome] < 1 || count[2][outcome] < 1) return false;
  return true;
}

}  // namespace

CohortPlan plan_cohort(Kind kind, std::size_t cases, std::uint64_t seed, Form form) {
  if (cases < kLeastCases || cases > kMostCases)
    throw StudyError("a synthetic cohort has between " + std::to_string(kLeastCases) + " and " +
                     std::to_string(kMostCases) + " cases, not " + std::to_string(cases) +
                     ": with fewer, a split could not hold both outcomes");
  CohortPlan plan{kind, seed, form, {}};
  for (std::size_t i = 0; i < cases; ++i) plan.cases.push_back(name_case(kind, i));
  if (form == Form::dicom)
    for (PlannedCase& planned : plan.cases) planned.as_dicom = true;
  draw_latents(plan);
  draw_clinical(plan);
  constexpr std::uint64_t kAttempts = 1000;
  for (std::uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
    Rng rng(seed, stream(kind, "outcome"), attempt);
    draw_outcomes(plan, rng);
    split_cases(plan, rng);
    if (has_both_classes(plan)) return plan;
  }
  throw StudyError("with seed " + std::to_string(seed) + " no draw of " + std::to_string(cases) +
                   " cases has both outcomes in every split; take another seed or more cases");
}

Storage storage_of(Kind kind) {
  switch (kind) {
    case Kind::us2d:
      return Storage::uint8;
    case Kind::xray2d:
      return Storage::uint16;
    case Kind::ct3d:
    case Kind::mri3d:
      return Storage::int16;
    case Kind::pet3d:
      return Storage::float32;
  }
  throw Error(ExitCode::bug, "no such kind of cohort");
}

SyntheticCase make_case(const CohortPlan& plan, std::size_t index) {
  if (index >= plan.cases.size()) throw Error(ExitCode::bug, "no such synthetic case");
  Rng lesion(plan.seed, stream(plan.kind, "lesion"), index), tissue(plan.seed, stream(plan.kind, "tissue"), index);
  const Scene scene = make_scene(plan.kind, plan.cases[index], lesion);
  SyntheticCase made;
  switch (plan.kind) {
    case Kind::us2d:
      made.image = render_ultrasound(scene, tissue);
      break;
    case Kind::xray2d:
      made.image = render_radiograph(scene, tissue);
      break;
    case Kind::ct3d:
      made.image = render_ct(scene, tissue);
      break;
    case Kind::mri3d:
      made.image = render_mri(scene, tissue);
      break;
    case Kind::pet3d:
      made.image = render_pet(scene, tissue);
      break;
  }
  for (std::size_t reader = 0; reader < kReaders.size(); ++reader) {
    Rng hand(plan.seed, stream(plan.kind, "reader." + std::string(kReaders[reader])), index);
    made.masks.push_back(reader_mask(plan.kind, scene, reader, hand));
  }
  made.truth_mask = truth_mask(scene);
  return made;
}

}  // namespace radfuse::synthetic
