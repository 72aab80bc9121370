// SPDX-License-Identifier: Apache-2.0
// p values corrected for how many there are: R's p.adjust.
#pragma once

#include <Eigen/Core>

#include "radfuse/stats/params.hpp"

namespace radfuse::stats {

/// NaN stays NaN and does not count.
Eigen::VectorXd adjust(const Eigen::Ref<const Eigen::VectorXd>& p, Correction correction);

}  // namespace radfuse::stats
