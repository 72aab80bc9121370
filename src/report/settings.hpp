// SPDX-License-Identifier: Apache-2.0
// Looking up keys in the resolved study file (the plain YAML that the config room writes: two spaces a level).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace radfuse {

/// What stands under "radiomics.resample": its value, or its lines joined by "; ". Empty when the key is absent.
std::string settings_block(std::string_view settings, std::string_view path);
/// The values of `key` in the list called `list`, in order: settings_values(text, "select", "step").
std::vector<std::string> settings_values(std::string_view settings, std::string_view list, std::string_view key);

}  // namespace radfuse
