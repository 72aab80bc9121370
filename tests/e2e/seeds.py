# SPDX-License-Identifier: Apache-2.0
# Small good files of every form that import reads, written here and not by Radfuse: what the mutation test spoils.
import gzip
import shutil
import struct
import subprocess
import tempfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

import dicom_writer as dicom

SIZE, SPACING = (8, 7, 6), (0.5, 0.75, 2.0)
COUNT = SIZE[0] * SIZE[1] * SIZE[2]
STORED = [3 * i - 400 for i in range(COUNT)]  # every voxel another number, so that a voxel is known by its value
INSIDE = [1 if 2 <= i % 8 < 6 and 2 <= i // 8 % 7 < 5 and 1 <= i // 56 < 4 else 0 for i in range(COUNT)]


@dataclass
class Seed:
    """One good input. `files` by name; the mutation spoils one of `victims`. Between `data` bytes of a victim lie its
    voxels as `code` (struct), to which the program adds `intercept`."""
    name: str
    role: str                                  # "image" or "mask"
    files: dict
    cell: str                                  # what stands in the manifest: a file, or a folder as ""
    victims: list
    data: Optional[tuple] = None
    code: str = "h"
    intercept: float = 0
    unpack: Optional[Callable] = None          # of a compressed file: what is inside, or an exception
    pack: Optional[Callable] = None
    dimension: str = "3d"
    columns: dict = field(default_factory=dict)


def nifti(voxels, code):
    kind, bits = {"h": (4, 16), "f": (16, 32), "B": (2, 8)}[code]
    head = bytearray(352)
    struct.pack_into("<i", head, 0, 348)
    struct.pack_into("<8h", head, 40, 3, *SIZE, 1, 1, 1, 1)
    struct.pack_into("<2h", head, 70, kind, bits)
    struct.pack_into("<8f", head, 76, 1, *SPACING, 0, 0, 0, 0)
    struct.pack_into("<3f", head, 108, 352, 1, 0)
    head[123] = 2
    struct.pack_into("<2h", head, 252, 1, 1)
    struct.pack_into("<6f", head, 256, 0, 0, 1, 0, 0, 0)  # half a turn about z: x and y point to right and front
    for row, (a, b, c) in enumerate([(-SPACING[0], 0, 0), (0, -SPACING[1], 0), (0, 0, SPACING[2])]):
        struct.pack_into("<4f", head, 280 + 16 * row, a, b, c, 0)
    head[344:348] = b"n+1\0"
    return bytes(head) + struct.pack(f"<{COUNT}{code}", *voxels)


def nrrd(voxels, code, encoding="raw"):
    kind = {"h": "short", "B": "uchar"}[code]
    data = struct.pack(f"<{COUNT}{code}", *voxels)
    head = (f"NRRD0004\n# a comment\ntype: {kind}\ndimension: 3\nspace: left-posterior-superior\n"
            f"sizes: {SIZE[0]} {SIZE[1]} {SIZE[2]}\n"
            f"space directions: ({SPACING[0]},0,0) (0,{SPACING[1]},0) (0,0,{SPACING[2]})\nkinds: domain domain domain\n"
            f"endian: little\nencoding: {encoding}\nspace origin: (0,0,0)\n\n").encode()
    return head, head + (gzip.compress(data, mtime=0) if encoding == "gzip" else data)


def mha(voxels, code, compressed=False):
    kind = {"h": "MET_SHORT", "B": "MET_UCHAR"}[code]
    data = struct.pack(f"<{COUNT}{code}", *voxels)
    if compressed:
        data = zlib.compress(data)
    head = ("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\n"
            f"CompressedData = {compressed}\n" + (f"CompressedDataSize = {len(data)}\n" if compressed else "") +
            "TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = 0 0 0\nCenterOfRotation = 0 0 0\n"
            f"ElementSpacing = {SPACING[0]} {SPACING[1]} {SPACING[2]}\nDimSize = {SIZE[0]} {SIZE[1]} {SIZE[2]}\n"
            f"ElementType = {kind}\nElementDataFile = LOCAL\n").encode()
    return head, head + data


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(pixels, width, height, bits=16):
    rows = b"".join(b"\0" + struct.pack(f">{width}{'H' if bits == 16 else 'B'}", *pixels[y * width:(y + 1) * width])
                    for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">2I5B", width, height, bits, 0, 0, 0, 0)) +
            png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b""))


def ungzip(data):
    """The first member, whole and with its checksum; what follows it is not looked at."""
    reader = zlib.decompressobj(31)
    inner = reader.decompress(data)
    if not reader.eof:
        raise ValueError("cut off")
    return inner


