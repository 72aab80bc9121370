// SPDX-License-Identifier: Apache-2.0
// Local intensity (IBSI 9ST6): the mean in a sphere of 1 cm^3 around voxels of the region. Rows of the sphere are
// differences of prefix sums, and whole rows of the image are done at a time.
#include "local_intensity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "family.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::radiomics {
namespace {

constexpr FeatureDef kFeatures[] = {
    {"local_intensity_peak", "VJGA", "loc_peak_loc",
     "mean in a sphere of 1 cm^3 around the hottest voxel; of several hottest the highest mean"},
    {"global_intensity_peak", "0F91", "loc_peak_glob",
     "highest mean in a sphere of 1 cm^3 around any voxel of the region"},
};

/// Radius of a sphere of 1 cm^3 in mm: 6.2035.
const double kRadius = 10 * std::cbrt(3 / (4 * std::numbers::pi));

std::int64_t steps_within(double distance, double spacing) {
  auto steps = static_cast<std::int64_t>(distance / spacing);
  while (static_cast<double>(steps + 1) * spacing <= distance) ++steps;
  while (steps > 0 && static_cast<double>(steps) * spacing > distance) --steps;
  return steps;
}

// Additions only, so that every processor gives the same bits.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define RADFUSE_WIDE __attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#else
#define RADFUSE_WIDE
#endif

/// sum[i] += end[i] - start[i].
RADFUSE_WIDE void add_difference(double* sum, const double* end, const double* start, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] += end[i] - start[i];
}

/// sum[i] += the four lines at i.
RADFUSE_WIDE void add_four(double* sum, const double* a, const double* b, const double* c, const double* d,
                           std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] += (a[i] + b[i]) + (c[i] + d[i]);
}

RADFUSE_WIDE void add_one(double* sum, const double* a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) sum[i] += a[i];
}

/// Prefix sums along x of the slices that a sphere can reach, with `margin` entries of no change at both ends of a row,
/// so that no row has to be cut at the image's border.
class PrefixSums {
 public:
  PrefixSums(const Volume& image, std::int64_t margin, std::int64_t slices)
      : image_(image),
        margin_(margin),
        slices_(std::min(slices, image.grid.size[2])),
        width_(image.grid.size[0] + 2 * margin + 1),
        sums_(static_cast<std::size_t>(width_ * image.grid.size[1] * slices_)) {}

  /// Makes the slices up to `last` ready; those `slices` below are overwritten.
  void advance_to(std::int64_t last) {
    for (; next_ <= std::min(last, image_.grid.size[2] - 1); ++next_)
      for (std::int64_t y = 0; y < image_.grid.size[1]; ++y) {
        double* to = sums_.data() + start_of(y, next_);
        const float* from = image_.values.data() + image_.grid.index(0, y, next_);
        to = std::fill_n(to, margin_ + 1, 0.0);
        double sum = 0;
        for (std::int64_t x = 0; x < image_.grid.size[0]; ++x) *to++ = sum += static_cast<double>(from[x]);
        std::fill_n(to, margin_, sum);
      }
  }
  /// at(x, y, z)[i] is the sum of the voxels before x + i.
  const double* at(std::int64_t x, std::int64_t y, std::int64_t z) const {
    return sums_.data() + start_of(y, z) + static_cast<std::size_t>(x + margin_);
  }

 private:
  std::size_t start_of(std::int64_t y, std::int64_t z) const {
    return static_cast<std::size_t>(((z % slices_) * image_.grid.size[1] + y) * width_);
  }
  const Volume& image_;
  std::int64_t margin_, slices_, width_, next_ = 0;
  std::vector<double> sums_;
};

/// Means in the sphere around a stretch of voxels of one row.
class SphereMeans {
 public:
  explicit SphereMeans(const Volume& image)
      : size_(image.grid.size),
        reach_(local_intensity_reach(image.grid.spacing)),
        rows_(sphere_rows(image.grid.spacing, image.grid.size)),
        prefix_(image, reach_[0], 2 * reach_[2] + 1) {
    std::ranges::stable_sort(rows_, {}, &SphereRow::half);
  }

  /// Rows come in the order of z.
  void row(std::int64_t x, std::int64_t y, std::int64_t z, std::size_t n, std::vector<double>& means) {
    prefix_.advance_to(z + reach_[2]);
    means.assign(n, 0);
    groups_.clear();
    for (auto first = rows_.begin(); first != rows_.end();) {
      const auto last = std::find_if(first, rows_.end(), [&](const SphereRow& row) { return row.half != first->half; });
      lines_.clear();
      for (auto row = first; row != last; ++row)
        if (is_inside(y + row->dy, z + row->dz)) lines_.push_back(prefix_.at(x - row->half, y + row->dy, z + row->dz));
      groups_.push_back({first->half, static_cast<std::int64_t>(lines_.size())});
      add_rows(static_cast<std::size_t>(2 * first->half + 1), means);
      first = last;
    }
    const double between = voxels_around(std::nullopt);
    for (std::size_t i = 0; i < n; ++i) {
      const std::int64_t at = x + static_cast<std::int64_t>(i);
      const bool near_end = at < reach_[0] || at + reach_[0] >= size_[0];
      means[i] /= near_end ? voxels_around(at) : between;
    }
  }

