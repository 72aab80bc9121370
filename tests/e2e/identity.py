# SPDX-License-Identifier: Apache-2.0
# Planting words into image files, and searching result files for them, with the standard library only.
import html
import re
import struct
import zlib

# --- DICOM, explicit VR little endian, as radfuse sample writes it -----------------------------------------------------
LONG = {b"OB", b"OW", b"OF", b"OD", b"OL", b"SQ", b"UC", b"UR", b"UT", b"UN"}


def parse_dicom(raw):
    """{(group, element): (VR, bytes)} of a file without sequences; the meta header is among it."""
    assert raw[128:132] == b"DICM"
    at, found = 132, {}
    while at < len(raw):
        group, element, vr = struct.unpack_from("<HH2s", raw, at)
        if vr in LONG:
            size, at = struct.unpack_from("<I", raw, at + 8)[0], at + 12
        else:
            size, at = struct.unpack_from("<H", raw, at + 6)[0], at + 8
        assert size != 0xFFFFFFFF
        found[group, element] = (vr, raw[at:at + size])
        at += size
    return found


def text(vr, value):
    """An element's VR and bytes, padded to an even length."""
    raw = value.encode("utf-8")
    pad = b"\0" if vr == "UI" else b" "
    return vr.encode(), raw + (pad if len(raw) % 2 else b"")


def sequence(*items):
    """A sequence of items, each {(group, element): (VR, bytes)}."""
    raw = b""
    for item in items:
        body = encode(item)
        raw += struct.pack("<HHI", 0xFFFE, 0xE000, len(body)) + body
    return b"SQ", raw


def encode(elements):
    raw = b""
    for (group, element), (vr, value) in sorted(elements.items()):
        raw += struct.pack("<HH2s", group, element, vr)
        raw += struct.pack("<HI", 0, len(value)) if vr in LONG else struct.pack("<H", len(value))
        raw += value
    return raw


def dicom_bytes(elements):
    meta = {tag: value for tag, value in elements.items() if tag[0] == 2 and tag != (2, 0)}
    head = encode(meta)
    head = encode({(2, 0): (b"UL", struct.pack("<I", len(head)))}) + head
    return bytes(128) + b"DICM" + head + encode({tag: value for tag, value in elements.items() if tag[0] != 2})


# --- other formats -----------------------------------------------------------------------------------------------------
def gzip_named(raw, name, comment=""):
    """gzip with a file name, and a comment, in its header (RFC 1952)."""
    head = b"\x1f\x8b\x08" + bytes([8 | (16 if comment else 0)]) + bytes(4) + b"\0\xff"
    head += name.encode("latin-1") + b"\0" + (comment.encode("latin-1") + b"\0" if comment else b"")
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return head + packer.compress(raw) + packer.flush() + struct.pack("<II", zlib.crc32(raw), len(raw) & 0xFFFFFFFF)


def label_nifti(raw, descrip, aux_file, intent_name, db_name):
    """The header's four free texts (nifti1.h: bytes 14, 148, 228, 328)."""
    raw = bytearray(raw)
    for at, size, value in ((14, 18, db_name), (148, 80, descrip), (228, 24, aux_file), (328, 16, intent_name)):
        raw[at:at + size] = value.encode().ljust(size, b"\0")[:size]
    return bytes(raw)


def nrrd_of(nifti, comment, key, value):
    """The same image as NRRD, with a comment and a pair of key and value."""
    size = struct.unpack_from("<3h", nifti, 42)
    kind = {2: "uchar", 4: "short", 16: "float"}[struct.unpack_from("<h", nifti, 70)[0]]
    start = int(struct.unpack_from("<f", nifti, 108)[0])
    rows = [struct.unpack_from("<4f", nifti, 280 + 16 * i) for i in range(3)]
    columns = [tuple((-1 if i < 2 else 1) * rows[i][a] for i in range(3)) for a in range(4)]  # RAS becomes LPS
    vectors = ["(" + ",".join(f"{v:.9g}" for v in column) + ")" for column in columns]
    return (f"NRRD0005\n# {comment}\ntype: {kind}\ndimension: 3\nspace: left-posterior-superior\n"
            f"sizes: {size[0]} {size[1]} {size[2]}\nspace directions: {' '.join(vectors[:3])}\n"
            f"space origin: {vectors[3]}\nendian: little\nencoding: raw\n{key}:={value}\n\n").encode() + nifti[start:]


