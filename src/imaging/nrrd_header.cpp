// SPDX-License-Identifier: Apache-2.0
// The text header of an NRRD file (teem.sourceforge.net/nrrd/format.html): lines "field: value" up to an empty line.
#include <algorithm>
#include <cmath>
#include <optional>

#include "header.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/named.hpp"
#include "radfuse/base/text.hpp"
#include "text_header.hpp"

namespace radfuse {
namespace {

struct NrrdType {
  std::string_view name;
  std::uint64_t bytes;
};
/// Every spelling that the format allows for the types that are read.
constexpr NrrdType kTypes[] = {
    {"signed char", 1},
    {"int8", 1},
    {"int8_t", 1},
    {"uchar", 1},
    {"unsigned char", 1},
    {"uint8", 1},
    {"uint8_t", 1},
    {"short", 2},
    {"short int", 2},
    {"signed short", 2},
    {"signed short int", 2},
    {"int16", 2},
    {"int16_t", 2},
    {"ushort", 2},
    {"unsigned short", 2},
    {"unsigned short int", 2},
    {"uint16", 2},
    {"uint16_t", 2},
    {"int", 4},
    {"signed int", 4},
    {"int32", 4},
    {"int32_t", 4},
    {"uint", 4},
    {"unsigned int", 4},
    {"uint32", 4},
    {"uint32_t", 4},
    {"float", 4},
    {"double", 8},
};
/// Fields that are passed on; any other field is refused rather than guessed at.
constexpr std::string_view kFields[] = {"type",
                                        "dimension",
                                        "sizes",
                                        "encoding",
                                        "endian",
                                        "space",
                                        "space dimension",
                                        "space directions",
                                        "spacings",
                                        "kinds",
                                        "centers",
                                        "centerings",
                                        "content",
                                        "space units",
                                        "space origin",
                                        "thicknesses",
                                        "units",
                                        "labels",
                                        "measurement frame"};

TextHeader parse(const std::string& start) {
  if (!start.starts_with("NRRD000") || start.size() < 9 || start[7] < '1' || start[7] > '5')
    throw InputError("is not an NRRD file (it does not begin with NRRD0001 to NRRD0005)");
  TextHeader header;
  std::size_t at = start.find('\n');
  while (at != std::string::npos) {
    const std::size_t begin = at + 1;
    at = start.find('\n', begin);
    if (at == std::string::npos) break;
    const std::string_view line = text::trim(std::string_view(start).substr(begin, at - begin));
    if (line.empty()) {
      header.data_at = at + 1;
      return header;
    }
    const std::size_t colon = line.find(':');
    if (line.front() == '#' || (colon != std::string_view::npos && line.substr(colon).starts_with(":="))) continue;
    if (colon == std::string_view::npos) throw InputError("a line of its header is not 'field: value'");
    header.add(text::lower(text::trim(line.substr(0, colon))), line.substr(colon + 1));
  }
  throw InputError("truncated: its header does not end");
}

void check_fields(const TextHeader& header) {
  for (const auto& [name, value] : header.fields) {
    if (name == "data file" || name == "datafile")
      throw InputError("keeps its voxels in another file; save it as one .nrrd file");
    if (std::find(std::begin(kFields), std::end(kFields), name) == std::end(kFields))
      throw InputError("its header has the field '" + text::printable(name) + "', which is not supported");
  }
}

/// "(1,0,0) (0,1,0) none" as vectors; "none" (an axis that is not in space) gives an empty one.
std::vector<std::vector<double>> vectors(std::string value, std::string_view field) {
  std::erase(value, ' ');
  std::vector<std::vector<double>> all;
  std::size_t at = 0;
  while (at < value.size()) {
    if (value.compare(at, 4, "none") == 0) {
      all.emplace_back();
      at += 4;
      continue;
    }
    const std::size_t close = value.find(')', at);
    if (value[at] != '(' || close == std::string::npos)
      throw InputError(std::string(field) + " is not a list of vectors");
    std::string inside = value.substr(at + 1, close - at - 1);
    std::replace(inside.begin(), inside.end(), ',', ' ');
    all.push_back(numbers(inside, field));
    at = close + 1;
  }
  return all;
}

bool check_space(const TextHeader& header, std::size_t dimensions) {
  if (header.has("space origin"))
    if (vectors(header.at("space origin"), "'space origin'").size() != 1)
      throw InputError("'space origin' is not one vector");
  if (header.has("measurement frame")) vectors(header.at("measurement frame"), "'measurement frame'");
  if (header.has("space directions")) {
    const auto directions = vectors(header.at("space directions"), "'space directions'");
    if (directions.size() != dimensions)
      throw InputError("'space directions' has " + std::to_string(directions.size()) + " vectors for " +
                       std::to_string(dimensions) + " axes");
    for (const auto& direction : directions) {
      if (direction.empty()) continue;
      if (direction.size() < 2 || direction.size() > 3)
        throw InputError("'space directions' is not in 2 or 3 dimensions");
      double square = 0;
      for (const double part : direction) square += part * part;
      require_spacing(std::sqrt(square), "the length of a vector in 'space directions'");
    }
    return true;
  }
  if (!header.has("spacings")) return false;
  const auto spacings = words(header.at("spacings"));
  if (spacings.size() != dimensions) throw InputError("'spacings' does not have one number for each axis");
  bool known = true;
  for (const std::string& word : spacings) {
    if (text::lower(word) == "nan")
      known = false;  // the format's word for "no spacing along this axis"
    else
      require_spacing(text::to_double(word).value_or(0), "a number in 'spacings'");
  }
  return known;
}

}  // namespace

HeaderFacts check_nrrd(const std::filesystem::path& path, Depth depth) {
  const TextHeader header = parse(read_start(path, kMostHeaderText));
  check_fields(header);
  const auto sizes = integers(header.at("sizes"), "'sizes'");
  const auto dimension = text::to_int(header.at("dimension")).value_or(0);
  if (dimension < 2 || dimension > 4 || static_cast<std::size_t>(dimension) != sizes.size())
    throw InputError("its 'dimension' is " + text::printable(header.at("dimension")) + " and it has " +
                     std::to_string(sizes.size()) + " sizes; 2 to 4 are read, one size for each");
  const auto count = static_cast<std::uint64_t>(checked_product(sizes));
  const auto type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [&](const NrrdType& t) { return t.name == header.at("type"); });
  if (type == std::end(kTypes)) throw InputError("its type '" + text::printable(header.at("type")) + "' is not read");
  if (type->bytes > 1 && text::lower(header.at("endian")) != "little" && text::lower(header.at("endian")) != "big")
    throw InputError("its 'endian' is neither little nor big");
  if (header.has("kinds") && words(header.at("kinds")).size() != sizes.size())
    throw InputError("'kinds' does not have one word for each axis");
  const HeaderFacts facts{.spacing_known = check_space(header, sizes.size())};
  const std::string encoding = text::lower(header.at("encoding"));
  const std::uint64_t promised = count * type->bytes, length = file_bytes(path);
  if (encoding == "raw") {
    if (length < header.data_at + promised) truncated(header.data_at + promised, length);
  } else if (encoding == "gzip" || encoding == "gz") {
    require_inflated(path, header.data_at, promised, depth);
  } else {
    throw InputError("its encoding '" + text::printable(encoding) + "' is not read; save it as raw or gzip");
  }
  return facts;
}

}  // namespace radfuse
