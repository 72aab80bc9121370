# SPDX-License-Identifier: Apache-2.0
# The least of DICOM (PS3.5, PS3.10) that small test objects need: explicit and implicit little endian, sequences, RLE.
import struct
import zlib

LONG_VRS = {"OB", "OW", "SQ", "UN", "UT"}
IMPLICIT, EXPLICIT, DEFLATED, RLE = (f"1.2.840.10008.1.2{tail}" for tail in ("", ".1", ".1.99", ".5"))
CT, STRUCTURE_SET, SEGMENTATION = (f"1.2.840.10008.5.1.4.1.1.{tail}" for tail in ("2", "481.3", "66.4"))
ROOT = "1.2.826.0.1.3680043.8.498.77"
UNDEFINED = 0xFFFFFFFF


def value_bytes(vr, value):
    if isinstance(value, bytes):
        data = value
    elif vr == "US":
        data = b"".join(struct.pack("<H", v) for v in (value if isinstance(value, list) else [value]))
    elif vr == "UL":
        data = b"".join(struct.pack("<I", v) for v in (value if isinstance(value, list) else [value]))
    else:
        data = ("\\".join(map(str, value)) if isinstance(value, list) else str(value)).encode("ascii")
    return data + (b"\0" if vr in ("UI", "OB") else b" ") * (len(data) % 2)


def element(tag, vr, value, explicit=True):
    """One element; the value of a sequence is a list of items, each a list of elements (tag, VR, value)."""
    if vr == "SQ":
        items = [dataset(item, explicit) for item in value]
        data = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item for item in items)
    else:
        data = value_bytes(vr, value)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if not explicit:
        return head + struct.pack("<I", len(data)) + data
    if vr in LONG_VRS:
        return head + vr.encode() + struct.pack("<HI", 0, len(data)) + data
    return head + vr.encode() + struct.pack("<H", len(data)) + data


def dataset(elements, explicit=True):
    return b"".join(element(*one, explicit=explicit) for one in sorted(elements, key=lambda one: one[0]))


def file_bytes(sop_class, instance, elements, syntax=EXPLICIT, tail=b""):
    """A whole file; `tail` is an encoded pixel data element that comes last."""
    meta = dataset([(0x00020001, "OB", b"\0\1"), (0x00020002, "UI", sop_class), (0x00020003, "UI", instance),
                    (0x00020010, "UI", syntax), (0x00020012, "UI", f"{ROOT}.1")])
    meta = element(0x00020000, "UL", len(meta)) + meta
    body = dataset([(0x00080016, "UI", sop_class), (0x00080018, "UI", instance), *elements],
                   syntax != IMPLICIT) + tail
    if syntax == DEFLATED:
        packer = zlib.compressobj(wbits=-15)
        body = packer.compress(body) + packer.flush()
        body += b"\0" * (len(body) % 2)
    return bytes(128) + b"DICM" + meta + body


def packbits(data):
    """Literal runs only: valid, if not small."""
    out = b"".join(bytes([len(data[i:i + 128]) - 1]) + data[i:i + 128] for i in range(0, len(data), 128))
    return out + bytes(len(out) % 2)


def rle_element(pixels):
    """Encapsulated pixel data of one 16-bit frame: the high bytes, then the low bytes (PS3.5, annex G)."""
    segments = [packbits(pixels[1::2]), packbits(pixels[0::2])]
    head = struct.pack("<16I", 2, 64, 64 + len(segments[0]), *[0] * 13)
    frame = head + b"".join(segments)
    return (struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, UNDEFINED) + struct.pack("<HHI", 0xFFFE, 0xE000, 0) +
            struct.pack("<HHI", 0xFFFE, 0xE000, len(frame)) + frame + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))


def image_plane(rows, columns, bits, signed):
    return [(0x00280002, "US", 1), (0x00280004, "CS", "MONOCHROME2"), (0x00280010, "US", rows),
            (0x00280011, "US", columns), (0x00280100, "US", bits), (0x00280101, "US", bits),
            (0x00280102, "US", bits - 1), (0x00280103, "US", int(signed))]


def identity(modality, series):
    return [(0x00080060, "CS", modality), (0x00100020, "LO", "P1"), (0x00080020, "DA", "20260101"),
            (0x00080030, "TM", "101010"), (0x0020000D, "UI", f"{ROOT}.2"), (0x0020000E, "UI", f"{ROOT}.{series}"),
            (0x00200052, "UI", f"{ROOT}.4")]


