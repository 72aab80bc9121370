// SPDX-License-Identifier: Apache-2.0
// safetensors: u64 header length, a JSON object {name: {dtype, shape, data_offsets: [begin, end)}}, raw values.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "radfuse/base/named.hpp"
#include "state_dict.hpp"

namespace radfuse::weights {
namespace {

using nlohmann::json;

constexpr Named<Dtype> kDtypes[] = {
    {"F32", Dtype::float32, ""},
    {"F64", Dtype::float64, ""},
    {"F16", Dtype::float16, ""},
    {"BF16", Dtype::bfloat16, ""},
};
constexpr std::uint64_t kMostHeader = 100'000'000;  // the format's own limit

json read_header(std::string_view text) {
  json header = json::parse(text, nullptr, false);
  if (!header.is_object()) throw InputError("damaged safetensors file: its header is not a JSON object");
  return header;
}

struct Place {
  std::uint64_t begin = 0, end = 0;
  std::string name;
  Dtype dtype = Dtype::other;
  std::vector<std::int64_t> shape = {};
};

Place place_of(const std::string& name, const json& entry) {
  Place place{.name = name};
  try {
    place.begin = entry.at("data_offsets").at(0).get<std::uint64_t>();
    place.end = entry.at("data_offsets").at(1).get<std::uint64_t>();
    place.shape = entry.at("shape").get<std::vector<std::int64_t>>();
    for (const auto& row : kDtypes)
      if (entry.at("dtype").get<std::string>() == row.name) place.dtype = row.value;
  } catch (const json::exception&) {
    throw InputError("damaged safetensors file: the entry of a tensor is not complete");
  }
  return place;
}

NamedTensor tensor_at(const Place& place, std::string_view data) {
  const std::uint64_t count = count_of(place.shape);
  if (count * size_of(place.dtype) != place.end - place.begin)
    throw InputError("damaged safetensors file: shape and size of a tensor disagree");
  const std::string_view raw = data.substr(place.begin, place.end - place.begin);
  NamedTensor tensor{place.name, place.shape, std::vector<float>(static_cast<std::size_t>(count))};
  for (std::size_t i = 0; i < tensor.values.size(); ++i) tensor.values[i] = value_at(raw, place.dtype, i);
  return tensor;
}

}  // namespace

bool is_safetensors(std::string_view bytes) {
  return bytes.size() > 8 && bytes[8] == '{';
}

StateDict parse_safetensors(std::string_view bytes, std::vector<Dtype>* types) {
  Cursor at(bytes);
  const auto length = at.number<std::uint64_t>();
  if (length > kMostHeader) throw InputError("damaged safetensors file: an impossible header length");
  const json header = read_header(at.take(length));
  const std::string_view data = bytes.substr(at.at());

  StateDict weights;
  std::vector<Place> places;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      places.push_back(place_of(name, entry));
      continue;
    }
    if (!entry.is_object()) throw InputError("damaged safetensors file: __metadata__ is not an object");
    for (const auto& [key, value] : entry.items())
      if (value.is_string()) weights.metadata.emplace_back(key, value.get<std::string>());
  }
  // The format leaves no holes and no overlaps.
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  std::uint64_t reached = 0;
  for (const Place& place : places) {
    if (place.begin != reached || place.end < place.begin || place.end > data.size())
      throw InputError("cut short or damaged: the tensors of a safetensors file do not fill it");
    reached = place.end;
    if (place.dtype == Dtype::other) {
      weights.skipped.push_back(place.name + " (not floating-point)");
      continue;
    }
    weights.tensors.push_back(tensor_at(place, data));
    if (types != nullptr) types->push_back(place.dtype);
  }
  if (reached != data.size()) throw InputError("damaged safetensors file: data behind the last tensor");
  return weights;
}

std::string to_safetensors(const StateDict& weights) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!weights.metadata.empty())
    for (const auto& [key, value] : weights.metadata) header["__metadata__"][key] = value;
  std::uint64_t at = 0;
  for (const NamedTensor& tensor : weights.tensors) {
    const std::uint64_t end = at + tensor.values.size() * sizeof(float);
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  std::string bytes(8, '\0');
  const std::uint64_t length = text.size();
  std::memcpy(bytes.data(), &length, 8);
  bytes += text;
  for (const NamedTensor& tensor : weights.tensors)
    bytes.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float));
  return bytes;
}

}  // namespace radfuse::weights
