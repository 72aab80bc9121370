// SPDX-License-Identifier: Apache-2.0
// Fields and numbers of text headers.
#include "text_header.hpp"

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse {

const std::string& TextHeader::at(const std::string& name) const {
  const auto found = fields.find(name);
  if (found == fields.end()) throw InputError("the header has no field '" + name + "'");
  return found->second;
}

void TextHeader::add(std::string name, std::string_view value) {
  if (!fields.emplace(name, std::string(text::trim(value))).second)
    throw InputError("the header gives '" + text::printable(name) + "' twice");
}

std::vector<std::string> words(std::string_view value) {
  std::vector<std::string> parts;
  for (const std::string& part : text::split(value, ' '))
    if (const std::string_view word = text::trim(part); !word.empty()) parts.emplace_back(word);
  return parts;
}

std::vector<double> numbers(std::string_view value, std::string_view field) {
  std::vector<double> all;
  for (const std::string& word : words(value)) {
    const auto number = text::to_double(word);
    if (!number) throw InputError("'" + text::printable(word) + "' in " + std::string(field) + " is not a number");
    all.push_back(*number);
  }
  return all;
}

std::vector<std::int64_t> integers(std::string_view value, std::string_view field) {
  std::vector<std::int64_t> all;
  for (const std::string& word : words(value)) {
    const auto number = text::to_int(word);
    if (!number)
      throw InputError("'" + text::printable(word) + "' in " + std::string(field) + " is not a whole number");
    all.push_back(*number);
  }
  return all;
}

}  // namespace radfuse
