// SPDX-License-Identifier: Apache-2.0
// A cheap look for letters that were written into a picture's margin.
#pragma once

#include <cstdint>
#include <span>

namespace radfuse::dicom {

/// True when the outer 15 % of the picture has a line of at least six connected strokes of letter size that all have
/// the picture's highest value, or all its lowest. Smoothed letters are missed, and scales of numbers are found as
/// well: enough for a warning, not for a decision.
bool looks_written_on(std::span<const float> values, std::int64_t columns, std::int64_t rows);

}  // namespace radfuse::dicom
