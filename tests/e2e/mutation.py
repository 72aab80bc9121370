# SPDX-License-Identifier: Apache-2.0
# Files spoiled at random: bytes, numbers at their extremes, lengths, blocks, and the numbers and words of headers.
import random
import re
import struct
import zlib

EXTREMES_16 = [0, 1, 0x7FFF, 0x8000, 0xFFFF, 0xFFFE]
EXTREMES_32 = [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x10000, 0x7F800000, 0x7FC00000, 0x00000001]
WORDS = [b"-1", b"0", b"1e308", b"-1e308", b"1e-320", b"nan", b"inf", b"2147483648", b"-2147483649", b"4294967296",
         b"9999999999999999999999", b"65536", b"1e5", b"0.0000001", b"", b"1 1", b"None", b"\xff", b"\x1b[2J", b"../../x",
         b"=1+1", b"1\\2\\3", b"\x00"]
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def place(draw, size, edge):
    """Headers are where the damage is: two of three places lie before `edge`."""
    if size == 0:
        return 0
    if edge and draw.random() < 0.67:
        return draw.randrange(min(edge, size))
    return draw.randrange(size)


def flip(draw, data, edge):
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 1, 2, 4, 16, 64])):
        data[place(draw, len(data), edge)] = draw.randrange(256)
    return bytes(data)


def extreme(draw, data, edge):
    data = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 4])):
        short = draw.random() < 0.5
        number = struct.pack(draw.choice("<>") + ("H" if short else "I"),
                             draw.choice(EXTREMES_16 if short else EXTREMES_32))
        at = place(draw, len(data), edge) & ~1
        data[at:at + len(number)] = number[:len(data) - at]
    return bytes(data)


def truncate(draw, data, edge):
    return data[:place(draw, len(data), edge)]


def insert(draw, data, edge):
    at = place(draw, len(data), edge)
    return data[:at] + draw.randbytes(draw.choice([1, 2, 3, 8, 100, 1000])) + data[at:]


def duplicate(draw, data, edge):
    at, target = place(draw, len(data), edge), place(draw, len(data), edge)
    block = data[at:at + draw.choice([1, 2, 8, 64, 512])]
    return data[:target] + block * draw.choice([1, 1, 2, 50]) + data[target:]


def reword(draw, data, edge):
    """A number that stands as text becomes another word: DICOM's decimal strings, NRRD, MHA, CSV."""
    found = [match.span() for match in NUMBER.finditer(data, 0, edge or len(data))]
    if not found:
        return extreme(draw, data, edge)
    begin, end = draw.choice(found)
    word = draw.choice(WORDS)
    if draw.random() < 0.5:  # of the same length, so that what follows stays where it is
        word = word[:end - begin].ljust(end - begin)
    return data[:begin] + word + data[end:]


OPERATIONS = [flip, flip, extreme, extreme, truncate, insert, duplicate, reword, reword]


def spoil(draw, data, edge=None):
    """Another content than `data`; `edge` is where a header ends."""
    while True:
        spoiled = data
        for _ in range(draw.choice([1, 1, 1, 2, 3])):
            spoiled = draw.choice(OPERATIONS)(draw, spoiled, edge) or spoiled[:1]
        if spoiled != data:
            return spoiled


def spoil_png(draw, data):
    """A chunk spoiled within its checksum: what a check of checksums alone lets through."""
    chunks, at = [], 8
    while at + 12 <= len(data):
        length = struct.unpack_from(">I", data, at)[0]
        chunks.append((data[at + 4:at + 8], data[at + 8:at + 8 + length]))
        at += 12 + length
    chosen = draw.randrange(len(chunks) - 1)
    name, body = chunks[chosen]
    body = zlib.compress(spoil(draw, zlib.decompress(body))) if name == b"IDAT" else spoil(draw, body)
    chunks[chosen] = (name, body)
    return data[:8] + b"".join(struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
                               for name, body in chunks)


def spoil_deflated(draw, data):
    """A deflated DICOM object spoiled inside; its dataset begins where the file's own group ends."""
    begin = 144 + struct.unpack_from("<I", data, 140)[0]
    inner = zlib.decompressobj(-15).decompress(data[begin:])
    packer = zlib.compressobj(wbits=-15)
    return data[:begin] + packer.compress(spoil(draw, inner, len(inner) * 3 // 4)) + packer.flush()


def spoil_seed(draw, seed, data):
    """One spoiled victim of a seed; compressed files half the time within their compression."""
    inside = draw.random() < 0.6
    if inside and seed.unpack:
        return seed.pack(spoil(draw, seed.unpack(data), seed.data and seed.data[0]))
    if inside and seed.name == "png":
        return spoil_png(draw, data)
    if inside and seed.name == "dicom_deflated":
        return spoil_deflated(draw, data)
    return spoil(draw, data, None if seed.unpack else seed.data and seed.data[0])


def generator(seed, *words):
    """A stream of its own for each name: files stay the same when other seeds come or go."""
    return random.Random(f"{seed}/" + "/".join(map(str, words)))
