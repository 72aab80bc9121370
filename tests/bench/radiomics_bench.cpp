// SPDX-License-Identifier: Apache-2.0
// radfuse-bench: what each family of features costs, in ns for each voxel of the region, and how much memory the whole
// extraction takes. Spheres of noise with 32 grey levels, and the IBSI's CT phantom where the reference data are.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <fstream>
#include <memory>
#include <string>

#include "autocorrelation.hpp"
#include "family.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/imaging/read.hpp"
#include "reference_data.hpp"

namespace radfuse {
namespace {

struct Subject {
  std::string name;
  Volume image;
  Mask mask;
  RadiomicsParams params;
};

// Uniform noise, the worst case for runs and zones.
Subject sphere(int across) {
  Subject s{"sphere_" + std::to_string(across), {}, {}, {}};
  Grid grid;
  grid.size = {across + 4, across + 4, across + 4};
  s.image = Volume(grid);
  s.mask = Mask(grid);
  Rng rng(1, "bench", static_cast<std::uint64_t>(across));
  const double centre = (across + 3) / 2.0, radius2 = across * across / 4.0;
  std::size_t i = 0;
  for (int z = 0; z < across + 4; ++z)
    for (int y = 0; y < across + 4; ++y)
      for (int x = 0; x < across + 4; ++x, ++i) {
        s.image.values[i] = static_cast<float>(rng.uniform() * 1000);
        const double dx = x - centre, dy = y - centre, dz = z - centre;
        s.mask.values[i] = dx * dx + dy * dy + dz * dz <= radius2;
      }
  s.params.discretise = DiscretiseParams{Discretisation::fixed_bin_number, {}, 32};
  return s;
}

// Configuration C of the IBSI: 2 mm, whole Hounsfield units, -1000 to 400, bins of 25.
Subject ct_phantom(const std::filesystem::path& data) {
  Subject s{"ct_phantom_c",
            read_image(data / "ibsi1/ct_phantom/image.nii.gz"),
            read_mask(data / "ibsi1/ct_phantom/mask.nii.gz"),
            {}};
  s.params.resample.emplace();
  s.params.resample->spacing_mm = {2, 2, 2};
  s.params.resample->round_intensities = true;
  s.params.resegment.emplace();
  s.params.resegment->low = -1000;
  s.params.resegment->high = 400;
  s.params.discretise = DiscretiseParams{Discretisation::fixed_bin_size, 25.0, 32};
  s.params.ivh = {IvhDiscretisation::fixed_bin_size, 2.5, 1000};
  return s;
}

// Averaged and merged, all in three dimensions.
void ask_for_volumes(RadiomicsParams& p) {
  p.rois = {{"roi", {RoiSource::mask, {}, {}, {}}}};
  p.glcm.aggregations = p.glrlm.aggregations = {Aggregation::average_3d, Aggregation::merged_3d};
}

// Linux counts the highest resident size since 5 was written to clear_refs.
void reset_peak() {
  std::ofstream("/proc/self/clear_refs") << 5;
}
double status_mib(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(key, 0) == 0) return std::stod(line.substr(key.size() + 1)) / 1024;
  return 0;
}

void per_voxel(benchmark::State& state, std::size_t voxels) {
  state.counters["per_voxel"] = benchmark::Counter(
      static_cast<double>(voxels), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  state.counters["voxels"] = static_cast<double>(voxels);
}

void prepare_only(benchmark::State& state, const Subject& s) {
  std::size_t voxels = 0;
  for (auto _ : state) {
    const auto prepared = radiomics::prepare(s.image, s.mask, s.params, false);
    voxels = prepared.morphological.count();
  }
  per_voxel(state, voxels);
}

// The families of `groups` one after the other, as extract() calls them.
void families(benchmark::State& state, const Subject& s, const std::vector<FeatureGroup>& groups) {
  RadiomicsParams params = s.params;
  params.families = groups;
  const auto prepared = radiomics::prepare(s.image, s.mask, params, false);
  for (auto _ : state) {
    radiomics::Shared shared;
    const radiomics::Context context{prepared, params, false, shared};
    for (const radiomics::Family& family : radiomics::family_rows()) {
      if (!family.def.volumes || std::find(groups.begin(), groups.end(), family.def.group) == groups.end()) continue;
      std::vector<radiomics::Cells> cells;
      if (family.aggregations == nullptr)
        cells.emplace_back(family.def, "");
      else
        for (const auto name : family.aggregations(params, false)) cells.emplace_back(family.def, name);
      family.compute(context, cells);
      benchmark::DoNotOptimize(cells);
    }
  }
  per_voxel(state, prepared.morphological.count());
}

void moran_and_geary(benchmark::State& state, const Subject& s) {
  const auto prepared = radiomics::prepare(s.image, s.mask, s.params, false);
  for (auto _ : state) benchmark::DoNotOptimize(radiomics::autocorrelation(prepared.image, prepared.intensity));
  per_voxel(state, prepared.morphological.count());
}

void whole(benchmark::State& state, const Subject& s) {
  malloc_trim(0);  // what earlier benchmarks freed must not hide this one's peak
  reset_peak();
  const double before = status_mib("VmRSS:");
  for (auto _ : state) benchmark::DoNotOptimize(radiomics::extract(s.image, s.mask, s.params, false));
  const auto prepared = radiomics::prepare(s.image, s.mask, s.params, false);
  per_voxel(state, prepared.morphological.count());
  const double box = static_cast<double>(prepared.image.values.size());
  state.counters["peak_MiB"] = status_mib("VmHWM:") - before;
  state.counters["allowed_MiB"] = 12 * box / (1 << 20) + 64;
}

std::shared_ptr<Subject> without(const Subject& s, FeatureGroup left_out) {
  auto copy = std::make_shared<Subject>(s);
  std::erase(copy->params.families, left_out);
  return copy;
}

void register_all(Subject subject) {
  ask_for_volumes(subject.params);
  const auto s = std::make_shared<Subject>(std::move(subject));
  const auto add = [&s](const std::string& what, auto function) {
    benchmark::RegisterBenchmark((s->name + "/" + what).c_str(), function)->Unit(benchmark::kMillisecond);
  };
  add("prepare", [s](benchmark::State& state) { prepare_only(state, *s); });
  for (const auto& row : kFeatureGroups)
    add(std::string(row.name), [s, group = row.value](benchmark::State& state) { families(state, *s, {group}); });
  add("glcm+glrlm", [s](benchmark::State& state) { families(state, *s, {FeatureGroup::glcm, FeatureGroup::glrlm}); });
  add("glszm+gldzm", [s](benchmark::State& state) { families(state, *s, {FeatureGroup::glszm, FeatureGroup::gldzm}); });
  add("morans_i+gearys_c", [s](benchmark::State& state) { moran_and_geary(state, *s); });
  add("all_but_morphology", [s, rest = without(*s, FeatureGroup::morphology)](benchmark::State& state) {
    families(state, *rest, rest->params.families);
  });
  add("whole", [s](benchmark::State& state) { whole(state, *s); });
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  // 86 voxels across are the 333,152 voxels of the goals in docs/performance.md.
  for (const int across : {25, 50, 86, 100, 150}) radfuse::register_all(radfuse::sphere(across));
  if (const auto data = radfuse::test::reference_data()) radfuse::register_all(radfuse::ct_phantom(*data));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
}