def slices(syntax=dicom.EXPLICIT):
    plane = SIZE[0] * SIZE[1]
    return {f"s{k}.dcm": dicom.ct_slice(struct.pack(f"<{plane}h", *STORED[k * plane:(k + 1) * plane]), k, SIZE, SPACING,
                                        syntax) for k in range(SIZE[2])}


def transcoded(tool, *options):
    """The native series compressed by one of DCMTK's tools."""
    if shutil.which(tool) is None:
        raise FileNotFoundError(f"{tool} is not installed: package dcmtk, which scripts/setup.sh installs")
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, data in slices().items():
            source, target = Path(folder) / name, Path(folder) / f"out-{name}"
            source.write_bytes(data)
            subprocess.run([tool, *options, str(source), str(target)], capture_output=True, check=True)
            files[name] = target.read_bytes()
    return files


def contours():
    """A square through the middle of the voxels 2..5 by 2..4, on the planes 1 to 3."""
    x0, x1, y0, y1 = 1.75 * SPACING[0], 5.25 * SPACING[0], 1.75 * SPACING[1], 4.25 * SPACING[1]
    return [[(x0, y0, k * SPACING[2]), (x1, y0, k * SPACING[2]), (x1, y1, k * SPACING[2]), (x0, y1, k * SPACING[2])]
            for k in range(1, 4)]


def image_seeds():
    whole = nifti(STORED, "h")
    yield Seed("nii", "image", {"i.nii": whole}, "i.nii", ["i.nii"], (352, len(whole)))
    floats = nifti([v / 4 for v in STORED], "f")
    yield Seed("nii_float", "image", {"i.nii": floats}, "i.nii", ["i.nii"], (352, len(floats)), "f")
    yield Seed("nii_gz", "image", {"i.nii.gz": gzip.compress(whole, mtime=0)}, "i.nii.gz", ["i.nii.gz"],
               (352, len(whole)), unpack=ungzip, pack=lambda b: gzip.compress(b, mtime=0))
    for name, (head, data), has_voxels in [("nrrd", nrrd(STORED, "h"), True), ("mha", mha(STORED, "h"), True),
                                           ("nrrd_gz", nrrd(STORED, "h", "gzip"), False),
                                           ("mha_z", mha(STORED, "h", True), False)]:
        file = f"i.{name.split('_')[0]}"
        yield Seed(name, "image", {file: data}, file, [file], (len(head), len(data)) if has_voxels else None)
    picture = png([7 * i for i in range(16 * 12)], 16, 12)
    yield Seed("png", "image", {"i.png": picture}, "i.png", ["i.png"], dimension="2d", columns={"spacing": "0.5"})
    for name, syntax in [("dicom", dicom.EXPLICIT), ("dicom_implicit", dicom.IMPLICIT), ("dicom_rle", dicom.RLE),
                         ("dicom_deflated", dicom.DEFLATED)]:
        files = slices(syntax)
        plane = 2 * SIZE[0] * SIZE[1]
        end = len(files["s0.dcm"])
        native = syntax in (dicom.EXPLICIT, dicom.IMPLICIT)
        yield Seed(name, "image", files, "", sorted(files), (end - plane, end) if native else None, intercept=-1024)
    for name, tool, *options in [("dicom_jpeg_lossless", "dcmcjpeg", "+e1"), ("dicom_jpeg_ls", "dcmcjpls", "+el")]:
        files = transcoded(tool, *options)
        yield Seed(name, "image", files, "", sorted(files), intercept=-1024)


def mask_seeds():
    whole = nifti(INSIDE, "B")
    yield Seed("mask_nii_gz", "mask", {"m.nii.gz": gzip.compress(whole, mtime=0)}, "m.nii.gz", ["m.nii.gz"],
               (352, len(whole)), "B", unpack=ungzip, pack=lambda b: gzip.compress(b, mtime=0))
    head, data = nrrd(INSIDE, "B")
    yield Seed("mask_nrrd", "mask", {"m.nrrd": data}, "m.nrrd", ["m.nrrd"], (len(head), len(data)), "B")
    yield Seed("rtstruct", "mask", {"m.dcm": dicom.structure_set(contours())}, "m.dcm", ["m.dcm"])
    plane = SIZE[0] * SIZE[1]
    yield Seed("seg", "mask", {"m.dcm": dicom.segmentation(INSIDE[plane:4 * plane], [1, 2, 3], SIZE, SPACING)}, "m.dcm",
               ["m.dcm"])
