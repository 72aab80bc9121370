// SPDX-License-Identifier: Apache-2.0
// The pickle machine, protocols 2 to 5 (Python's pickletools documents the operations). What PyTorch's files name is
// on an allow-list; every other class becomes an opaque object.
#include "pickle.hpp"

#include <map>
#include <optional>
#include <utility>

#include "radfuse/base/named.hpp"

namespace radfuse::weights {
namespace {

constexpr std::size_t kLongestName = 1024;
constexpr std::size_t kMostNodes = 4'000'000;  // a state dict has some ten nodes for each tensor

constexpr Named<Dtype> kStorages[] = {
    {"torch.FloatStorage", Dtype::float32, ""},      {"torch.DoubleStorage", Dtype::float64, ""},
    {"torch.HalfStorage", Dtype::float16, ""},       {"torch.BFloat16Storage", Dtype::bfloat16, ""},
    {"torch.cuda.FloatStorage", Dtype::float32, ""}, {"torch.cuda.HalfStorage", Dtype::float16, ""},
};

class Machine {
 public:
  Machine(std::string_view bytes, std::size_t at) : in_(bytes, at) {}

  Pickle run() {
    while (step(in_.number<std::uint8_t>())) {
    }
    out_.root = pop();
    out_.end = in_.at();
    return std::move(out_);
  }

 private:
  using Kind = Node::Kind;
  static constexpr NodeId kMark = 0xffffffff;

  [[noreturn]] static void damaged(const std::string& why) { throw InputError("damaged pickle: " + why); }

  NodeId add(Node node) {
    if (out_.nodes.size() >= kMostNodes) damaged("more objects than any network has");
    out_.nodes.push_back(std::move(node));
    return static_cast<NodeId>(out_.nodes.size() - 1);
  }
  void push(Node node) { stack_.push_back(add(std::move(node))); }
  void push(Kind kind, std::vector<NodeId> items) { push(Node{.kind = kind, .items = std::move(items)}); }
  void push_number(std::int64_t n) { push(Node{.kind = Kind::number, .number = n}); }
  void push_text(std::string_view s) { push(Node{.kind = Kind::text, .text = std::string(s)}); }

  NodeId pop() {
    if (stack_.empty() || stack_.back() == kMark) damaged("an operand is missing");
    const NodeId id = stack_.back();
    stack_.pop_back();
    return id;
  }
  std::vector<NodeId> pop_to_mark() {
    std::size_t at = stack_.size();
    while (at > 0 && stack_[at - 1] != kMark) --at;
    if (at == 0) damaged("a mark is missing");
    std::vector<NodeId> items(stack_.begin() + static_cast<std::ptrdiff_t>(at), stack_.end());
    stack_.resize(at - 1);
    return items;
  }
  std::vector<NodeId> pop_many(std::size_t n) {
    std::vector<NodeId> items(n);
    for (std::size_t i = n; i > 0; --i) items[i - 1] = pop();
    return items;
  }
  Node& top() {
    if (stack_.empty() || stack_.back() == kMark) damaged("an operand is missing");
    return out_.nodes[stack_.back()];
  }
  Node& node(NodeId id) { return out_.nodes[id]; }

  void append(const std::vector<NodeId>& items) {
    Node& to = top();
    if (to.kind == Kind::list) to.items.insert(to.items.end(), items.begin(), items.end());
    // Objects (sets, lists of other classes) swallow what is put into them.
    else if (to.kind != Kind::object)
      damaged("something is appended to what is no list");
  }
  void set(const std::vector<NodeId>& items) {
    if (items.size() % 2 != 0) damaged("a key without a value");
    Node& to = top();
    if (to.kind == Kind::dict)
      to.items.insert(to.items.end(), items.begin(), items.end());
    else if (to.kind != Kind::object)
      damaged("something is set in what is no dict");
  }

