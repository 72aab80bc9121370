// SPDX-License-Identifier: Apache-2.0
// The voxels of a stack.
#pragma once

#include "stack.hpp"

namespace radfuse::dicom {

/// Each slice is decoded once, in the order of the planes. Planes that are slices are copied as they are; others are
/// computed in double and rounded to float once. Places of an upright grid that a leaning stack does not reach get its
/// lowest value; `notes` says so.
Volume fill(const Stack& stack, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
