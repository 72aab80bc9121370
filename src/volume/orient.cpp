// SPDX-License-Identifier: Apache-2.0
// Turning and mirroring voxel axes.
#include "radfuse/volume/orient.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace radfuse {
namespace {

/// New axis a is old axis from[a], run backwards where mirrored[a].
struct Turn {
  std::array<std::size_t, 3> from{0, 1, 2};
  std::array<bool, 3> mirrored{false, false, false};
  bool is_none() const {
    return from == std::array<std::size_t, 3>{0, 1, 2} && !mirrored[0] && !mirrored[1] && !mirrored[2];
  }
};

double part(const Grid& grid, std::size_t axis, std::size_t of_patient) {
  return grid.direction[3 * of_patient + axis];
}

/// The patient's axis (0 left, 1 back, 2 head) that each voxel axis is nearest to, all different: the assignment with
/// the largest sum of cosines, the first of equals.
std::array<std::size_t, 3> nearest_axes(const Grid& grid) {
  std::array<std::size_t, 3> order{0, 1, 2}, best = order;
  double most = -1;
  do {
    double sum = 0;
    for (std::size_t a = 0; a < 3; ++a) sum += std::abs(part(grid, a, order[a]));
    if (sum > most + 1e-9) {
      most = sum;
      best = order;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

Turn turn_of(const Grid& grid) {
  const std::array<std::size_t, 3> nearest = nearest_axes(grid);
  Turn turn;
  if ((nearest[2] + 1) % 3 != nearest[0]) turn.from = {1, 0, 2};
  for (std::size_t a = 0; a < 3; ++a) turn.mirrored[a] = part(grid, turn.from[a], nearest[turn.from[a]]) < 0;
  return turn;
}

Grid turned(const Grid& grid, const Turn& turn) {
  Grid out = grid;
  std::array<double, 3> corner{};  // the old index of the new first voxel
  for (std::size_t a = 0; a < 3; ++a) {
    const std::size_t old = turn.from[a];
    out.size[a] = grid.size[old];
    out.spacing[a] = grid.spacing[old];
    if (turn.mirrored[a]) corner[old] = static_cast<double>(grid.size[old] - 1);
    for (std::size_t row = 0; row < 3; ++row)
      out.direction[3 * row + a] =
          turn.mirrored[a] ? 0.0 - grid.direction[3 * row + old] : grid.direction[3 * row + old];
  }
  out.origin = grid.point(corner[0], corner[1], corner[2]);
  return out;
}

template <class Image>
Image turned(Image image) {
  const Turn turn = turn_of(image.grid);
  if (turn.is_none()) return image;
  const Grid to = turned(image.grid, turn);
  const std::array<std::int64_t, 3> stride{1, image.grid.size[0], image.grid.size[0] * image.grid.size[1]};
  std::array<std::int64_t, 3> step{};
  std::int64_t start = 0;
  for (std::size_t a = 0; a < 3; ++a) {
    step[a] = turn.mirrored[a] ? -stride[turn.from[a]] : stride[turn.from[a]];
    if (turn.mirrored[a]) start += stride[turn.from[a]] * (to.size[a] - 1);
  }
  // The third axis stays the third, so that one slice of room is enough to turn the whole image in place.
  const auto slice_size = static_cast<std::size_t>(stride[2]);
  auto* values = image.values.data();
  if (turn.mirrored[2])
    for (std::int64_t low = 0, high = to.size[2] - 1; low < high; ++low, --high)
      std::swap_ranges(values + low * stride[2], values + (low + 1) * stride[2], values + high * stride[2]);
  const std::int64_t in_plane = start - (turn.mirrored[2] ? stride[2] * (to.size[2] - 1) : 0);
  decltype(image.values) slice(slice_size);
  for (std::int64_t z = 0; z < to.size[2]; ++z) {
    auto* here = values + z * stride[2];
    std::size_t i = 0;
    for (std::int64_t y = 0; y < to.size[1]; ++y)
      for (std::int64_t x = 0; x < to.size[0]; ++x) slice[i++] = here[in_plane + y * step[1] + x * step[0]];
    std::copy(slice.begin(), slice.end(), here);
  }
  image.grid = to;
  return image;
}

}  // namespace

Grid canonical(const Grid& grid) {
  return turned(grid, turn_of(grid));
}
Volume canonical(Volume image) {
  return turned(std::move(image));
}
Mask canonical(Mask mask) {
  return turned(std::move(mask));
}

}  // namespace radfuse
