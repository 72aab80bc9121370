// SPDX-License-Identifier: Apache-2.0
// Regions made from regions: exact distances (Felzenszwalb and Huttenlocher 2012), rings, components, boxes.
#include "radfuse/volume/roi.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

/// Lower envelope of the parabolas f[q] + w*(p-q)^2 along one line; w is the squared spacing.
class Envelope {
 public:
  void run(std::vector<double>& f, double w) {
    const std::size_t n = f.size();
    vertex_.assign(n, 0);
    bound_.assign(n + 1, 0);
    std::size_t parabolas = 0;
    for (std::size_t q = 0; q < n; ++q) {
      if (f[q] == kFar) continue;
      double meets = -kFar;
      while (parabolas > 0) {
        meets = meeting(f, vertex_[parabolas - 1], q, w);
        if (meets > bound_[parabolas - 1]) break;
        --parabolas;
      }
      if (parabolas == 0) meets = -kFar;
      vertex_[parabolas] = q;
      bound_[parabolas] = meets;
      ++parabolas;
    }
    if (parabolas == 0) return;
    out_.resize(n);
    std::size_t k = 0;
    for (std::size_t p = 0; p < n; ++p) {
      while (k + 1 < parabolas && bound_[k + 1] < static_cast<double>(p)) ++k;
      const double apart = static_cast<double>(p) - static_cast<double>(vertex_[k]);
      out_[p] = f[vertex_[k]] + w * apart * apart;
    }
    std::copy(out_.begin(), out_.end(), f.begin());
  }

 private:
  static double meeting(const std::vector<double>& f, std::size_t a, std::size_t b, double w) {
    const double x = static_cast<double>(a), y = static_cast<double>(b);
    return ((f[b] / w + y * y) - (f[a] / w + x * x)) / (2 * (y - x));
  }
  std::vector<std::size_t> vertex_;
  std::vector<double> bound_, out_;
};

}  // namespace

std::vector<double> squared_distance_mm2(const Mask& mask, bool in_plane) {
  const Grid& g = mask.grid;
  std::vector<double> d(g.count());
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = mask.values[i] != 0 ? 0.0 : kFar;
  const std::array<std::size_t, 3> step{1, static_cast<std::size_t>(g.size[0]),
                                        static_cast<std::size_t>(g.size[0] * g.size[1])};
  Envelope envelope;
  std::vector<double> line;
  for (std::size_t axis = 0; axis < (in_plane ? 2U : 3U); ++axis) {
    const std::size_t b = axis == 0 ? 1 : 0, c = axis == 2 ? 1 : 2;
    line.resize(static_cast<std::size_t>(g.size[axis]));
    for (std::int64_t k = 0; k < g.size[c]; ++k) {
      throw_if_stopped();
      for (std::int64_t j = 0; j < g.size[b]; ++j) {
        double* start = d.data() + static_cast<std::size_t>(j) * step[b] + static_cast<std::size_t>(k) * step[c];
        for (std::size_t i = 0; i < line.size(); ++i) line[i] = start[i * step[axis]];
        envelope.run(line, g.spacing[axis] * g.spacing[axis]);
        for (std::size_t i = 0; i < line.size(); ++i) start[i * step[axis]] = line[i];
      }
    }
  }
  return d;
}

Mask ring(const Mask& mask, double inner_mm, double outer_mm, bool in_plane) {
  if (!(inner_mm >= 0 && inner_mm < outer_mm && std::isfinite(outer_mm)))
    throw StudyError("a ring needs 0 <= inner < outer, in mm; it has " + text::from_double(inner_mm) + " and " +
                     text::from_double(outer_mm));
  Box box = bounding_box(mask);
  for (std::size_t axis = 0; axis < (in_plane ? 2U : 3U); ++axis) {
    const auto reach = static_cast<std::int64_t>(
        std::min(std::ceil(outer_mm / mask.grid.spacing[axis]) + 1, static_cast<double>(mask.grid.size[axis])));
    box.low[axis] = std::max<std::int64_t>(0, box.low[axis] - reach);
    box.high[axis] = std::min(mask.grid.size[axis] - 1, box.high[axis] + reach);
  }
  const Mask part = crop(mask, box);
  const std::vector<double> d = squared_distance_mm2(part, in_plane);
  // Distances are sums of squared multiples of the spacing: compare with room for their rounding.
  const double least = inner_mm * inner_mm * (1 + 1e-9), most = outer_mm * outer_mm * (1 + 1e-9);
  Mask out(mask.grid);
  std::size_t i = 0;
  for (std::int64_t z = box.low[2]; z <= box.high[2]; ++z)
    for (std::int64_t y = box.low[1]; y <= box.high[1]; ++y)
      for (std::int64_t x = box.low[0]; x <= box.high[0]; ++x, ++i)
        out.at(x, y, z) = d[i] > least && d[i] <= most && part.values[i] == 0;
  return out;
}

