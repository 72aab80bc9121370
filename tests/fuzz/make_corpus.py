#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the seeds of the fuzz targets: small good files of each form, and a few near misses.

    tests/fuzz/make_corpus.py [FOLDER]      (tests/fuzz/corpus without one; what is there is replaced)
"""
import io
import json
import pickle
import shutil
import struct
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import dicom_writer as dicom  # noqa: E402
import seeds  # noqa: E402

# 8 x 8 grey pixels, baseline JPEG (ITU-T T.81) with one DC and one AC code of one bit each: all blocks are zero.
JPEG = (b"\xff\xd8\xff\xdb\0\x43\0" + b"\1" * 64 + b"\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1\x11\0" +
        b"\xff\xc4\0\x14\0\1" + bytes(15) + b"\0" + b"\xff\xc4\0\x14\x10\1" + bytes(15) + b"\0" +
        b"\xff\xda\0\x08\1\1\0\0\x3f\0\x3f\xff\xd9")


def tiff(pixels, width, height):
    """Little-endian, one strip, 8 bits."""
    fields = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
              (277, 3, 1, 1), (278, 3, 1, height), (279, 4, 1, len(pixels))]
    pixels += bytes(len(pixels) % 2)
    directory = struct.pack("<H", len(fields)) + b"".join(struct.pack("<HHII", *f) for f in fields) + bytes(4)
    return struct.pack("<2sHI", b"II", 42, 8 + len(pixels)) + pixels + directory


def opcode_global(module, name):
    return f"c{module}\n{name}\n".encode()


def state_dict_pickle():
    """{'w': a 2 x 2 float tensor} as torch.save writes it, by hand: protocol 2 opcodes."""
    storage = (b"(X\7\0\0\0storage" + opcode_global("torch", "FloatStorage") + b"X\1\0\0\0" + b"0X\3\0\0\0cpuK\4tQ")
    tensor = (opcode_global("torch._utils", "_rebuild_tensor_v2") + b"(" + storage + b"K\0K\2K\2\x86K\2K\1\x86\x89" +
              opcode_global("collections", "OrderedDict") + b")RtR")
    return b"\x80\2" + opcode_global("collections", "OrderedDict") + b")R(X\1\0\0\0w" + tensor + b"u."


def torch_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in [("a/data.pkl", state_dict_pickle()), ("a/byteorder", b"little"),
                           ("a/data/0", struct.pack("<4f", 1, 2, 3, 4)), ("a/version", b"3\n")]:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return out.getvalue()


def legacy_torch():
    head = [pickle.dumps(value, 2) for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True})]
    body = state_dict_pickle().replace(b"X\3\0\0\0cpuK\4tQ", b"X\3\0\0\0cpuK\4NtQ")
    return b"".join(head) + body + pickle.dumps(["0"], 2) + struct.pack("<q4f", 4, 1, 2, 3, 4)


def safetensors(header, data):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


STUDY = {"study": {"name": "s", "limits": {"seconds": 5}}, "cohort": {"manifest": "m.csv", "outcome": {"column": "y"},
         "split": {"random": {"train": 0.7}}}, "images": {"ct": {"image": "i", "mask": "m", "modality": "CT"}},
         "radiomics": {"rois": {"t": {"from": "mask"}}, "discretise": {"method": "fixed_bin_width", "width": 25}},
         "select": [{"step": "scale"}], "train": {"models": {"m": ["rad"]}, "learners": ["logistic"]}}
STUDY_TEXT = """# a study
study: {name: "s", seed: 7}
cohort:
  manifest: m.csv
  outcome: {column: y, positive: "1"}
  split: {column: split}
images:
  us: {image: i, dimension: 2d, spacing_mm: [0.5, 0.5]}
