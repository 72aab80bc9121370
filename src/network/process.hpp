// SPDX-License-Identifier: Apache-2.0
// Which of its codes OpenBLAS should use.
#pragma once

#include <string>
#include <string_view>

namespace radfuse::network {

/// The core whose code this processor can run and that is faster than the one that OpenBLAS chose; empty: none.
std::string better_core(std::string_view chosen);

}  // namespace radfuse::network