def mha_of(nifti, comment, patient):
    """The same image as MetaImage, with a comment and a field of our own."""
    size = struct.unpack_from("<3h", nifti, 42)
    kind = {2: "MET_UCHAR", 4: "MET_SHORT", 16: "MET_FLOAT"}[struct.unpack_from("<h", nifti, 70)[0]]
    start = int(struct.unpack_from("<f", nifti, 108)[0])
    rows = [struct.unpack_from("<4f", nifti, 280 + 16 * i) for i in range(3)]
    spacing = struct.unpack_from("<3f", nifti, 80)
    columns = [tuple((-1 if i < 2 else 1) * rows[i][a] for i in range(3)) for a in range(4)]
    matrix = " ".join(f"{v / spacing[a]:.9g}" for a in range(3) for v in columns[a])
    return (f"ObjectType = Image\nNDims = 3\nComment = {comment}\nPatientName = {patient}\nBinaryData = True\n"
            f"BinaryDataByteOrderMSB = False\nCompressedData = False\nTransformMatrix = {matrix}\n"
            f"Offset = {' '.join(f'{v:.9g}' for v in columns[3])}\nElementSpacing = {' '.join(f'{v:.9g}' for v in spacing)}\n"
            f"DimSize = {size[0]} {size[1]} {size[2]}\nElementType = {kind}\nElementDataFile = LOCAL\n").encode() + \
        nifti[start:]


def png_with(raw, *chunks):
    """A PNG with more chunks, (type, bytes), behind its header."""
    more = b"".join(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
                    for kind, body in chunks)
    return raw[:33] + more + raw[33:]


# --- searching ---------------------------------------------------------------------------------------------------------
def inflated(raw):
    """Everything in the file that a compression hides: gzip, PNG chunks, PDF streams."""
    parts = []
    if raw[:2] == b"\x1f\x8b":
        parts.append(zlib.decompressobj(31).decompress(raw))  # as much as there is of a truncated file
    if raw[:8] == b"\x89PNG\r\n\x1a\n":
        at, pixels = 8, b""
        while at + 8 <= len(raw):
            size, kind = struct.unpack_from(">I4s", raw, at)
            body = raw[at + 8:at + 8 + size]
            pixels += body if kind == b"IDAT" else b""
            if kind in (b"zTXt", b"iTXt", b"iCCP"):
                parts += [zlib.decompress(body[i:]) for i in range(len(body)) if body[i:i + 1] == b"\x78" and
                          _inflates(body[i:])]
            at += 12 + size
        parts.append(zlib.decompressobj().decompress(pixels))
    if raw[:5] == b"%PDF-":
        for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.S):
            parts.append(zlib.decompress(stream) if _inflates(stream) else stream)
    return parts


def _inflates(raw):
    try:
        zlib.decompress(raw)
        return True
    except zlib.error:
        return False


def hits(path, name, words):
    """Which of the words a file holds: in its name, its bytes, what is packed in it, its entities; any case."""
    raw = path.read_bytes()
    haystack = [name.encode(), raw, *inflated(raw)]
    if path.suffix in (".html", ".svg"):
        haystack.append(html.unescape(raw.decode("utf-8", "replace")).encode())
    haystack = [part.lower() for part in haystack]
    wide = b"\0".join(part.replace(b"\0", b"") for part in haystack)  # UTF-16 of ASCII
    return [word for word in words
            if any(word.lower().encode() in part for part in haystack) or word.lower().encode() in wide]
