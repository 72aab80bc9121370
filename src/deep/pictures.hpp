// SPDX-License-Identifier: Apache-2.0
// Pictures of what networks see and heed, for people; no number of any model depends on them.
#pragma once

#include <map>

#include "encoding.hpp"
#include "seen.hpp"
#include "sets.hpp"

namespace radfuse::deep {

/// The networks of a set's own table, in memory; by their place among Set::networks.
using Loaded = std::map<std::size_t, LoadedNetwork>;

/// The cases of `list`, or `count` of all, evenly. Throws InputError for a name that none of `rows` has.
std::vector<const CaseRow*> chosen_cases(const std::vector<std::string>& list, int count,
                                         const std::vector<const CaseRow*>& rows);

/// Whose heat maps: a case, and the set of deep features.
struct Heeded {
  std::string case_id, set;
};
/// A case's heat maps as <stem>.grad_cam.png and .nii.gz, and the share of each inside the region.
void write_heat(StageRun& run, const std::string& stem, const Heeded& whose, const CropSource& source,
                const Crops& crops, const std::vector<Patch>& maps, std::vector<Share>& shares);

/// pictures/<set>/: crops, reconstructions, Grad-CAM (PNG and NIfTI), attention and feature maps, as the set's
/// pictures: asks, each by the network that answers for the case; seen.csv and attention.csv. `rows`: reference rows.
void draw_pictures(StageRun& run, const std::vector<Set>& sets, const std::vector<Loaded>& loaded,
                   const std::vector<const CaseRow*>& rows);

}  // namespace radfuse::deep
