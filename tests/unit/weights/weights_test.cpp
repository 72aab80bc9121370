// SPDX-License-Identifier: Apache-2.0
// safetensors there and back, matching by name and shape, and hostile bytes: an Error each time, never a crash.
#include "radfuse/weights/weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/rng.hpp"

namespace radfuse::weights {
namespace {

StateDict small() {
  StateDict weights;
  weights.tensors = {{"module.b", {2, 2}, {1, -2.5F, 3, 4}}, {"module.a", {3}, {0.1F, 0, 7}}};
  weights.metadata = {{"network", "test"}};
  return weights;
}

TEST(Safetensors, ComesBackAndGivesTheSameBytes) {
  const std::string bytes = to_safetensors(small());
  const StateDict back = parse_weights(bytes);
  ASSERT_EQ(back.tensors.size(), 2U);
  EXPECT_EQ(back.tensors[0].name, "module.b");
  EXPECT_THAT(back.tensors[0].shape, testing::ElementsAre(2, 2));
  EXPECT_THAT(back.tensors[0].values, testing::ElementsAre(1, -2.5F, 3, 4));
  EXPECT_EQ(to_safetensors(back), bytes);
}

TEST(Safetensors, RefusesHolesOverlapsAndTrailingData) {
  const auto file = [](const std::string& header, std::size_t data) {
    std::string bytes(8, '\0');
    bytes[0] = static_cast<char>(header.size());
    return bytes + header + std::string(data, '\0');
  };
  EXPECT_NO_THROW(parse_weights(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4)));
  EXPECT_THROW(parse_weights(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 8)), InputError);
  EXPECT_THROW(parse_weights(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8)), InputError);
  EXPECT_THROW(parse_weights(file(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4)), InputError);
  EXPECT_THROW(parse_weights(file(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4)), InputError);
  EXPECT_THROW(parse_weights(file(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4)), InputError);
  EXPECT_THROW(parse_weights(file(R"({"a":{"dtype":"F32"}})", 0)), InputError);
  EXPECT_THROW(parse_weights(file(R"({"a":)", 0)), InputError);
}

TEST(StripPrefixes, OnlyThoseThatAllTensorsShare) {
  StateDict weights = small();
  strip_prefixes(weights);
  EXPECT_EQ(weights.tensors[0].name, "b");
  weights.tensors[0].name = "module.b";
  strip_prefixes(weights);
  EXPECT_EQ(weights.tensors[0].name, "module.b");
}

TEST(Match, ListsEveryKeyThatDoesNotFit) {
  const StateDict weights = small();
  const std::vector<Expected> right{{"module.a", {3}}, {"module.b", {2, 2}}};
  EXPECT_EQ(match(weights, right)[0]->values[2], 7);
  const std::vector<Expected> wrong{{"module.a", {4}}, {"conv1.weight", {2, 2}}};
  try {
    match(weights, wrong);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("module.a has shape (3) instead of (4)"));
    EXPECT_THAT(error.what(), testing::HasSubstr("conv1.weight is missing"));
  }
}

TEST(ReadWeights, RefusesAFileWithAnotherHash) {
  const auto file = std::filesystem::path(testing::TempDir()) / "radfuse_weights_test.safetensors";
  write_file(file, to_safetensors(small()));
  EXPECT_THROW(read_weights(file, std::string(64, '0')), InputError);
  EXPECT_THROW(read_weights(file, ""), InputError);
  EXPECT_EQ(read_weights(file).tensors.size(), 2U);
  std::filesystem::remove(file);
  EXPECT_THROW(read_weights(file), InputError);
}

// Reads damaged bytes; the only thing that may come out is an Error (or nothing, when the damage is in a value).
void survive(const std::string& bytes) {
  try {
    parse_weights(bytes);
  } catch (const Error&) {
  }
}

class HostileWeights : public testing::TestWithParam<const char*> {
 protected:
  std::string bytes() const { return read_file(std::string(RADFUSE_SOURCE_DIR "/tests/oracle/weights/") + GetParam()); }
};

TEST_P(HostileWeights, EveryTruncationIsAnError) {
  const std::string whole = bytes();
  ASSERT_NO_THROW(parse_weights(whole));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    try {
      parse_weights(whole.substr(0, n));
      // A zip file's comment length may be cut off without losing an entry; nothing else may.
      EXPECT_GE(n + 22, whole.size()) << "of " << whole.size();
    } catch (const Error&) {
    }
  }
}

TEST_P(HostileWeights, MutationsNeverEscape) {
  const std::string whole = bytes();
  for (std::uint64_t i = 0; i < 20000; ++i) {
    Rng rng(1, GetParam(), i);
    std::string damaged = whole;
    for (std::uint64_t k = 0; k <= rng.below(4); ++k)
      damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(3) == 0 ? 0xff : rng.below(256));
    survive(damaged);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, HostileWeights,
                         testing::Values("format_zip.pth", "format_legacy.pth", "format_checkpoint.pth",
                                         "format.safetensors", "format_module.pt"),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name)
                             if (c == '.') c = '_';
                           return name;
                         });

TEST(HostileWeightsByHand, RefusesWhatIsNoWeightsFile) {
  EXPECT_THROW(parse_weights(""), InputError);
  EXPECT_THROW(parse_weights("hello"), InputError);
  EXPECT_THROW(parse_weights(std::string("PK\3\4", 4) + std::string(100, 'x')), InputError);
  EXPECT_THROW(parse_weights(std::string(8, '\xff') + "{}"), InputError);
}

}  // namespace
}  // namespace radfuse::weights
