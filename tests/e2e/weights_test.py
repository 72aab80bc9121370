# SPDX-License-Identifier: Apache-2.0
# `radfuse weights`: what inspect lists and convert writes, against the file's own bytes, read here without PyTorch.
import json
import pickle
import struct
import zipfile
from pathlib import Path

from support import Programs, arguments, expect, main, say

FILE = Path(__file__).resolve().parents[1] / "oracle" / "network" / "resnet18_narrow.pth"


class Names(dict):
    """With room for the attributes that PyTorch hangs on it."""


class Tensors(pickle.Unpickler):
    """Names, shapes and bytes of a PyTorch archive; nothing in it is run."""

    def __init__(self, archive, folder):
        super().__init__(archive.open(f"{folder}/data.pkl"))
        self.archive, self.folder = archive, folder

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return Names
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, *_: (tuple(shape), offset, storage)
        if module == "torch" and name.endswith("Storage"):
            return name
        raise pickle.UnpicklingError(f"{module}.{name}")

    def persistent_load(self, key):
        kind, number = key[1], key[2]
        return kind, self.archive.read(f"{self.folder}/data/{number}")


def tensors_of_archive(path):
    with zipfile.ZipFile(path) as archive:
        folder = archive.namelist()[0].split("/")[0]
        tensors = {}
        for name, (shape, offset, (kind, data)) in Tensors(archive, folder).load().items():
            if kind != "FloatStorage":  # counters of batches, which no network needs
                continue
            count = 1
            for side in shape:
                count *= side
            tensors[name] = (shape, data[4 * offset:4 * (offset + count)])
        return tensors


def tensors_of_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        expect(entry["dtype"] == "F32", f"{name} is {entry['dtype']}")
        first, last = entry["data_offsets"]
        tensors[name] = (tuple(entry["shape"]), data[8 + length + first:8 + length + last])
    return tensors


def listed(text):
    """name -> shape, from the table that inspect prints."""
    shapes = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 3 and words[1] == "float32":
            shapes[words[0]] = tuple(int(word) for word in words[2:] if word != "x")
    return shapes


args = arguments("radfuse weights inspect and convert")
programs = Programs(args.bin)


def test():
    own = tensors_of_archive(FILE)
    expect(len(own) > 100, f"this test reads only {len(own)} tensors of {FILE.name}")
    table = programs.run("weights", "inspect", FILE).text
    expect(listed(table) == {name: shape for name, (shape, _) in own.items()}, f"inspect lists something else:\n{table}")
    expect("network: resnet18" in table, f"the architecture is not named:\n{table}")
    say(f"ok: inspect lists {len(own)} tensors and names the architecture")

    out = args.work / "narrow.safetensors"
    programs.run("weights", "convert", FILE, out)
    expect(tensors_of_safetensors(out) == own, "the converted file has other tensors")
    expect(listed(programs.run("weights", "inspect", out).text) == listed(table), "inspect reads it back otherwise")
    say("ok: convert keeps every byte of every tensor")

    for name, data in (("short.pth", FILE.read_bytes()[:-1000]), ("empty.pth", b""), ("text.pth", b"not weights")):
        broken = args.work / name
        broken.write_bytes(data)
        for command in (("inspect", broken), ("convert", broken, args.work / "broken.safetensors")):
            text = programs.run("weights", *command, code=3).text
            expect(name in text, f"{name} is not named:\n{text}")
    expect(not (args.work / "broken.safetensors").exists(), "a broken file left a converted one")
    programs.run("weights", "convert", FILE, args.work / "text.pth" / "narrow.safetensors", code=4)
    say("ok: broken files are refused by name, and leave nothing")


main(test)
