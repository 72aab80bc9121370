#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ms for each image of every encoder, Radfuse beside Python PyTorch on the same machine in the same run.

    scripts/bench/encoders_compare.py --bench build/release/bin/radfuse-bench-encoders [--threads 1] [--images 16]

Both take one grey image of 224 x 224 pixels at a time (blocks of 64 x 64 x 64), normalise it, and give the mean of each
of the last maps. Python: torchvision's networks (Debian: apt-get install python3-torchvision) in evaluation mode under
torch.inference_mode, torch.set_num_threads(threads), and OPENBLAS_NUM_THREADS likewise: OpenBLAS has threads of its own,
which matrix products would use beside. Radfuse: as many images at the same time as there are threads. The two take
turns, three rounds; the least counts. GFLOP/s comes from the multiplications that torch counts in convolutions and linear
layers; the ceiling is what one core can multiply and add in registers (AVX2), measured before each network; ratio and
share are of the least times and the largest ceiling of the rounds.
"""
import argparse
import importlib.util
import os
import pathlib
import subprocess
import sys
import time

if "OPENBLAS_NUM_THREADS" not in os.environ:  # read when OpenBLAS is loaded
    count = sys.argv[sys.argv.index("--threads") + 1] if "--threads" in sys.argv[:-1] else "1"
    os.environ["OPENBLAS_NUM_THREADS"] = count

import torch  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("fixtures", HERE.parent / "oracles" / "encoder_fixtures.py")
fixtures = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fixtures)

NAMES = [n for n in fixtures.NETWORKS if not n.endswith(("_tensorflow", "_projected"))]


def size_of(name):
    return (1, 1, 64, 64, 64) if name.endswith("_3d") else (1, 1, 32, 32) if "cifar" in name else (1, 1, 224, 224)


def network(name):
    net = fixtures.NETWORKS[name][0]().eval()
    if name.endswith("_3d"):
        return net
    for last in ("fc", "classifier", "linear", "head", "heads"):
        if hasattr(net, last):
            setattr(net, last, torch.nn.Identity())
    return net


def flops_of(net, x):
    """2 x multiplications of one image, in convolutions and linear layers."""
    total = [0]

    def count(module, _inputs, out):
        if isinstance(module, torch.nn.Linear):
            total[0] += 2 * out.numel() * module.in_features
        else:
            total[0] += 2 * out.numel() * module.weight[0].numel()
    kinds = (torch.nn.Linear, torch.nn.Conv2d, torch.nn.Conv3d)
    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, kinds)]
    with torch.inference_mode():
        net(x)
    for hook in hooks:
        hook.remove()
    return total[0]


def python_ms(name, net, images):
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    begin = time.perf_counter()
    with torch.inference_mode():
        for image in images:
            if image.dim() == 5:
                x = net((image - image.mean()) / image.std())
            else:
                x = net((image.expand(-1, 3, -1, -1) - mean) / deviation)
            (x.flatten(2).mean(2) if x.dim() > 2 else x).numpy().tolist()
    return 1000 * (time.perf_counter() - begin) / len(images)


def radfuse_ms(bench, name, threads, images):
    out = subprocess.run([bench, str(threads), str(images), name], capture_output=True, text=True, check=True).stdout
    return float(out.splitlines()[1].split(",")[2])


def ceiling(bench):
    return float(subprocess.run([bench, "ceiling"], capture_output=True, text=True, check=True).stdout.splitlines()[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--images", type=int, default=16)
    parser.add_argument("--networks", nargs="+", default=NAMES)
    options = parser.parse_args()
    threads = options.threads
    torch.set_num_threads(threads)
    print("network,threads,radfuse_ms,python_ms,ratio,gflop,radfuse_gflop_per_s,ceiling_gflop_per_s,share")
    for name in options.networks:
        net = network(name)
        shape = size_of(name)
        images = [torch.rand(shape) for _ in range(options.images)]
        colours = images[0] if len(shape) == 5 else images[0].expand(-1, 3, -1, -1)
        gflop = flops_of(net, colours) / 1e9
        python_ms(name, net, images[:2])
        theirs, ours, ceilings = [], [], []
        for _ in range(3):
            ceilings.append(threads * ceiling(options.bench))
            theirs.append(python_ms(name, net, images))
            ours.append(radfuse_ms(options.bench, name, threads, options.images))
        a, b, top = min(ours), min(theirs), max(ceilings)
        rate = gflop / a * 1000
        print(f"{name},{threads},{a:.1f},{b:.1f},{a / b:.2f},{gflop:.2f},{rate:.0f},{top:.0f},{rate / top:.2f}", flush=True)


if __name__ == "__main__":
    main()