Mask largest_component(const Mask& mask) {
  const Grid& g = mask.grid;
  std::vector<std::uint32_t> label(g.count(), 0);
  std::vector<std::array<std::int64_t, 3>> open;
  std::uint32_t last = 0, best = 0;
  std::size_t best_size = 0;
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x) {
        if (mask.at(x, y, z) == 0 || label[g.index(x, y, z)] != 0) continue;
        label[g.index(x, y, z)] = ++last;
        open.assign(1, {x, y, z});
        std::size_t size = 0;
        while (!open.empty()) {
          const auto [cx, cy, cz] = open.back();
          open.pop_back();
          ++size;
          for (std::int64_t k = cz - 1; k <= cz + 1; ++k)
            for (std::int64_t j = cy - 1; j <= cy + 1; ++j)
              for (std::int64_t i = cx - 1; i <= cx + 1; ++i) {
                if (!g.contains(i, j, k) || mask.at(i, j, k) == 0 || label[g.index(i, j, k)] != 0) continue;
                label[g.index(i, j, k)] = last;
                open.push_back({i, j, k});
              }
        }
        if (size > best_size) {
          best_size = size;
          best = last;
        }
      }
  Mask out(g);
  for (std::size_t i = 0; i < label.size(); ++i) out.values[i] = best != 0 && label[i] == best;
  return out;
}

Box bounding_box(const Mask& mask) {
  const Grid& g = mask.grid;
  Box box{{g.size[0], g.size[1], g.size[2]}, {-1, -1, -1}};
  std::size_t i = 0;
  for (std::int64_t z = 0; z < g.size[2]; ++z)
    for (std::int64_t y = 0; y < g.size[1]; ++y)
      for (std::int64_t x = 0; x < g.size[0]; ++x, ++i) {
        if (mask.values[i] == 0) continue;
        const std::array<std::int64_t, 3> at{x, y, z};
        for (std::size_t axis = 0; axis < 3; ++axis) {
          box.low[axis] = std::min(box.low[axis], at[axis]);
          box.high[axis] = std::max(box.high[axis], at[axis]);
        }
      }
  if (box.high[0] < 0) throw CaseError("the region is empty: its mask has no voxel inside");
  return box;
}

std::int64_t largest_slice(const Mask& mask) {
  const std::size_t area = static_cast<std::size_t>(mask.grid.size[0] * mask.grid.size[1]);
  std::int64_t best = -1;
  std::size_t most = 0;
  for (std::int64_t z = 0; z < mask.grid.size[2]; ++z) {
    const auto start = mask.values.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(z) * area);
    const auto inside =
        area - static_cast<std::size_t>(std::count(start, start + static_cast<std::ptrdiff_t>(area), 0));
    if (inside > most) {
      most = inside;
      best = z;
    }
  }
  if (best < 0) throw CaseError("the region is empty: its mask has no voxel inside");
  return best;
}

Grid crop(const Grid& grid, const Box& box) {
  Grid part = grid;
  for (std::size_t axis = 0; axis < 3; ++axis) part.size[axis] = box.high[axis] - box.low[axis] + 1;
  part.origin =
      grid.point(static_cast<double>(box.low[0]), static_cast<double>(box.low[1]), static_cast<double>(box.low[2]));
  return part;
}

namespace {
template <class T>
T crop_values(const T& whole, const Box& box) {
  T part(crop(whole.grid, box));
  auto to = part.values.begin();
  for (std::int64_t z = box.low[2]; z <= box.high[2]; ++z)
    for (std::int64_t y = box.low[1]; y <= box.high[1]; ++y)
      to = std::copy_n(whole.values.begin() + static_cast<std::ptrdiff_t>(whole.grid.index(box.low[0], y, z)),
                       part.grid.size[0], to);
  return part;
}
}  // namespace

Volume crop(const Volume& image, const Box& box) {
  return crop_values(image, box);
}
Mask crop(const Mask& mask, const Box& box) {
  return crop_values(mask, box);
}

}  // namespace radfuse
