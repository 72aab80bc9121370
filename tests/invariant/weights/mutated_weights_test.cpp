// SPDX-License-Identifier: Apache-2.0
// 5,000 damaged weight files. With the SHA-256 that a study names, each is refused. Without it (radfuse weights), what
// is read is whole: every tensor has as many finite-sized values as its shape says, a network gets all of its tensors
// or an error, and no more memory is asked for than a small multiple of the file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/rng.hpp"
#include "radfuse/weights/architectures.hpp"
#include "radfuse/weights/inspect.hpp"
#include "reference_data.hpp"

namespace {

// The largest block asked for since it was set to 0.
thread_local std::size_t largest_block = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  largest_block = std::max(largest_block, size);
  if (void* found = std::malloc(size == 0 ? 1 : size)) return found;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}

namespace radfuse::weights {
namespace {

const std::string kFolder = RADFUSE_SOURCE_DIR "/tests/oracle/";
constexpr const char* kFiles[] = {"weights/format_zip.pth",      "weights/format_legacy.pth",
                                  "weights/format_half.pth",     "weights/format_checkpoint.pth",
                                  "weights/format_module.pt",    "weights/format.safetensors",
                                  "weights/format_double.pth",   "network/resnet18_narrow.pth",
                                  "weights/format_bfloat16.pth", "network/resnet20_cifar_pooled.safetensors"};
constexpr std::uint64_t kTrials = 500;  // of each file

// One to four wounds: a byte, a run of bytes, a cut, a repetition, two stretches exchanged, a number made huge.
std::string damaged(const std::string& whole, Rng& rng) {
  std::string bytes = whole;
  for (std::uint64_t wound = 0; wound <= rng.below(4) && bytes.size() > 16; ++wound) {
    const std::size_t at = rng.below(bytes.size()),
                      length = 1 + rng.below(std::min<std::size_t>(64, bytes.size() - at));
    switch (rng.below(7)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << rng.below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(rng.below(256));
        break;
      case 2:
        bytes.resize(at);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 4:
        bytes.erase(at, length);
        break;
      case 5:
        std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), std::min<std::size_t>(8, bytes.size() - at),
                    static_cast<char>(rng.below(2) == 0 ? 0xff : 0x7f));
        break;
      default: {
        const std::size_t other = rng.below(bytes.size() - length + 1), first = std::min(at, bytes.size() - length);
        const std::string kept = bytes.substr(first, length);
        bytes.replace(first, length, bytes.substr(other, length));
        bytes.replace(other, length, kept);
      }
    }
  }
  return bytes;
}

std::uint64_t product(const std::vector<std::int64_t>& shape) {
  std::uint64_t count = 1;
  for (const std::int64_t n : shape) count *= static_cast<std::uint64_t>(n);
  return count;
}

std::vector<Expected> shapes_of(const StateDict& weights) {
  std::vector<Expected> all;
  for (const NamedTensor& tensor : weights.tensors) all.push_back({tensor.name, tensor.shape});
  return all;
}

// All of the network's tensors in their shapes, or an InputError that names what is wrong.
void expect_all_or_nothing(const StateDict& weights, const std::vector<Expected>& expected) {
  try {
    const auto found = match(weights, expected);
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_NE(found[i], nullptr);
      EXPECT_EQ(found[i]->shape, expected[i].shape);
      EXPECT_EQ(found[i]->values.size(), product(expected[i].shape));
    }
  } catch (const InputError& error) {
    EXPECT_GT(std::string(error.what()).size(), 20U);
  }
}

void refused_or_whole(const std::filesystem::path& source, std::uint64_t trials) {
  const std::string whole = read_file(source);
  const StateDict undamaged = parse_weights(whole);
  const std::vector<Expected> expected = shapes_of(undamaged);
  const std::string hash = sha256(whole);
  const auto file = std::filesystem::path(testing::TempDir()) / "radfuse_mutated_weights";
  std::size_t refused = 0, read = 0;
  for (std::uint64_t trial = 0; trial < trials; ++trial) {
    Rng rng(7, source.filename().string(), trial);
    const std::string bytes = damaged(whole, rng);
    if (bytes == whole) continue;
    if (trial % 10 == 0) {  // the way of a study, through the disk
      write_file(file, bytes);
      EXPECT_THROW(read_weights(file, hash), InputError) << "trial " << trial;
    }
    largest_block = 0;
    try {
      std::vector<std::string> types;
      const StateDict found = parse_weights(bytes, types);
      ++read;
      EXPECT_EQ(types.size(), found.tensors.size());
      std::uint64_t values = 0;
      for (const NamedTensor& tensor : found.tensors) {
        ASSERT_EQ(tensor.values.size(), product(tensor.shape)) << "trial " << trial;
        values += tensor.values.size();
      }
      EXPECT_LE(values, bytes.size()) << "trial " << trial;
      expect_all_or_nothing(found, expected);
      best_matches(found);
    } catch (const InputError& error) {
      ++refused;
      EXPECT_GT(std::string(error.what()).size(), 10U) << "trial " << trial;
    }
    // A node of a pickle is some 150 bytes and comes from a byte or two; their array doubles as it grows.
    EXPECT_LE(largest_block, 400 * bytes.size() + (1U << 16)) << "trial " << trial;
  }
  std::filesystem::remove(file);
  EXPECT_GT(refused, 0U);
  testing::Test::RecordProperty("refused", static_cast<int>(refused));
  testing::Test::RecordProperty("read", static_cast<int>(read));
}

class MutatedWeights : public testing::TestWithParam<const char*> {};

TEST_P(MutatedWeights, AreRefusedOrWhole) {
  refused_or_whole(kFolder + GetParam(), kTrials);
}

// Saved on a GPU by a PyTorch of 2018, each tensor by _rebuild_tensor.
TEST(MutatedPublishedWeights, AreRefusedOrWhole) {
  RADFUSE_REFERENCE_DATA_OR_SKIP(data);
  refused_or_whole(data / "weights" / "resnet20-12fca82f.th", 200);
}

INSTANTIATE_TEST_SUITE_P(Files, MutatedWeights, testing::ValuesIn(kFiles), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name)
    if (c == '.' || c == '/') c = '_';
  return name;
});

}  // namespace
}  // namespace radfuse::weights
