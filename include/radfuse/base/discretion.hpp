// SPDX-License-Identifier: Apache-2.0
// Messages may need words that identify a patient (names of regions, of files). A person at the terminal reads them;
// files that leave the house do not hold them.
#pragma once

#include <string>
#include <string_view>

namespace radfuse {

/// Marks a part of a message as for the terminal only.
std::string confidential(std::string_view text);
/// The message as a person at the terminal reads it: without the marks.
std::string revealed(std::string_view message);
/// The message as files keep it: each marked part reads "(shown on the terminal only)".
std::string withheld(std::string_view message);

}  // namespace radfuse
