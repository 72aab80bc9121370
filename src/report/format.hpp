// SPDX-License-Identifier: Apache-2.0
// Numbers as a paper prints them.
#pragma once

#include <string>

#include "radfuse/report/evaluate.hpp"

namespace radfuse {

/// A fixed number of decimals; "–" for NaN; never "-0.00".
std::string fixed(double value, int decimals);
/// "0.842 (0.751–0.923)", or the value alone when it has no limits.
std::string with_limits(const Estimate& estimate, int decimals = 3);
/// "p = 0.013", "p < 0.001".
std::string p_text(double p);
/// "95 %"
std::string percent(double share);
/// "1 case", "2 cases"
std::string counted(std::size_t n, const std::string& one, const std::string& many);
/// "external test", as a sentence says it.
std::string split_text(Split split);
/// "before the chain": what a map of the cases is made of.
std::string map_text(const std::string& map);
/// "fusion (logistic)"
std::string model_text(const std::string& model, Learner learner);

}  // namespace radfuse
