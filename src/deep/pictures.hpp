// SPDX-License-Identifier: Apache-2.0
// Pictures of what networks see and heed, for people; no number of any model depends on them.
#pragma once

#include <map>

#include "encoding.hpp"
#include "sets.hpp"

namespace radfuse::deep {

/// The networks of a set's own table, in memory; by their place among Set::networks.
using Loaded = std::map<std::size_t, LoadedNetwork>;

/// pictures/<set>/: crops, reconstructions, Grad-CAM (PNG and NIfTI), attention and feature maps, as the set's
/// pictures: asks, each by the network that answers for the case; seen.csv and attention.csv. `rows`: reference rows.
void draw_pictures(StageRun& run, const std::vector<Set>& sets, const std::vector<Loaded>& loaded,
                   const std::vector<const CaseRow*>& rows);

}  // namespace radfuse::deep
