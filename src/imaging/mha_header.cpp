// SPDX-License-Identifier: Apache-2.0
// The text header of a MetaImage file: lines "Key = Value", the last of which is "ElementDataFile = LOCAL".
#include <algorithm>
#include <cmath>

#include "header.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "text_header.hpp"

namespace radfuse {
namespace {

struct MetaType {
  std::string_view name;
  std::uint64_t bytes;
};
/// MET_LONG is left out: its width depends on the machine that wrote it.
constexpr MetaType kTypes[] = {{"MET_CHAR", 1}, {"MET_UCHAR", 1}, {"MET_SHORT", 2}, {"MET_USHORT", 2},
                               {"MET_INT", 4},  {"MET_UINT", 4},  {"MET_FLOAT", 4}, {"MET_DOUBLE", 8}};

/// MetaIO has several names for some fields; capitals count.
struct Vector {
  std::string_view names[3];
  bool matrix;
};
constexpr Vector kVectors[] = {{{"Offset", "Position", "Origin"}, false},
                               {{"TransformMatrix", "Rotation", "Orientation"}, true},
                               {{"CenterOfRotation", "", ""}, false},
                               {{"ElementSpacing", "ElementSize", ""}, false}};

TextHeader parse(const std::string& start) {
  TextHeader header;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = start.find('\n', begin);
    if (end == std::string::npos) break;
    const std::string_view line = text::trim(std::string_view(start).substr(begin, end - begin));
    begin = end + 1;
    if (line.empty()) continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos)
      throw InputError("is not an MHA file (a line of its header is not 'Key = Value')");
    header.add(std::string(text::trim(line.substr(0, equals))), line.substr(equals + 1));
    if (!header.has("ElementDataFile")) continue;
    if (header.at("ElementDataFile") != "LOCAL")
      throw InputError("keeps its voxels in another file; save it as one .mha file");
    header.data_at = begin;
    return header;
  }
  throw InputError("is not an MHA file, or truncated: its header has no ElementDataFile");
}

/// MetaIO reads True from the first letter only; here the word must be whole, so that check and reader agree.
bool truth(const TextHeader& header, const std::string& name, bool otherwise) {
  if (!header.has(name)) return otherwise;
  const std::string value = text::lower(header.at(name));
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  throw InputError("'" + name + "' is neither True nor False");
}

bool check_space(const TextHeader& header, std::size_t dimensions) {
  bool spacing_known = false;
  for (const Vector& vector : kVectors)
    for (const std::string_view view : vector.names) {
      const std::string name(view);
      if (name.empty() || !header.has(name)) continue;
      const auto values = numbers(header.at(name), name);
      if (values.size() != (vector.matrix ? dimensions * dimensions : dimensions))
        throw InputError("'" + name + "' has " + std::to_string(values.size()) + " numbers, which does not fit NDims");
      if (!name.starts_with("Element")) continue;
      for (const double value : values) require_spacing(value, "a number in '" + name + "'");
      spacing_known = true;
    }
  return spacing_known;
}

std::uint64_t whole(const TextHeader& header, const std::string& name, std::int64_t low, std::int64_t high) {
  const auto value = text::to_int(header.at(name));
  if (!value || *value < low || *value > high)
    throw InputError("'" + name + "' is '" + text::printable(header.at(name)) + "', not a number from " +
                     std::to_string(low) + " to " + std::to_string(high));
  return static_cast<std::uint64_t>(*value);
}

}  // namespace

HeaderFacts check_mha(const std::filesystem::path& path, Depth depth) {
  const TextHeader header = parse(read_start(path, kMostHeaderText));
  if (header.has("ObjectType") && header.at("ObjectType") != "Image")
    throw InputError("is a MetaIO object but not an image");
  const std::uint64_t dimensions = whole(header, "NDims", 2, 3);
  std::vector<std::int64_t> sizes = integers(header.at("DimSize"), "'DimSize'");
  if (sizes.size() != dimensions) throw InputError("'DimSize' does not have one number for each of NDims");
  const std::uint64_t channels =
      header.has("ElementNumberOfChannels") ? whole(header, "ElementNumberOfChannels", 1, 4) : 1;
  sizes.push_back(static_cast<std::int64_t>(channels));
  const auto count = static_cast<std::uint64_t>(checked_product(sizes));
  const auto type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [&](const MetaType& t) { return t.name == header.at("ElementType"); });
  if (type == std::end(kTypes))
    throw InputError("its element type '" + text::printable(header.at("ElementType")) + "' is not read");
  if (!truth(header, "BinaryData", true)) throw InputError("keeps its voxels as text; save it as binary");
  if (header.has("HeaderSize")) whole(header, "HeaderSize", 0, 0);
  const HeaderFacts facts{.spacing_known = check_space(header, dimensions)};
  const std::uint64_t promised = count * type->bytes, length = file_bytes(path);
  if (!truth(header, "CompressedData", false)) {
    if (length < header.data_at + promised) truncated(header.data_at + promised, length);
    return facts;
  }
  if (header.has("CompressedDataSize")) {
    const std::uint64_t size = whole(header, "CompressedDataSize", 1, std::int64_t{1} << 40);
    if (length < header.data_at + size) truncated(header.data_at + size, length);
  }
  if (depth == Depth::whole || !header.has("CompressedDataSize"))
    require_inflated(path, header.data_at, promised, Depth::whole);
  return facts;
}

}  // namespace radfuse
