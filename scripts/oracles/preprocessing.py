# SPDX-License-Identifier: Apache-2.0
# Writes tests/oracle/raster/preprocessing.csv: what a network sees of a made-up volume (crop, grey scale, antialiased
# resize, masking), by numpy, scipy and PyTorch.
# Usage: python3 preprocessing.py FILE.csv (needs numpy, scipy, torch, Pillow; made with Debian 12's python3-torch)
import math
import sys

import numpy as np
import scipy.ndimage
import torch
import torch.nn.functional as F
from PIL import Image

# Closed formulas, so that the test makes the same volumes; axes z, y, x. The region touches no border, its crops do.
SPACING = (2.5, 0.9, 0.7)


def volume(depth, height, width):
    return np.array(
        [[[100 + 90 * math.sin(0.04 * x * x + 0.3 * y) + 40 * math.cos(0.9 * z + 0.05 * x * y) for x in range(width)]
          for y in range(height)] for z in range(depth)], dtype=np.float32)


def region(depth, height, width):
    z, y, x = np.mgrid[:depth, :height, :width]
    # An ellipsoid about (30, 10, 6) with semi-axes 8, 6, 3 in whole numbers: no rounding decides.
    return (x - 30) ** 2 * 324 + (y - 10) ** 2 * 576 + (z - min(6, depth - 1)) ** 2 * 2304 <= 20736


def window_of(kind, low, high, values):
    if kind == "window":
        return low, high
    if kind == "percentiles":
        return tuple(np.percentile(values.astype(np.float64), [low, high]))
    mean, deviation = values.astype(np.float64).mean(), values.astype(np.float64).std()
    return mean - 3 * deviation, mean + 3 * deviation


def box(mask, axes, margin_mm, margin_fraction):
    """{axis: (first voxel, voxels)} of a square or cube in mm."""
    where = np.nonzero(mask)
    longest = max((where[a].max() - where[a].min() + 1) * SPACING[a] for a in axes)
    coarsest = max(SPACING[a] for a in axes)
    side = math.ceil((longest + 2 * max(margin_mm, margin_fraction * longest)) / coarsest - 1e-9) * coarsest
    sides = {}
    for a in axes:
        count = math.ceil(side / SPACING[a] - 1e-9)
        centre = (where[a].min() + where[a].max() + 1) / 2
        sides[a] = (math.floor(centre - count / 2 + 0.5), count)
    return sides


def cut(array, sides, edge):
    """The box, with its border repeated (edge) or 0 beyond the array."""
    for axis, (first, count) in sides.items():
        before, after = max(0, -first), max(0, first + count - array.shape[axis])
        pads = [(before, after) if a == axis else (0, 0) for a in range(array.ndim)]
        array = np.pad(array, pads, mode="edge") if edge else np.pad(array, pads)
        array = np.take(array, range(first + before, first + before + count), axis)
    return array


def triangle(old, new):
    """Weights of the antialiased linear resize along one axis, new x old."""
    scale = old / new
    support = max(scale, 1.0)
    weights = np.zeros((new, old))
    for i in range(new):
        distance = (np.arange(old) + 0.5 - scale * (i + 0.5)) / support
        weights[i] = np.clip(1 - np.abs(distance), 0, None)
        weights[i] /= weights[i].sum()
    return weights


def resize(image, size):
    if image.ndim == 3:
        for axis in range(3):
            image = np.moveaxis(np.tensordot(triangle(image.shape[axis], size), image, (1, axis)), 0, axis)
        return image
    tensor = torch.from_numpy(image.astype(np.float64))[None, None]
    made = F.interpolate(tensor, size=(size, size), mode="bilinear", align_corners=False, antialias=True)[0, 0].numpy()
    pillow = np.asarray(Image.fromarray(image.astype(np.float32), mode="F").resize((size, size), Image.BILINEAR))
    assert np.abs(made - pillow).max() < 2e-6, np.abs(made - pillow).max()
    return made


def weights(inside, spacing, masking, soft_mm, size):
    """What each pixel is multiplied by."""
    if masking == "soft":
        distance = scipy.ndimage.distance_transform_edt(~inside, sampling=spacing) if inside.any() else np.inf
        fade = np.where(distance < soft_mm, (1 + np.cos(np.pi * np.minimum(distance, soft_mm) / soft_mm)) / 2, 0)
        return resize(np.broadcast_to(fade, inside.shape).astype(np.float32), size)
    return resize(inside.astype(np.float32), size) >= 0.5


