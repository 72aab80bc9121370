# SPDX-License-Identifier: Apache-2.0
# Writes tests/oracle/network/encoder_endpoints.safetensors: what Python's torchvision gives at every end point of every
# encoder. Weights and images follow a formula (drawn), which the test repeats, so that only samples of the end points
# need to be kept: at most 256 values of each, its shape, its mean and its largest absolute value. Networks that
# torchvision does not have (EfficientNet-Lite0, ResNet-20 for CIFAR-10, MedicalNet's ResNets) are written out below.
# Usage: python3 encoder_fixtures.py FILE           (Debian's python3-torchvision: torch 1.13, torchvision 0.14)
#        python3 encoder_fixtures.py --check FILE   compares FILE with fresh values, to 1e-5 of the largest
#        python3 encoder_fixtures.py --torchscript FOLDER   two small TorchScript models beside their answers
#        python3 encoder_fixtures.py --weights NETWORK WEIGHTS OUT [--lukemelas]   pooled end points of a published file
import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

SAMPLES = 256


def fnv1a(text):
    h = 0xCBF29CE484222325
    for c in text.encode():
        h = ((h ^ c) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return h


def drawn(name, shape):
    """Multiples of 2^-23 in [-1, 1): splitmix64 of the name's hash and the index."""
    count = math.prod(shape)
    out = np.empty(count, np.float32)
    with np.errstate(over="ignore"):
        for begin in range(0, count, 1 << 22):
            i = np.arange(begin, min(count, begin + (1 << 22)), dtype=np.uint64)
            z = np.uint64(fnv1a(name)) + (i + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            z ^= z >> np.uint64(31)
            out[begin:begin + len(i)] = (z >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)
    return out.reshape(shape)


def weights_of(name, shape):
    u = drawn(name, shape)
    if name.endswith(("class_token", "pos_embedding", "bias_table")):
        return u * np.float32(0.5)
    if len(shape) >= 2:
        return u * np.float32(math.sqrt(6 * shape[0] / math.prod(shape)))
    if name.endswith(("weight", "running_var")):
        return np.float32(1) + np.float32(0.25) * u
    return np.float32(0.125) * u


def fill(net):
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if tensor.is_floating_point():
                tensor.copy_(torch.from_numpy(weights_of(name, tuple(tensor.shape))))
    return net.eval()


class SamePadding(nn.Conv2d):
    """TensorFlow's SAME padding: what is odd goes to the right and below."""

    def forward(self, x):
        around = []
        for size, k, s in zip(x.shape[:1:-1], self.kernel_size, self.stride):
            total = max(0, (math.ceil(size / s) - 1) * s + k - size)
            around += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, around), self.weight, self.bias, self.stride, 0, 1, self.groups)


def same_pair(cin, cout, k, stride, groups, activation):
    layers = [SamePadding(cin, cout, k, stride, groups=groups, bias=False), nn.BatchNorm2d(cout, eps=1e-3)]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class SqueezeExcite(nn.Module):
    def __init__(self, maps, narrow):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(maps, narrow, 1), nn.Conv2d(narrow, maps, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.silu(self.fc1(x.mean((2, 3), keepdim=True)))))


class TfBlock(nn.Module):
    def __init__(self, cin, cout, expand, k, stride, lite):
        super().__init__()
        act = nn.ReLU6 if lite else nn.SiLU
        wide = cin * expand
        parts = [same_pair(cin, wide, 1, 1, 1, act)] if expand > 1 else []
        parts.append(same_pair(wide, wide, k, stride, wide, act))
        if not lite:
            parts.append(SqueezeExcite(wide, max(1, cin // 4)))
        parts.append(same_pair(wide, cout, 1, 1, 1, None))
        self.block = nn.Sequential(*parts)
        self.shortcut = stride == 1 and cin == cout

    def forward(self, x):
        return self.block(x) + x if self.shortcut else self.block(x)


class TfEfficientNet(nn.Module):
    """EfficientNet-B0 and Lite0 as ported from TensorFlow (lukemelas' EfficientNet-PyTorch), torchvision's names."""

    def __init__(self, lite):
        super().__init__()
        act = nn.ReLU6 if lite else nn.SiLU
        stages = [same_pair(3, 32, 3, 2, 1, act)]
        cin = 32
        for expand, k, stride, cout, n in ((1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3),
                                           (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1)):
            blocks = []
            for i in range(n):
                blocks.append(TfBlock(cin, cout, expand, k, stride if i == 0 else 1, lite))
                cin = cout
            stages.append(nn.Sequential(*blocks))
        stages.append(same_pair(cin, 1280, 1, 1, 1, act))
        self.features = nn.Sequential(*stages)
        self.classifier = nn.Sequential(nn.Dropout(), nn.Linear(1280, 1000))

    def forward(self, x):
        return self.classifier(self.features(x).mean((2, 3)))


class CifarBlock(nn.Module):
    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)
        self.conv2, self.bn2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout)
        self.cin, self.cout, self.stride = cin, cout, stride

    def forward(self, x):
        shortcut = x
        if self.stride > 1 or self.cin != self.cout:
            quarter = self.cout // 4
            shortcut = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter))
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))) + shortcut)


class CifarResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.relu = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()
        for i in range(3):
            first = CifarBlock(max(16, 8 << i), 16 << i, 1 if i == 0 else 2)
            rest = [CifarBlock(16 << i, 16 << i, 1) for _ in range(2)]
            setattr(self, f"layer{i + 1}", nn.Sequential(first, *rest))
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(self.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


class Block3d(nn.Module):
    """MedicalNet's blocks. Shortcut A: every second value, maps of 0 appended; B: a convolution and a norm."""

    def __init__(self, cin, maps, stride, dilation, bottleneck, shortcut):
        super().__init__()
        self.bottleneck, self.stride = bottleneck, stride
        self.cout = maps * (4 if bottleneck else 1)
        if bottleneck:
            self.conv1 = nn.Conv3d(cin, maps, 1, bias=False)
            self.conv2 = nn.Conv3d(maps, maps, 3, stride, dilation, dilation, bias=False)
            self.conv3, self.bn3 = nn.Conv3d(maps, self.cout, 1, bias=False), nn.BatchNorm3d(self.cout)
        else:
            self.conv1 = nn.Conv3d(cin, maps, 3, stride, dilation, dilation, bias=False)
            self.conv2 = nn.Conv3d(maps, maps, 3, 1, dilation, dilation, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm3d(maps), nn.BatchNorm3d(maps)
        self.changes = stride != 1 or cin != self.cout
        if self.changes and shortcut == "B":
            self.downsample = nn.Sequential(nn.Conv3d(cin, self.cout, 1, stride, bias=False),
                                            nn.BatchNorm3d(self.cout))
        else:
            self.downsample = None

    def forward(self, x):
        shortcut = x
        if self.downsample is not None:
            shortcut = self.downsample(x)
        elif self.changes:
            small = F.avg_pool3d(x, 1, self.stride)
            zeros = torch.zeros(small.shape[0], self.cout - small.shape[1], *small.shape[2:])
            shortcut = torch.cat([small, zeros], 1)
        x = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.bottleneck:
            x = self.bn3(self.conv3(F.relu(x)))
        return F.relu(x + shortcut)


class ResNet3d(nn.Module):
    def __init__(self, blocks, bottleneck, shortcut):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv3d(1, 64, 7, 2, 3, bias=False), nn.BatchNorm3d(64)
        self.relu, self.maxpool = nn.ReLU(), nn.MaxPool3d(3, 2, 1)
        cin = 64
        for i, (n, stride, dilation) in enumerate(zip(blocks, (1, 2, 1, 1), (1, 1, 2, 4))):
            layer = []
            for b in range(n):
                layer.append(Block3d(cin, 64 << i, stride if b == 0 else 1, dilation, bottleneck, shortcut))
                cin = layer[-1].cout
            setattr(self, f"layer{i + 1}", nn.Sequential(*layer))

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


def layers(count, stem):
    return {"stem": stem, **{f"layer{i}": f"layer{i}" for i in range(1, count + 1)}}


INVERTED = {"stem": "features.0", **{f"stage{i}": f"features.{i}" for i in range(1, 8)}, "features": "features.8"}
MOBILE = {"stem": "features.0",
          **{f"stage{i + 1}": f"features.{n}" for i, n in enumerate((1, 3, 6, 10, 13, 16, 17))},
          "features": "features.18"}
DENSE = {"stem": "features.pool0", **{f"denseblock{i}": f"features.denseblock{i}" for i in range(1, 5)},
         "features": "features.norm5"}
SQUEEZE = {"stem": "features.2",
           **{f"fire{i + 2}": f"features.{n}" for i, n in enumerate((3, 4, 5, 7, 8, 9, 10, 12))}}
VGG = {**{f"block{i + 1}": f"features.{n}" for i, n in enumerate((4, 9, 16, 23, 30))},
       "fc6": "classifier.1", "fc7": "classifier.4"}
VIT = {"stem": "conv_proj", **{f"block{i + 1}": f"encoder.layers.encoder_layer_{i}" for i in range(12)},
       "class_token": "encoder.ln"}
SWIN = {"stem": "features.0", **{f"stage{i}": f"features.{2 * i - 1}" for i in range(1, 5)}, "features": "norm"}

V = torchvision.models
FLAT, DEEP = (1, 3, 67, 80), (1, 1, 24, 32, 40)
NETWORKS = {
    "resnet18": (V.resnet18, layers(4, "maxpool"), FLAT),
    "resnet34": (V.resnet34, layers(4, "maxpool"), FLAT),
    "resnet50": (V.resnet50, layers(4, "maxpool"), FLAT),
    "resnet101": (V.resnet101, layers(4, "maxpool"), FLAT),
    "densenet121": (V.densenet121, DENSE, FLAT),
    "efficientnet_b0": (V.efficientnet_b0, INVERTED, FLAT),
    "efficientnet_b0_tensorflow": (lambda: TfEfficientNet(False), INVERTED, FLAT),
    "efficientnet_lite0": (lambda: TfEfficientNet(True), INVERTED, FLAT),
    "squeezenet1_0": (V.squeezenet1_0, SQUEEZE, FLAT),
    "vgg16": (V.vgg16, VGG, FLAT),
    "mobilenet_v2": (V.mobilenet_v2, MOBILE, FLAT),
    "vit_b_16": (V.vit_b_16, VIT, (1, 3, 224, 224)),
    "swin_t": (V.swin_t, SWIN, FLAT),
    "resnet20_cifar": (CifarResNet20, layers(3, "relu"), (1, 3, 32, 40)),
    "resnet10_3d": (lambda: ResNet3d((1, 1, 1, 1), False, "B"), layers(4, "maxpool"), DEEP),
    "resnet18_3d": (lambda: ResNet3d((2, 2, 2, 2), False, "A"), layers(4, "maxpool"), DEEP),
    "resnet18_3d_projected": (lambda: ResNet3d((2, 2, 2, 2), False, "B"), layers(4, "maxpool"), DEEP),
    "resnet34_3d": (lambda: ResNet3d((3, 4, 6, 3), False, "A"), layers(4, "maxpool"), DEEP),
    "resnet50_3d": (lambda: ResNet3d((3, 4, 6, 3), True, "B"), layers(4, "maxpool"), DEEP),
}


def as_maps(network, point, x):
    """The end point as Radfuse gives it, from what the module gives."""
    if network == "densenet121" and point == "features":
        return F.relu(x)
    if network == "swin_t":
        return x.permute(0, 3, 1, 2)
    if network == "vit_b_16" and point.startswith("block"):
        return x[:, 1:].transpose(1, 2).reshape(1, 768, 14, 14)
    if network == "vit_b_16" and point == "class_token":
        return x[:, 0]
    return x


def end_points(network, net, points, image):
    found, modules = {}, dict(net.named_modules())
    hooks = [modules[path].register_forward_hook(
        lambda _m, _i, out, point=point: found.__setitem__(point, as_maps(network, point, out.clone())))
        for point, path in points.items()]
    with torch.no_grad():
        out = net(image)
    for hook in hooks:
        hook.remove()
    if "3d" not in network:
        found["logits"] = out
    return found


def sampled(values):
    flat = values.contiguous().flatten().numpy()
    n = min(SAMPLES, flat.size)
    index = np.arange(n, dtype=np.int64) * flat.size // n
    return flat[index]


def all_fixtures():
    torch.set_num_threads(1)
    tensors = {}
    for network, (make, points, shape) in NETWORKS.items():
        print(network, flush=True)
        found = end_points(network, fill(make()), points, torch.from_numpy(drawn("image", shape)))
        for point, values in found.items():
            key = f"{network}/{point}"
            wide = values.double()
            tensors[key] = sampled(values)
            tensors[key + "/shape"] = np.array(values.shape, np.float32)
            tensors[key + "/summary"] = np.array([wide.mean(), wide.abs().max()], np.float32)
    return tensors


def save_safetensors(tensors, path):
    header, at, raw = {}, 0, b""
    for name, values in tensors.items():
        data = np.ascontiguousarray(values, np.float32).tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + len(data)]}
        at += len(data)
        raw += data
    text = json.dumps(header, separators=(",", ":")).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + raw)