 private:
  /// Adds the sums over `width` voxels of each of lines_. Those of one width are added up first, and then the
  /// difference is taken once.
  void add_rows(std::size_t width, std::vector<double>& sums) {
    const std::size_t n = sums.size();
    if (lines_.size() < 2 || n < width) {
      for (const double* line : lines_) add_difference(sums.data(), line + width, line, n);
      return;
    }
    together_.assign(n + width, 0);
    std::size_t i = 0;
    for (; i + 4 <= lines_.size(); i += 4)
      add_four(together_.data(), lines_[i], lines_[i + 1], lines_[i + 2], lines_[i + 3], n + width);
    for (; i < lines_.size(); ++i) add_one(together_.data(), lines_[i], n + width);
    add_difference(sums.data(), together_.data() + width, together_.data(), n);
  }

  bool is_inside(std::int64_t y, std::int64_t z) const { return y >= 0 && y < size_[1] && z >= 0 && z < size_[2]; }
  /// How many voxels of the image the rows of groups_ hold around x; nothing: far from both ends of the image's row.
  double voxels_around(std::optional<std::int64_t> x) const {
    std::int64_t n = 0;
    for (const Group& g : groups_)
      n += g.rows *
           (x ? std::min(*x + g.half, size_[0] - 1) - std::max<std::int64_t>(*x - g.half, 0) + 1 : 2 * g.half + 1);
    return static_cast<double>(n);
  }
  std::array<std::int64_t, 3> size_, reach_;
  std::vector<SphereRow> rows_;
  PrefixSums prefix_;
  /// Rows of one width that lie inside the image.
  struct Group {
    std::int64_t half, rows;
  };
  std::vector<Group> groups_;
  std::vector<const double*> lines_;
  std::vector<double> together_;
};

struct Peaks {
  float hottest = -std::numeric_limits<float>::infinity();
  double local = 0, global = -std::numeric_limits<double>::infinity();
  void add(float intensity, double mean) {
    global = std::max(global, mean);
    if (intensity < hottest) return;
    local = intensity > hottest ? mean : std::max(local, mean);
    hottest = intensity;
  }
};

}  // namespace

std::vector<SphereRow> sphere_rows(const std::array<double, 3>& spacing, const std::array<std::int64_t, 3>& size) {
  auto reach = local_intensity_reach(spacing);
  for (std::size_t a = 0; a < 3; ++a) reach[a] = std::min(reach[a], size[a] - 1);
  std::vector<SphereRow> rows;
  for (std::int64_t dz = -reach[2]; dz <= reach[2]; ++dz)
    for (std::int64_t dy = -reach[1]; dy <= reach[1]; ++dy) {
      const double y = static_cast<double>(dy) * spacing[1], z = static_cast<double>(dz) * spacing[2];
      const double left = kRadius * kRadius - y * y - z * z;
      if (left >= 0) rows.push_back({dy, dz, steps_within(std::sqrt(left), spacing[0])});
    }
  return rows;
}

std::array<std::int64_t, 3> local_intensity_reach(const std::array<double, 3>& spacing) {
  return {steps_within(kRadius, spacing[0]), steps_within(kRadius, spacing[1]), steps_within(kRadius, spacing[2])};
}

constinit const FamilyDef kLocalIntensity{"local_intensity",
                                          "9ST6",
                                          FeatureGroup::local_intensity,
                                          true,
                                          true,
                                          false,
                                          "mean intensity around the hottest spots",
                                          kFeatures};

void local_intensity(const Context& context, std::span<Cells> cells) {
  const Prepared& p = context.prepared;
  const auto& [image, offset] = p.surroundings.value();
  const auto& size = p.intensity.grid.size;
  SphereMeans spheres(image);
  Peaks peaks;
  std::vector<double> means;
  for (std::int64_t z = 0; z < size[2]; ++z) {
    throw_if_stopped();
    for (std::int64_t y = 0; y < size[1]; ++y) {
      const std::uint8_t* inside = p.intensity.values.data() + p.intensity.grid.index(0, y, z);
      const std::uint8_t* end = inside + size[0];
      const std::uint8_t* first = std::find(inside, end, 1);
      if (first == end) continue;
      while (*(end - 1) == 0) --end;
      const auto n = static_cast<std::size_t>(end - first);
      spheres.row(offset[0] + (first - inside), offset[1] + y, offset[2] + z, n, means);
      const float* values = p.image.values.data() + p.image.grid.index(first - inside, y, z);
      for (std::size_t i = 0; i < n; ++i)
        if (first[i] != 0) peaks.add(values[i], means[i]);
    }
  }
  cells[0].set("local_intensity_peak", peaks.local);
  cells[0].set("global_intensity_peak", peaks.global);
}

}  // namespace radfuse::radiomics