  std::vector<std::int64_t> numbers(NodeId id) {
    std::vector<std::int64_t> all;
    if (node(id).kind != Kind::tuple && node(id).kind != Kind::list) damaged("a tensor's size is no tuple");
    for (const NodeId item : node(id).items) {
      if (node(item).kind != Kind::number) damaged("a tensor's size is no number");
      all.push_back(node(item).number);
    }
    return all;
  }

  Node tensor(const std::vector<NodeId>& args) {
    if (args.size() < 4 || node(args[0]).kind != Kind::storage || node(args[1]).kind != Kind::number)
      damaged("a tensor without its storage");
    return {.kind = Kind::tensor,
            .number = node(args[1]).number,
            .items = {args[0]},
            .shape = numbers(args[2]),
            .stride = numbers(args[3])};
  }

  // What callable(*args) stands for.
  void reduce() {
    const std::vector<NodeId> pair = pop_many(2);
    const std::string name = node(pair[0]).text;
    const std::vector<NodeId> args = node(pair[1]).items;
    if (node(pair[0]).kind != Kind::global) return push(Node{.kind = Kind::object});
    if (name == "collections.OrderedDict") {
      Node dict{.kind = Kind::dict};
      if (!args.empty())
        for (const NodeId item : node(args[0]).items)
          if (node(item).items.size() == 2)
            dict.items.insert(dict.items.end(), node(item).items.begin(), node(item).items.end());
      return push(std::move(dict));
    }
    if (name == "torch._utils._rebuild_tensor" || name == "torch._utils._rebuild_tensor_v2") return push(tensor(args));
    if (name.starts_with("torch._utils._rebuild_parameter")) {
      if (args.empty()) damaged("a parameter without its tensor");
      return stack_.push_back(args[0]);
    }
    push(Node{.kind = Kind::object, .text = name});
  }

  // ('storage', class, key, location, count[, view]); the location (cpu, cuda:0) does not matter here.
  void persistent() {
    const std::vector<NodeId> parts = node(pop()).items;
    if (parts.size() < 5 || node(parts[0]).text != "storage") return push(Node{.kind = Kind::object});
    if (node(parts[4]).kind != Kind::number || node(parts[4]).number < 0) damaged("a storage without its size");
    if (parts.size() > 5 && node(parts[5]).kind != Kind::none)
      throw InputError("this file stores tensors as views of each other (before PyTorch 0.4); save it again");
    Node storage{.kind = Kind::storage, .number = node(parts[4]).number, .text = node(parts[2]).text};
    for (const auto& row : kStorages)
      if (row.name == node(parts[1]).text) storage.dtype = row.value;
    push(std::move(storage));
  }

  void long1() {
    const std::string_view raw = in_.take(in_.number<std::uint8_t>());
    if (raw.size() > 8) return push_text(raw);
    std::uint64_t value = !raw.empty() && (raw.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = raw.size(); i > 0; --i) value = (value << 8) | static_cast<unsigned char>(raw[i - 1]);
    push_number(static_cast<std::int64_t>(value));
  }

  void memo_put(std::uint32_t key) {
    top();
    memo_[key] = stack_.back();
  }
  void memo_get(std::uint32_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) damaged("an unknown memo entry");
    stack_.push_back(found->second);
  }

  bool step(std::uint8_t op);
  bool step_values(std::uint8_t op);

