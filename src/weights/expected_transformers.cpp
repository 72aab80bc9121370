// SPDX-License-Identifier: Apache-2.0
// The tensors of ViT-B/16 and Swin-T.
#include "tensor_list.hpp"

namespace radfuse::weights {
namespace {

void add_mlp(TensorList& list, const std::string& name, std::int64_t width) {
  list.linear(name + ".mlp.0", 4 * width, width);
  list.linear(name + ".mlp.3", width, 4 * width);
}

}  // namespace

std::vector<Expected> expected_vit(const Variant& variant) {
  constexpr std::int64_t kWidth = 768, kPlaces = 14 * 14;
  TensorList list;
  list.tensor("class_token", {1, 1, kWidth});
  list.conv("conv_proj", kWidth, variant.channels, 16, true);
  list.tensor("encoder.pos_embedding", {1, kPlaces + 1, kWidth});
  for (int i = 0; i < 12; ++i) {
    const std::string name = "encoder.layers.encoder_layer_" + std::to_string(i);
    list.layer_norm(name + ".ln_1", kWidth);
    list.tensor(name + ".self_attention.in_proj_weight", {3 * kWidth, kWidth});
    list.tensor(name + ".self_attention.in_proj_bias", {3 * kWidth});
    list.linear(name + ".self_attention.out_proj", kWidth, kWidth);
    list.layer_norm(name + ".ln_2", kWidth);
    add_mlp(list, name, kWidth);
  }
  list.layer_norm("encoder.ln", kWidth);
  if (variant.classes > 0) list.linear("heads.head", variant.classes, kWidth);
  return std::move(list).take();
}

std::vector<Expected> expected_swin(const Variant& variant) {
  constexpr int kBlocks[] = {2, 2, 6, 2};
  constexpr std::int64_t kHeadWidth = 32, kTable = 13 * 13;  // offsets between two places of a 7 x 7 window
  std::int64_t width = variant.width > 0 ? variant.width : 96;
  TensorList list;
  list.conv("features.0.0", width, variant.channels, 4, true);
  list.layer_norm("features.0.2", width);
  for (int stage = 0; stage < 4; ++stage) {
    for (int i = 0; i < kBlocks[stage]; ++i) {
      const std::string name = "features." + std::to_string(2 * stage + 1) + "." + std::to_string(i);
      list.layer_norm(name + ".norm1", width);
      list.tensor(name + ".attn.relative_position_bias_table", {kTable, width / kHeadWidth});
      list.linear(name + ".attn.qkv", 3 * width, width);
      list.linear(name + ".attn.proj", width, width);
      list.layer_norm(name + ".norm2", width);
      add_mlp(list, name, width);
    }
    if (stage == 3) break;
    const std::string name = "features." + std::to_string(2 * stage + 2);
    list.layer_norm(name + ".norm", 4 * width);
    list.linear(name + ".reduction", 2 * width, 4 * width, false);
    width *= 2;
  }
  list.layer_norm("norm", width);
  if (variant.classes > 0) list.linear("head", variant.classes, width);
  return std::move(list).take();
}

}  // namespace radfuse::weights
