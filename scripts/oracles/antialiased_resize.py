# SPDX-License-Identifier: Apache-2.0
# Writes tests/oracle/raster/antialiased_resize.csv: PyTorch's antialiased bilinear resize of a 19 x 27 image.
# Usage: python antialiased_resize.py FILE.csv (needs torch; the committed file was made with 2.13.0, CPU)
import math
import sys

import torch
import torch.nn.functional as F

# A closed formula, so that the test makes the same input: chirp in both directions.
H, W = 19, 27
image = torch.tensor(
    [[0.5 + 0.45 * math.sin(0.05 * x * x + 0.3 * y) for x in range(W)] for y in range(H)], dtype=torch.float32
).double()  # float32 input, double arithmetic: PyTorch's own float32 weights are off by up to 1e-6
with open(sys.argv[1], "w", newline="\n") as out:
    out.write(f"# torch {torch.__version__}; interpolate(mode='bilinear', align_corners=False, antialias=True)\n")
    out.write("height,width,row,column,value\n")
    for h, w in [(8, 8), (31, 40), (7, 40), (19, 5), (1, 1)]:
        y = F.interpolate(image[None, None], size=(h, w), mode="bilinear", align_corners=False, antialias=True)[0, 0]
        for r in range(h):
            for c in range(w):
                out.write(f"{h},{w},{r},{c},{y[r, c].item():.9g}\n")