def read_safetensors(path):
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    header, data = json.loads(raw[8:8 + length]), raw[8 + length:]
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], np.float32).reshape(entry["shape"])
            for name, entry in header.items()}


def check(path):
    committed, fresh, worst = read_safetensors(path), all_fixtures(), 0
    if committed.keys() != fresh.keys():
        sys.exit("the file has other end points: " + ", ".join(sorted(committed.keys() ^ fresh.keys())[:5]))
    for key, values in fresh.items():
        if key.endswith("/shape"):
            if not np.array_equal(values, committed[key]):
                sys.exit(key + " differs")
            continue
        most = fresh[key.removesuffix("/summary") + "/summary"][1]
        worst = max(worst, float(np.abs(values - committed[key]).max() / most))
    print(f"largest difference {worst:.1e} of the largest value")
    if worst > 1e-5:
        sys.exit("the committed file is not what this version gives")


LUKEMELAS_BLOCKS = (1, 2, 2, 3, 3, 4, 1)


def from_lukemelas(state):
    """EfficientNet-PyTorch's names to torchvision's, written independently of the C++ table."""
    place = [(s, i) for s, n in enumerate(LUKEMELAS_BLOCKS) for i in range(n)]
    out = {}
    for name, tensor in state.items():
        parts = name.split(".")
        if parts[0] == "_blocks":
            stage, i = place[int(parts[1])]
            first = 0 if stage == 0 else 1
            where = {"_expand_conv": "0.0", "_bn0": "0.1", "_depthwise_conv": f"{first}.0", "_bn1": f"{first}.1",
                     "_project_conv": f"{first + 1}.0", "_bn2": f"{first + 1}.1"}[parts[2]]
            out[f"features.{stage + 1}.{i}.block.{where}.{parts[3]}"] = tensor
        else:
            where = {"_conv_stem": "features.0.0", "_bn0": "features.0.1", "_conv_head": "features.8.0",
                     "_bn1": "features.8.1", "_fc": "classifier.1"}[parts[0]]
            out[f"{where}.{parts[1]}"] = tensor
    return out


