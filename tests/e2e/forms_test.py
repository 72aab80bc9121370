# SPDX-License-Identifier: Apache-2.0
# Sample cohorts in both forms: import makes the same images and masks of DICOM as of PNG and NIfTI.
import array
import gzip
import struct

from support import Programs, arguments, expect, main, read_csv, say

CASES = 12
TYPES = {2: "B", 4: "h", 16: "f", 512: "H"}  # NIfTI-1 data types


def read_nifti(path):
    """Size, voxel size, affine and voxels."""
    raw = gzip.decompress(path.read_bytes())
    start = int(struct.unpack_from("<f", raw, 108)[0])
    voxels = array.array(TYPES[struct.unpack_from("<h", raw, 70)[0]], raw[start:])
    return (struct.unpack_from("<3h", raw, 42), struct.unpack_from("<3f", raw, 80), struct.unpack_from("<12f", raw, 280),
            voxels)


def close(a, b, tolerance):
    return len(a) == len(b) and all(abs(x - y) <= tolerance for x, y in zip(a, b))


def expect_same_image(kind, name, native, dicom):
    size, spacing, affine, voxels = native
    size_d, spacing_d, affine_d, voxels_d = dicom
    expect(size == size_d, f"{name}: {size} voxels became {size_d}")
    expect(close(spacing, spacing_d, 1e-5), f"{name}: spacing {spacing} became {spacing_d}")
    if kind.endswith("3d"):  # a picture lies nowhere in the patient
        expect(close(affine, affine_d, 1e-4), f"{name}: the affine {affine} became {affine_d}")
    if kind == "xray2d":
        voxels = [v // 16 for v in voxels]  # detectors store 12 bits
    if kind == "pet3d":
        expect(close(voxels, voxels_d, max(voxels) / 65534 * 1.01 + 1e-6), f"{name}: uptake values differ")
    else:
        expect(list(voxels) == list(voxels_d), f"{name}: voxels differ")


def test():
    options = arguments("the same cohort in both forms")
    programs = Programs(options.bin)
    for kind in ("ct3d", "mri3d", "pet3d", "xray2d", "us2d"):
        folders = {}
        for form in ("native", "dicom"):
            folder = options.work / f"{kind}-{form}"
            programs.run("sample", folder, "--kind", kind, "--cases", CASES, "--seed", 2, "--form", form)
            programs.run("check", folder / "study.yaml")
            programs.run("run", folder / "study.yaml", "--to", "import")
            folders[form] = folder / "out" / "1_import"
        names = sorted(path.relative_to(folders["native"]) for path in folders["native"].rglob("*.nii.gz"))
        expect(len(names) == 3 * CASES, f"{kind}: {len(names)} images and masks")
        for name in names:
            native, dicom = read_nifti(folders["native"] / name), read_nifti(folders["dicom"] / name)
            if name.parts[0] == "masks":
                expect(native[0] == dicom[0] and list(native[3]) == list(dicom[3]), f"{kind}: {name}: masks differ")
            else:
                expect_same_image(kind, f"{kind}: {name}", native, dicom)
        facts = read_csv(folders["dicom"] / "acquisition.csv")
        expect(all(row["format"] == "DICOM" and row["manufacturer"].startswith("Radfuse C") for row in facts),
               f"{kind}: acquisition.csv does not tell of DICOM")
        say(f"{kind}: {len(names)} images and masks agree")


if __name__ == "__main__":
    main(test)
