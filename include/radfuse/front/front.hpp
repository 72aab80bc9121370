// SPDX-License-Identifier: Apache-2.0
// The front door: what `radfuse` can be asked.
#pragma once

namespace radfuse {

/// radfuse run|check|init|sample|status|explain|weights|list.
int front_main(int argc, char** argv);

}  // namespace radfuse
