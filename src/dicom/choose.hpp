// SPDX-License-Identifier: Apache-2.0
// Which slices of a series make up its volume: one for each place.
#pragma once

#include <string>
#include <vector>

#include "slice.hpp"

namespace radfuse::dicom {

inline constexpr double kSamePlace = 1e-3;  ///< mm along the normal

/// Slices of one orientation, sorted along the normal. Takes the acquisition that the study names when several cover
/// the same places; drops exact copies, with a note. Throws InputError that lists what lies in one place otherwise.
void choose_slices(std::vector<Slice>& slices, const SeriesParams& params, std::vector<std::string>& notes);

/// True when slices of different AcquisitionNumbers cover overlapping ranges along the normal.
bool acquisitions_overlap(const std::vector<Slice>& slices);

/// Keeps the acquisition that the study names; without one, throws InputError that lists them.
void choose_acquisition(std::vector<Slice>& slices, const SeriesParams& params, std::vector<std::string>& notes);

}  // namespace radfuse::dicom