def real(network, path, lukemelas, out):
    """Mean of each map at each end point of a published file, for the drawn image with values from 0 to 1."""
    state = torch.load(path, map_location="cpu")
    state = state.get("state_dict", state)
    state = {k.removeprefix("module."): v for k, v in state.items()}
    make, points, shape = NETWORKS[network]
    net = make()
    net.load_state_dict(from_lukemelas(state) if lukemelas else state)
    image = (torch.from_numpy(drawn("image", shape)) + 1) / 2
    found = end_points(network, net.eval(), points, image)
    pooled = {k: v.flatten(2).mean(2)[0] if v.dim() > 2 else v[0] for k, v in found.items()}
    save_safetensors({k: v.numpy() for k, v in pooled.items()}, Path(out))


def torchscript(folder):
    """A small TorchScript model of vectors, one of maps, and what they give for the drawn image."""
    vector = fill(nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()))
    maps = fill(nn.Sequential(nn.Conv2d(1, 4, 3, 2), nn.ReLU()))
    image = (torch.from_numpy(drawn("image", (1, 3, 24, 20))) + 1) / 2
    for name, net, x in (("vector", vector, image), ("maps", maps, image[:, :1])):
        torch.jit.script(net).save(str(folder / f"torchscript_{name}.pt"))
        with torch.no_grad():
            save_safetensors({"output": net(x).numpy()}, folder / f"torchscript_{name}.safetensors")


if __name__ == "__main__":
    if sys.argv[1] == "--torchscript":
        torchscript(Path(sys.argv[2]))
    elif sys.argv[1] == "--check":
        check(Path(sys.argv[2]))
    elif sys.argv[1] == "--weights":
        real(sys.argv[2], sys.argv[3], "--lukemelas" in sys.argv, sys.argv[4])
    else:
        save_safetensors(all_fixtures(), Path(sys.argv[1]))
