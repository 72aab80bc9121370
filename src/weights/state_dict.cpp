// SPDX-License-Identifier: Apache-2.0
// Named tensors out of PyTorch's files. Layouts: the zip has <name>/data.pkl and <name>/data/<key>; the older format
// is five pickles (magic number, protocol, system, object, storage keys), then for each key a count and raw values.
#include "state_dict.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "radfuse/base/text.hpp"
#include "zip.hpp"

namespace radfuse::weights {
namespace {

using Kind = Node::Kind;

class Walk {
 public:
  Walk(const Pickle& pickle, const StorageBytes& storage, std::uint64_t most, std::vector<Dtype>* types)
      : pickle_(pickle), storage_(storage), left_(most), types_(types) {}

  StateDict run() {
    visit(start(), "", 0);
    return std::move(out_);
  }

 private:
  std::optional<NodeId> entry(const Node& dict, std::string_view key) const {
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2)
      if (pickle_[dict.items[i]].kind == Kind::text && pickle_[dict.items[i]].text == key) return dict.items[i + 1];
    return std::nullopt;
  }

  // Checkpoints keep the weights beside the optimiser's state, under one of these keys.
  NodeId start() const {
    const Node& root = pickle_[pickle_.root];
    if (root.kind == Kind::dict)
      for (const std::string_view key : {"state_dict", "model_state_dict", "model", "network_weights"})
        if (const auto found = entry(root, key))
          if (pickle_[*found].kind == Kind::dict || pickle_[*found].kind == Kind::object) return *found;
    return pickle_.root;
  }

  void visit(NodeId id, const std::string& path, int depth) {
    if (depth > 64 || ++visited_ > 1'000'000) throw InputError("damaged pickle: nested without end");
    const Node& node = pickle_[id];
    switch (node.kind) {
      case Kind::tensor:
        return copy(node, path);
      case Kind::dict:
        return visit_dict(node, path, depth);
      case Kind::object:
        return visit_object(node, path, depth);
      case Kind::none:
        return;  // a module without a bias registers None
      default:
        out_.skipped.push_back(path + " (not a tensor)");
    }
  }

  void visit_dict(const Node& dict, const std::string& path, int depth) {
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
      const Node& key = pickle_[dict.items[i]];
      if (key.kind == Kind::text) visit(dict.items[i + 1], path.empty() ? key.text : path + "." + key.text, depth + 1);
    }
  }

  // A pickled nn.Module: its parameters, buffers and modules; other attributes are none of our business.
  void visit_object(const Node& object, const std::string& path, int depth) {
    bool module = false;
    for (const NodeId state : object.items) {
      if (pickle_[state].kind != Kind::dict) continue;
      for (const std::string_view part : {"_parameters", "_buffers", "_modules"})
        if (const auto found = entry(pickle_[state], part)) {
          module = true;
          if (pickle_[*found].kind == Kind::dict) visit_dict(pickle_[*found], path, depth);
        }
    }
    if (!module) out_.skipped.push_back(path + " (" + (object.text.empty() ? "an object" : object.text) + ")");
  }

  void copy(const Node& tensor, const std::string& path) {
    const Node& storage = pickle_[tensor.items[0]];
    if (storage.dtype == Dtype::other) {
      out_.skipped.push_back(path + " (not floating-point)");
      return;
    }
    const std::uint64_t count = count_of(tensor.shape);
    check_extent(tensor, static_cast<std::uint64_t>(storage.number), count, path);
    if (count > left_) throw InputError("damaged: tensor " + path + " repeats data without end");
    left_ -= count;
    const std::string_view raw = storage_(storage.text);
    if (raw.size() / size_of(storage.dtype) < static_cast<std::uint64_t>(storage.number))
      throw InputError("cut short or damaged: the data of tensor " + path + " are missing");

    NamedTensor made{path, tensor.shape, {}};
    made.values.reserve(static_cast<std::size_t>(count));
    std::vector<std::int64_t> index(tensor.shape.size(), 0);
    for (std::uint64_t i = 0; i < count; ++i) {
      std::int64_t at = tensor.number;
      for (std::size_t d = 0; d < index.size(); ++d) at += index[d] * tensor.stride[d];
      made.values.push_back(value_at(raw, storage.dtype, static_cast<std::size_t>(at)));
      for (std::size_t d = index.size(); d > 0 && ++index[d - 1] == tensor.shape[d - 1]; --d) index[d - 1] = 0;
    }
    out_.tensors.push_back(std::move(made));
    if (types_ != nullptr) types_->push_back(storage.dtype);
  }