def ct_slice(pixels, k, size, spacing, syntax=EXPLICIT):
    """Slice k of a stack that begins in the origin; `pixels` are rows of signed 16-bit numbers."""
    elements = [*identity("CT", 3), *image_plane(size[1], size[0], 16, True),
                (0x00180050, "DS", spacing[2]), (0x00200013, "IS", k + 1),
                (0x00200032, "DS", [0, 0, k * spacing[2]]), (0x00200037, "DS", [1, 0, 0, 0, 1, 0]),
                (0x00280030, "DS", [spacing[1], spacing[0]]), (0x00281052, "DS", -1024), (0x00281053, "DS", 1)]
    tail = b""
    if syntax == RLE:
        tail = rle_element(pixels)
    else:
        elements.append((0x7FE00010, "OW", pixels))
    return file_bytes(CT, f"{ROOT}.5.{k + 1}", elements, syntax, tail)


def structure_set(contours):
    """One region 'GTV' of closed planar contours: lists of points (x, y, z) in mm."""
    drawn = [[(0x30060042, "CS", "CLOSED_PLANAR"), (0x30060046, "IS", len(points)),
              (0x30060050, "DS", [number for point in points for number in point])] for points in contours]
    series = [(0x0020000E, "UI", f"{ROOT}.3")]
    study = [(0x00081150, "UI", CT), (0x00081155, "UI", f"{ROOT}.2"), (0x30060014, "SQ", [series])]
    elements = [*identity("RTSTRUCT", 6), (0x30060002, "SH", "seed"),
                (0x30060010, "SQ", [[(0x00200052, "UI", f"{ROOT}.4"), (0x30060012, "SQ", [study])]]),
                (0x30060020, "SQ", [[(0x30060022, "IS", 1), (0x30060024, "UI", f"{ROOT}.4"),
                                     (0x30060026, "LO", "GTV"), (0x30060036, "CS", "MANUAL")]]),
                (0x30060039, "SQ", [[(0x30060040, "SQ", drawn), (0x30060084, "IS", 1)]]),
                (0x30060080, "SQ", [[(0x30060082, "IS", 1), (0x30060084, "IS", 1), (0x300600A4, "CS", "GTV"),
                                     (0x300600A6, "PN", "")]])]
    return file_bytes(STRUCTURE_SET, f"{ROOT}.6.1", elements)


def segmentation(bits, planes, size, spacing):
    """One binary segment; `bits` are its voxels plane by plane, `planes` the indices of these planes."""
    packed = bytearray((len(bits) + 7) // 8)
    for i, bit in enumerate(bits):
        packed[i // 8] |= bit << i % 8
    frames = [[(0x00209111, "SQ", [[(0x00209157, "UL", [1, n + 1])]]),
               (0x00209113, "SQ", [[(0x00200032, "DS", [0, 0, k * spacing[2]])]]),
               (0x0062000A, "SQ", [[(0x0062000B, "US", 1)]])] for n, k in enumerate(planes)]
    shared = [(0x00209116, "SQ", [[(0x00200037, "DS", [1, 0, 0, 0, 1, 0])]]),
              (0x00289110, "SQ", [[(0x00180050, "DS", spacing[2]), (0x00180088, "DS", spacing[2]),
                                   (0x00280030, "DS", [spacing[1], spacing[0]])]])]
    code = [(0x00080100, "SH", "M-01000"), (0x00080102, "SH", "SRT"), (0x00080104, "LO", "Lesion")]
    segment = [(0x00620003, "SQ", [code]), (0x00620004, "US", 1), (0x00620005, "LO", "GTV"),
               (0x00620008, "CS", "MANUAL"), (0x0062000F, "SQ", [code])]
    organisation = [(0x00209164, "UI", f"{ROOT}.8")]
    pointers = [[(0x00209164, "UI", f"{ROOT}.8"), (0x00209165, "AT", struct.pack("<HH", 0x62, 0xB)),
                 (0x00209167, "AT", struct.pack("<HH", 0x62, 0xA))],
                [(0x00209164, "UI", f"{ROOT}.8"), (0x00209165, "AT", struct.pack("<HH", 0x20, 0x32)),
                 (0x00209167, "AT", struct.pack("<HH", 0x20, 0x9113))]]
    elements = [*identity("SEG", 7), *image_plane(size[1], size[0], 1, False),
                (0x00080008, "CS", ["DERIVED", "PRIMARY"]), (0x00080023, "DA", "20260101"),
                (0x00080033, "TM", "101010"), (0x00200013, "IS", 1), (0x00280008, "IS", len(planes)),
                (0x00282110, "CS", "00"), (0x00620001, "CS", "BINARY"), (0x00620002, "SQ", [segment]),
                (0x00700080, "CS", "SEED"), (0x00700081, "LO", "seed"), (0x00700084, "PN", "seed"),
                (0x00209221, "SQ", [organisation]), (0x00209222, "SQ", pointers),
                (0x00081115, "SQ", [[(0x0020000E, "UI", f"{ROOT}.3")]]),
                (0x52009229, "SQ", [shared]), (0x52009230, "SQ", frames), (0x7FE00010, "OB", bytes(packed))]
    return file_bytes(SEGMENTATION, f"{ROOT}.7.1", elements)
