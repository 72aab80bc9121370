// SPDX-License-Identifier: Apache-2.0
// Distances between slices: missing and unequally spaced ones.
#pragma once

#include <string>
#include <vector>

#include "geometry.hpp"
#include "stack.hpp"

namespace radfuse::dicom {

/// Of two or more slices, sorted along the normal, no two in one place. Leaves the slices that are used and the planes
/// made of them; returns the distance between planes. Throws InputError unless `params` has it mended.
double place_planes(std::vector<Slice>& slices, std::vector<Plane>& planes, const Vector& normal,
                    const SeriesParams& params, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
