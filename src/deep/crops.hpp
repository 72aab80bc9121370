// SPDX-License-Identifier: Apache-2.0
// What a network sees of a case: pieces of its image around the region, as the settings of a set of features say.
#pragma once

#include <string>
#include <vector>

#include "radfuse/network/params.hpp"
#include "radfuse/stage/run.hpp"
#include "radfuse/volume/patch.hpp"

namespace radfuse::deep {

/// `image`: which of the study's images. CaseError: no mask, an empty region.
std::vector<Patch> crops_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image);
/// Of the files that the crops come from.
std::vector<std::string> hashes_of(const StageRun& run, const CaseRow& row, const DeepParams& deep, std::size_t image);

}  // namespace radfuse::deep