def places(mask, slices, count, margin):
    """[(axis across or None, index, sides)]."""
    if slices in ("3d", "three_planes"):
        sides = box(mask, (0, 1, 2), *margin)
        if slices == "3d":
            return [(None, 0, sides)]
        found = []
        for axis in (0, 1, 2):
            areas = mask.sum(tuple(a for a in range(3) if a != axis))
            found.append((axis, int(areas.argmax()), {a: s for a, s in sides.items() if a != axis}))
        return found
    areas = mask.sum((1, 2))
    order = sorted((z for z in range(len(areas)) if areas[z]), key=lambda z: (-areas[z], z))
    chosen = sorted({"all": order, "n_largest": order[:count]}.get(slices, order[:1]))
    used = np.zeros_like(mask)
    for z in ([chosen[0] - 1, chosen[0], chosen[0] + 1] if slices == "2.5d" else chosen):
        if 0 <= z < len(areas):
            used[z] = mask[z]
    sides = box(used, (1, 2), *margin)
    return [(0, z, sides) for z in chosen]


def plane(array, axis, index):
    """A slice of the stack; planes along the third axis with the head (the last slice) at the top."""
    taken = np.take(array, index, axis)
    return taken if axis == 0 else taken[::-1]


def piece(array, place, edge):
    axis, index, sides = place
    if axis is None:
        return cut(array, sides, edge)
    kept = [a for a in range(3) if a != axis]
    flat = cut(np.take(array, index, axis), {kept.index(a): side for a, side in sides.items()}, edge)
    return flat if axis == 0 else flat[::-1]


def see(image, mask, slices, count, margin, masking, soft_mm, grey, size):
    stacks = []  # one list of channels for each image
    for place in places(mask, slices, count, margin):
        axis, index, sides = place
        steps = [-1, 0, 1] if slices == "2.5d" else [0]
        indices = [min(max(index + s, 0), image.shape[0] - 1) if slices == "2.5d" else index for s in steps]
        stacks.append([(piece(image, (axis, i, sides), True), piece(mask, (axis, i, sides), False), axis) for i in indices])
    low, high = window_of(*grey, np.concatenate([c[0].ravel() for channels in stacks for c in channels]))
    images = []
    for channels in stacks:
        made = []
        for crop, inside, axis in channels:
            one = resize(np.clip((crop.astype(np.float64) - low) / (high - low), 0, 1).astype(np.float32), size)
            if masking != "none":
                spacing = SPACING if axis is None else [s for a, s in enumerate(SPACING) if a != axis]
                one = one * weights(inside, spacing, masking, soft_mm, size)
            made.append(one)
        images.append(np.stack(made))
    return images


# name, (depth, height, width), slices, count, margin, masking, soft_mm, grey, size
PERCENTILES, WINDOW, Z = ("percentiles", 0.5, 99.5), ("window", 40.0, 180.0), ("z_score", 0.0, 0.0)
CASES = [
    ("plain", (1, 36, 40), "largest_area", 3, (5, 0.1), "none", 5, PERCENTILES, 24),
    ("larger", (20, 36, 40), "largest_area", 3, (0, 0), "zero", 5, WINDOW, 40),
    ("soft", (20, 36, 40), "largest_area", 3, (6, 0), "soft", 4, Z, 24),
    ("some", (20, 36, 40), "n_largest", 3, (1, 0.5), "none", 5, ("percentiles", 10.0, 90.0), 20),
    ("all", (20, 36, 40), "all", 3, (5, 0.1), "soft", 3, WINDOW, 12),
    ("channels", (20, 36, 40), "2.5d", 3, (5, 0.1), "zero", 5, PERCENTILES, 20),
    ("channels_at_the_border", (7, 36, 40), "2.5d", 3, (5, 0.1), "none", 5, PERCENTILES, 20),
    ("planes", (20, 36, 40), "three_planes", 3, (5, 0.1), "none", 5, PERCENTILES, 20),
    ("soft_planes", (20, 36, 40), "three_planes", 3, (3, 0), "soft", 6, Z, 16),
    ("block", (20, 36, 40), "3d", 3, (5, 0.1), "none", 5, PERCENTILES, 14),
    ("soft_block", (20, 36, 40), "3d", 3, (2, 0), "soft", 6, WINDOW, 12),
]
with open(sys.argv[1], "w", newline="\n") as out:
    out.write(f"# numpy {np.__version__}, torch {torch.__version__}: interpolate(mode='bilinear', antialias=True); blocks: "
              "the same triangle filter by numpy\n")
    out.write("case,depth,height,width,slices,count,margin_mm,margin_fraction,masking,soft_mm,grey,low,high,size,image,values\n")
    for name, shape, slices, count, margin, masking, soft_mm, grey, size in CASES:
        images = see(volume(*shape), region(*shape), slices, count, margin, masking, soft_mm, grey, size)
        for i, image in enumerate(images):
            cells = [name, *shape, slices, count, *margin, masking, soft_mm, *grey, size, i]
            out.write(",".join(map(str, cells)) + "," + " ".join(f"{v:.8f}".rstrip("0").rstrip(".") for v in image.ravel()) + "\n")
