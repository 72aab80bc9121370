// SPDX-License-Identifier: Apache-2.0
// The four things that one bind() serves: reading YAML, canonical text, the reference and the schema.
#pragma once

#include <string>
#include <string_view>

#include "radfuse/base/fields.hpp"
#include "radfuse/config/problems.hpp"

namespace radfuse::config {

/// Reads YAML text into whatever `bind` binds; all mistakes go to `problems`.
void read_yaml(std::string_view text, const Bind& bind, Problems& problems);

/// Every key with its resolved value, in the order of binding: valid YAML that reads back to the same values, and equal
/// text for equal values. This text is what gets hashed.
std::string canonical_text(const Bind& bind);

/// configs/reference.yaml: every key with its explanation, type, range and default.
std::string reference_text(const Bind& bind);

/// A JSON schema (draft 7) for editors.
std::string schema_text(const Bind& bind, std::string_view title);

}  // namespace radfuse::config