  // No element may lie outside the storage; sizes and strides are below 2^40, so the products below fit.
  static void check_extent(const Node& tensor, std::uint64_t held, std::uint64_t count, const std::string& path) {
    constexpr std::int64_t kMost = std::int64_t{1} << 40;
    bool fits =
        tensor.stride.size() == tensor.shape.size() && tensor.number >= 0 && tensor.number < kMost && count <= held;
    unsigned __int128 last = fits ? static_cast<std::uint64_t>(tensor.number) : 0;
    for (std::size_t d = 0; fits && d < tensor.shape.size(); ++d) {
      fits = tensor.stride[d] >= 0 && tensor.stride[d] < kMost;
      if (fits && tensor.shape[d] > 0)
        last += static_cast<unsigned __int128>(tensor.shape[d] - 1) * static_cast<std::uint64_t>(tensor.stride[d]);
    }
    if (!fits || (count > 0 && last >= held))
      throw InputError("damaged: tensor " + path + " reaches beyond the data stored for it");
  }

  const Pickle& pickle_;
  const StorageBytes& storage_;
  std::uint64_t left_;
  std::vector<Dtype>* types_;
  std::uint64_t visited_ = 0;
  StateDict out_;
};

// LONG1 of 10 bytes, 0x1950a86a20f9469cfc6c, in a protocol 2 pickle.
constexpr std::string_view kLegacyMagic{"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15};

}  // namespace

StateDict tensors_of(const Pickle& pickle, const StorageBytes& storage, std::uint64_t most, std::vector<Dtype>* types) {
  return Walk(pickle, storage, most, types).run();
}

StateDict parse_torch_zip(std::string_view bytes, std::vector<Dtype>* types) {
  const auto entries = read_zip(bytes);
  const auto main = std::find_if(entries.begin(), entries.end(), [](const auto& e) {
    return e.first.ends_with("/data.pkl") && e.first.find('/') == e.first.size() - 9;
  });
  if (main == entries.end()) throw InputError("a zip file without data.pkl: not one that torch.save made");
  const std::string folder = main->first.substr(0, main->first.size() - 8);
  if (entries.contains(folder + "constants.pkl"))
    throw InputError(
        "a TorchScript program, not weights: use it as network: torchscript, or save model.state_dict() with "
        "torch.save");
  if (const auto order = entries.find(folder + "byteorder"); order != entries.end() && order->second != "little")
    throw InputError("big-endian weights: save them on a little-endian machine");
  const StorageBytes storage = [&](const std::string& key) {
    const auto found = entries.find(folder + "data/" + key);
    if (found == entries.end()) throw InputError("damaged: storage " + text::printable(key) + " is missing");
    return found->second;
  };
  return tensors_of(read_pickle(main->second, 0), storage, bytes.size(), types);
}

bool is_legacy_torch(std::string_view bytes) {
  return bytes.starts_with(kLegacyMagic);
}

StateDict parse_legacy_torch(std::string_view bytes, std::vector<Dtype>* types) {
  const Pickle protocol = read_pickle(bytes, kLegacyMagic.size());
  const Pickle system = read_pickle(bytes, protocol.end);
  const Pickle object = read_pickle(bytes, system.end);
  const Pickle keys = read_pickle(bytes, object.end);

  std::map<std::string, std::size_t> width;  // bytes of one value, by key
  for (const Node& node : object.nodes)
    if (node.kind == Kind::storage) {
      if (node.dtype != Dtype::other)
        width[node.text] = size_of(node.dtype);
      else
        width.emplace(node.text, 8);  // integers: num_batches_tracked, int64
    }
  std::map<std::string, std::string_view> raw;
  Cursor at(bytes, keys.end);
  for (const NodeId id : keys[keys.root].items) {
    const std::string& key = keys[id].text;
    const auto known = width.find(key);
    if (known == width.end())
      throw InputError("damaged: data for storage " + text::printable(key) + ", which nobody uses");
    const auto count = at.number<std::uint64_t>();
    if (count > bytes.size()) throw InputError("cut short or damaged: a storage is larger than the file");
    raw[key] = at.take(count * known->second);
  }
  const StorageBytes storage = [&](const std::string& key) {
    const auto found = raw.find(key);
    if (found == raw.end()) throw InputError("damaged: storage " + text::printable(key) + " is missing");
    return found->second;
  };
  return tensors_of(object, storage, bytes.size(), types);
}

}  // namespace radfuse::weights