"""


def corpus():
    """Target, file name, bytes."""
    for seed in [*seeds.image_seeds(), *seeds.mask_seeds()]:
        target = {"i.nii": "nifti", "i.nii.gz": "nifti", "m.nii.gz": "nifti", "i.nrrd": "nrrd", "m.nrrd": "nrrd",
                  "i.mha": "mha", "i.png": "png", "m.dcm": "regions", "s0.dcm": "series"}[seed.victims[0]]
        if "jpeg" not in seed.name:  # those depend on the version of DCMTK's tools
            yield target, seed.name, seed.files[seed.victims[0]]
    for bits, name in [(8, "grey8"), (16, "grey16")]:
        yield "png", name, seeds.png([3 * i % 256 for i in range(20)], 5, 4, bits)
    head = seeds.png_chunk(b"IHDR", struct.pack(">2I5B", 3, 3, 2, 3, 0, 0, 1))
    rows = b"\0\x40\0\x40\0\x40\0\x40\0\x80\0\x40\0\x40"
    yield "png", "palette_interlaced", (b"\x89PNG\r\n\x1a\n" + head + seeds.png_chunk(b"PLTE", bytes(range(12))) +
                                        seeds.png_chunk(b"IDAT", seeds.zlib.compress(rows)) +
                                        seeds.png_chunk(b"IEND", b""))
    yield "jpeg", "zeros", JPEG
    yield "tiff", "grey", tiff(bytes(range(20)), 5, 4)
    yield "csv", "manifest", b'case_id,outcome,split,image\nP1,0,train,"a,b.nii"\nP2,1,test,c.nii\n'
    yield "csv", "crlf", b'\xef\xbb\xbfa,b\r\n"x ""y""",-1e3\r\n=1+1,"l1\nl2"\r\n'
    yield "study", "json", json.dumps(STUDY).encode()
    yield "study", "yaml", STUDY_TEXT.encode()
    yield "pickle", "state_dict", state_dict_pickle()
    yield "pickle", "zip", torch_zip()
    yield "pickle", "legacy", legacy_torch()
    for protocol in (2, 4):
        yield "pickle", f"plain{protocol}", pickle.dumps({"a": [1, 2.5, None, True, ("x", b"y")]}, protocol)
    yield "safetensors", "two", safetensors({"__metadata__": {"k": "v"},
                                             "a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
                                             "b": {"dtype": "F16", "shape": [2], "data_offsets": [8, 12]}}, bytes(12))
    pixels = struct.pack("<12h", *range(12))
    frame = dicom.rle_element(pixels)
    start = frame.index(struct.pack("<I", 2), 20)
    yield "rle", "grey16", bytes([2, 3, 0, 0]) + frame[start:-8]
    yield "rle", "runs", bytes([3, 3, 2, 0]) + struct.pack("<16I", 1, 64, *[0] * 14) + b"\xf9\7\x07abcdefgh"
    size = b"\xff\x51" + struct.pack(">HHIIIIIIIIH3B", 41, 0, 8, 8, 0, 0, 8, 8, 0, 0, 1, 7, 1, 1)
    style = b"\xff\x52" + struct.pack(">H10B", 12, 0, 0, 0, 1, 0, 0, 4, 4, 0, 1)
    steps = b"\xff\x5c" + struct.pack(">HBB", 4, 0x40, 0x40)
    tile = b"\xff\x90" + struct.pack(">HHIBB", 10, 0, 15, 0, 1) + b"\xff\x93\0"
    yield "jpeg2000", "empty_tile", bytes([8, 8, 2, 7]) + b"\xff\x4f" + size + style + steps + tile + b"\xff\xd9"
    yield "jpeg2000", "jpeg", bytes([8, 8, 2, 7]) + JPEG


def main(arguments):
    folder = Path(arguments[0]) if arguments else HERE / "corpus"
    shutil.rmtree(folder, ignore_errors=True)
    for target, name, data in corpus():
        (folder / target).mkdir(parents=True, exist_ok=True)
        (folder / target / f"{name}.bin").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
