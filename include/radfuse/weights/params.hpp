// SPDX-License-Identifier: Apache-2.0
// The encoders by name, and where an encoder's weights come from.
#pragma once

#include <string>

#include "radfuse/base/fields.hpp"

namespace radfuse {

enum class Architecture {
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  densenet121,
  efficientnet_b0,
  efficientnet_lite0,
  squeezenet1_0,
  vgg16,
  mobilenet_v2,
  vit_b_16,
  swin_t,
  resnet20_cifar,
  resnet10_3d,
  resnet18_3d,
  resnet34_3d,
  resnet50_3d,
};
inline constexpr Named<Architecture> kArchitectures[] = {
    {"resnet18", Architecture::resnet18, "ResNet-18 (He et al. 2016)"},
    {"resnet34", Architecture::resnet34, "ResNet-34"},
    {"resnet50", Architecture::resnet50, "ResNet-50"},
    {"resnet101", Architecture::resnet101, "ResNet-101"},
    {"densenet121", Architecture::densenet121, "DenseNet-121 (Huang et al. 2017)"},
    {"efficientnet_b0", Architecture::efficientnet_b0, "EfficientNet-B0 (Tan and Le 2019)"},
    {"efficientnet_lite0", Architecture::efficientnet_lite0, "EfficientNet-Lite0: B0 without squeeze and excitation"},
    {"squeezenet1_0", Architecture::squeezenet1_0, "SqueezeNet 1.0 (Iandola et al. 2016)"},
    {"vgg16", Architecture::vgg16, "VGG-16 (Simonyan and Zisserman 2015)"},
    {"mobilenet_v2", Architecture::mobilenet_v2, "MobileNetV2 (Sandler et al. 2018)"},
    {"vit_b_16", Architecture::vit_b_16, "Vision Transformer B/16 (Dosovitskiy et al. 2021)"},
    {"swin_t", Architecture::swin_t, "Swin Transformer, tiny (Liu et al. 2021)"},
    {"resnet20_cifar", Architecture::resnet20_cifar, "ResNet-20 for images of 32 x 32 (He et al. 2016, section 4.2)"},
    {"resnet10_3d", Architecture::resnet10_3d, "3-D ResNet-10 as MedicalNet's (Chen et al. 2019)"},
    {"resnet18_3d", Architecture::resnet18_3d, "3-D ResNet-18 as MedicalNet's"},
    {"resnet34_3d", Architecture::resnet34_3d, "3-D ResNet-34 as MedicalNet's"},
    {"resnet50_3d", Architecture::resnet50_3d, "3-D ResNet-50 as MedicalNet's"},
};

struct WeightsParams {
  std::string file;
  std::string sha256;
};
inline void bind(Fields& f, WeightsParams& p) {
  f.field("file", p.file, "PyTorch state dict (.pth, .pt, .th) or .safetensors, relative to the study file",
          Need::required);
  f.field("sha256", p.sha256, "SHA-256 of that file (64 hexadecimal digits); the program refuses any other file",
          Need::required);
  f.require(p.sha256.empty() || p.sha256.size() == 64, "sha256", "must have 64 hexadecimal digits");
}

}  // namespace radfuse