  Cursor in_;
  Pickle out_;
  std::vector<NodeId> stack_;
  std::map<std::uint32_t, NodeId> memo_;
};

// Operations that work on what is on the stack. False at the end of the pickle.
bool Machine::step(std::uint8_t op) {
  switch (op) {
    case '.':
      return false;
    case 0x80:
      in_.take(1);
      break;  // PROTO
    case 0x95:
      in_.take(8);
      break;  // FRAME
    case '(':
      stack_.push_back(kMark);
      break;
    case '0':
      pop();
      break;
    case '1':
      pop_to_mark();
      break;
    case '2':
      top();
      stack_.push_back(stack_.back());
      break;
    case 't':
      push(Kind::tuple, pop_to_mark());
      break;
    case 'l':
      push(Kind::list, pop_to_mark());
      break;
    case 'd': {
      const auto items = pop_to_mark();
      push(Kind::dict, {});
      set(items);
      break;
    }
    case 0x85:
      push(Kind::tuple, pop_many(1));
      break;
    case 0x86:
      push(Kind::tuple, pop_many(2));
      break;
    case 0x87:
      push(Kind::tuple, pop_many(3));
      break;
    case 'a':
      append(pop_many(1));
      break;
    case 'e':
      append(pop_to_mark());
      break;
    case 0x90:
      append(pop_to_mark());
      break;  // ADDITEMS
    case 's':
      set(pop_many(2));
      break;
    case 'u':
      set(pop_to_mark());
      break;
    case 'q':
      memo_put(in_.number<std::uint8_t>());
      break;
    case 'r':
      memo_put(in_.number<std::uint32_t>());
      break;
    case 0x94:
      memo_put(static_cast<std::uint32_t>(memo_.size()));
      break;
    case 'h':
      memo_get(in_.number<std::uint8_t>());
      break;
    case 'j':
      memo_get(in_.number<std::uint32_t>());
      break;
    case 'Q':
      persistent();
      break;
    case 'R':
      reduce();
      break;
    case 0x81: {
      const auto made = pop_many(2);
      push(Node{.kind = Kind::object, .text = node(made[0]).text});
      break;
    }
    case 0x92: {
      const auto made = pop_many(3);
      push(Node{.kind = Kind::object, .text = node(made[0]).text});
      break;
    }
    case 'b': {  // BUILD: an object's state; a dict's is not needed
      const NodeId state = pop();
      if (top().kind == Kind::object) top().items.push_back(state);
      break;
    }
    default:
      return step_values(op);
  }
  return true;
}

// Operations that bring a new value.
bool Machine::step_values(std::uint8_t op) {
  switch (op) {
    case 'N':
      push(Kind::none, {});
      break;
    case 0x88:
      push_number(1);
      break;
    case 0x89:
      push_number(0);
      break;
    case 'J':
      push_number(in_.number<std::int32_t>());
      break;
    case 'K':
      push_number(in_.number<std::uint8_t>());
      break;
    case 'M':
      push_number(in_.number<std::uint16_t>());
      break;
    case 0x8a:
      long1();
      break;
    case 'G':
      in_.take(8);
      push(Node{.kind = Kind::object, .text = "float"});
      break;
    case 'X':
    case 'T':
    case 'B':
      push_text(in_.take(in_.number<std::uint32_t>()));
      break;
    case 0x8c:
    case 'U':
    case 'C':
      push_text(in_.take(in_.number<std::uint8_t>()));
      break;
    case 0x8d:
    case 0x8e:
    case 0x96:
      push_text(in_.take(in_.number<std::uint64_t>()));
      break;
    case '}':
      push(Kind::dict, {});
      break;
    case ']':
      push(Kind::list, {});
      break;
    case ')':
      push(Kind::tuple, {});
      break;
    case 0x8f:
      push(Node{.kind = Kind::object, .text = "set"});
      break;
    case 0x91:
      pop_to_mark();
      push(Node{.kind = Kind::object, .text = "frozenset"});
      break;
    case 'c': {
      const std::string module(in_.until('\n'));
      push(Node{.kind = Kind::global, .text = module + "." + std::string(in_.until('\n'))});
      break;
    }
    case 0x93: {
      const auto names = pop_many(2);
      // The result may be a name again: a few bytes that double it over and over would fill the memory.
      if (node(names[0]).text.size() + node(names[1]).text.size() > kLongestName) damaged("a name without end");
      push(Node{.kind = Kind::global, .text = node(names[0]).text + "." + node(names[1]).text});
      break;
    }
    default:
      damaged("operation " + std::to_string(op) + " is not one that weights need");
  }
  return true;
}

}  // namespace

Pickle read_pickle(std::string_view bytes, std::size_t at) {
  return Machine(bytes, at).run();
}

}  // namespace radfuse::weights
