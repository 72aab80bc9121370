# SPDX-License-Identifier: Apache-2.0
# Writes the files of tests/oracle/network: a narrow ResNet-18 (4 maps instead of 64, so that it is small) with random
# weights saved by torch.save, an image, and what every endpoint gives for it; and small files in each format of weights.
# Usage: python resnet18_fixture.py FOLDER (needs torch; the committed files were made with 2.13.0, CPU)
import json
import struct
import sys
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn


class Block(nn.Module):
    """torchvision's BasicBlock."""

    def __init__(self, cin, cout, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, cout, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(cout)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(cout)
        self.downsample = None
        if stride != 1 or cin != cout:
            self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x):
        shortcut = x if self.downsample is None else self.downsample(x)
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)) + shortcut)


class ResNet18(nn.Module):
    """torchvision's resnet18 with `width` maps in the first layer; its forward returns the endpoints."""

    def __init__(self, width=64, classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        cin = width
        for i in range(4):
            cout = width << i
            setattr(self, f"layer{i + 1}", nn.Sequential(Block(cin, cout, 1 if i == 0 else 2), Block(cout, cout, 1)))
            cin = cout
        self.fc = nn.Linear(cin, classes)

    def forward(self, x):
        ends = {"stem": self.maxpool(torch.relu(self.bn1(self.conv1(x))))}
        x = ends["stem"]
        for i in range(1, 5):
            x = getattr(self, f"layer{i}")(x)
            ends[f"layer{i}"] = x
        ends["avgpool"] = x.mean((2, 3))
        return ends


def save_safetensors(tensors, path):
    header, at, raw = {}, 0, b""
    for name, tensor in tensors.items():
        raw_type = {torch.bfloat16: torch.int16}.get(tensor.dtype, tensor.dtype)  # numpy has no bfloat16
        data = tensor.contiguous().view(raw_type).numpy().tobytes()
        dtype = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}[tensor.dtype]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [at, at + len(data)]}
        at += len(data)
        raw += data
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + raw)


def main(folder):
    torch.manual_seed(20260101)
    net = ResNet18(width=4, classes=2)
    for m in net.modules():
        if isinstance(m, nn.BatchNorm2d):  # as after training, not as initialised
            m.weight.data.uniform_(0.5, 1.5)
            m.bias.data.normal_(0, 0.3)
            m.running_mean.normal_(0, 0.3)
            m.running_var.uniform_(0.5, 2)
    net.eval()
    torch.save(net.state_dict(), folder / "resnet18_narrow.pth")

    image = torch.rand(1, 1, 64, 64)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    with torch.no_grad():
        ends = net((image.expand(1, 3, 64, 64) - mean) / deviation)
    save_safetensors({"image": image, **ends}, folder / "resnet18_narrow_endpoints.safetensors")

    # Formats. Every file holds the same tensors: a = 0, 1, ... 5 as 2 x 3; b = its transpose (a view); c = 0.5.
    a = torch.arange(6, dtype=torch.float32).view(2, 3)
    state = OrderedDict(a=a, b=a.t(), c=torch.tensor(0.5), count=torch.tensor(7))
    torch.save(state, folder / "format_zip.pth")
    torch.save(state, folder / "format_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save({"epoch": 3, "lr": 0.1, "state_dict": OrderedDict(("module." + k, v) for k, v in state.items())},
               folder / "format_checkpoint.pth")
    torch.save(OrderedDict((k, v.half() if v.is_floating_point() else v) for k, v in state.items()),
               folder / "format_half.pth")
    torch.save(OrderedDict((k, v.bfloat16() if v.is_floating_point() else v) for k, v in state.items()),
               folder / "format_bfloat16.pth")
    torch.save(OrderedDict((k, v.double() if v.is_floating_point() else v) for k, v in state.items()),
               folder / "format_double.pth")
    save_safetensors({"a": a, "b": a.t().half(), "c": torch.tensor(0.5).bfloat16(), "count": torch.tensor(7)},
                     folder / "format.safetensors")
    module = nn.Module()
    module.a, module.b = nn.Parameter(a), nn.Parameter(a.t())
    module.register_buffer("c", torch.tensor(0.5))
    torch.save(module, folder / "format_module.pt")


main(Path(sys.argv[1]))
