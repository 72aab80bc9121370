# SPDX-License-Identifier: Apache-2.0
# Is a file that radfuse-import wrote a sound NIfTI-1 image? An independent look, by the standard's offsets.
import gzip
import math
import struct

KINDS = {2: ("B", 8), 4: ("h", 16), 16: ("f", 32)}


class Image:
    """Size, affine (three rows of four) and voxels, x fastest."""

    def __init__(self, size, affine, voxels):
        self.size, self.affine, self.voxels = size, affine, voxels

    def spacing(self):
        return [math.sqrt(sum(self.affine[row][axis] ** 2 for row in range(3))) for axis in range(3)]

    def same_grid(self, other, tolerance=1e-4):
        return self.size == other.size and all(abs(a - b) <= tolerance for mine, others in zip(self.affine, other.affine)
                                               for a, b in zip(mine, others))


def require(holds, what):
    if not holds:
        raise ValueError(what)


def read(path):
    """Throws ValueError where the file is not sound."""
    raw = gzip.decompress(path.read_bytes())
    require(len(raw) > 352 and struct.unpack_from("<i", raw)[0] == 348 and raw[344:348] == b"n+1\0", "header")
    dim = struct.unpack_from("<8h", raw, 40)
    kind, bits = struct.unpack_from("<2h", raw, 70)
    pixdim = struct.unpack_from("<8f", raw, 76)
    offset, slope, intercept = struct.unpack_from("<3f", raw, 108)
    require(2 <= dim[0] <= 3 and all(n >= 1 for n in dim[1:4]), f"dimensions {dim}")
    require(kind in KINDS and KINDS[kind][1] == bits, f"datatype {kind}, {bits} bits")
    require(slope in (0, 1) and intercept == 0 and offset == 352, "slope, intercept, offset")
    size = tuple(dim[1:4])
    count = size[0] * size[1] * size[2]
    require(len(raw) == 352 + count * bits // 8, f"{len(raw)} bytes for {size} voxels of {bits} bits")
    voxels = struct.unpack_from(f"<{count}{KINDS[kind][0]}", raw, 352)
    require(kind != 16 or all(map(math.isfinite, voxels)), "a voxel is not finite")
    affine = [struct.unpack_from("<4f", raw, 280 + 16 * row) for row in range(3)]
    require(struct.unpack_from("<h", raw, 254)[0] > 0, "no sform")
    require(all(math.isfinite(v) for row in affine for v in row), "the affine is not finite")
    image = Image(size, affine, voxels)
    spacing = image.spacing()
    for axis in range(3):
        require(1e-3 * 0.999 <= spacing[axis] <= 1e2 * 1.001, f"spacing {spacing}")
        require(abs(spacing[axis] - pixdim[1 + axis]) <= 1e-3 * spacing[axis], "pixdim and sform differ")
        for other in range(axis):
            dot = sum(affine[row][axis] * affine[row][other] for row in range(3)) / spacing[axis] / spacing[other]
            require(abs(dot) < 2e-3, f"axes {other} and {axis} are not at right angles")
    return image


def read_mask(path, image):
    mask = read(path)
    require(set(mask.voxels) <= {0, 1}, "a mask has other values than 0 and 1")
    require(1 in mask.voxels, "an empty mask")
    require(mask.same_grid(image), "the mask is not on its image's grid")
    return mask
