# SPDX-License-Identifier: Apache-2.0
# Regions from DICOM beside other programs: RTSTRUCT beside plastimatch, SEG beside highdicom, both ways.
# Usage: python dicom_regions.py PROGRAM DATA       compares; PROGRAM is oracle_dicom of a build, DATA the reference data
#        python dicom_regions.py --fixtures FOLDER  writes tests/oracle/dicom/data anew
# Needs numpy, pydicom, highdicom (made with 0.28.2) and plastimatch (1.9.4); a missing one is named, and is a failure.
# Prints a table; exit code 0 only if nothing disagrees: Dice 1 for SEG, at least 0.99 beside plastimatch, whose polygons
# are filled by another rule for centres on an edge.
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import highdicom as hd
    import numpy as np
    import pydicom
    from pydicom.sr.codedict import codes
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, RLELossless, generate_uid
except ImportError as error:
    sys.exit(f"missing peer: {error.name} (pip install highdicom)")

SIZE, SPACING, ORIGIN = (11, 7, 5), (0.8, 1.5, 2.5), (-30, 12.5, -100)  # x, y, z


def ct_series():
    """Slices of the fixtures' image, as highdicom wants them: data sets without pixels that matter."""
    rng, study, series, frame = np.random.default_rng(1), generate_uid(), generate_uid(), generate_uid()
    slices = []
    for z in range(SIZE[2]):
        s = pydicom.Dataset()
        s.file_meta = pydicom.dataset.FileMetaDataset()
        s.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        s.SOPClassUID, s.SOPInstanceUID = CTImageStorage, generate_uid()
        s.file_meta.MediaStorageSOPClassUID, s.file_meta.MediaStorageSOPInstanceUID = s.SOPClassUID, s.SOPInstanceUID
        s.StudyInstanceUID, s.SeriesInstanceUID, s.FrameOfReferenceUID = study, series, frame
        s.Modality, s.PatientID, s.PatientName = "CT", "ORACLE", "ORACLE"
        s.PatientBirthDate = s.PatientSex = s.AccessionNumber = s.StudyID = s.ReferringPhysicianName = ""
        s.StudyDate = s.StudyTime = s.PositionReferenceIndicator = ""
        s.InstanceNumber, s.SeriesNumber = z + 1, 1
        s.ImagePositionPatient = [ORIGIN[0], ORIGIN[1], ORIGIN[2] + SPACING[2] * z]
        s.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        s.PixelSpacing, s.SliceThickness = [SPACING[1], SPACING[0]], SPACING[2]
        s.Rows, s.Columns, s.SamplesPerPixel, s.PhotometricInterpretation = SIZE[1], SIZE[0], 1, "MONOCHROME2"
        s.BitsAllocated, s.BitsStored, s.HighBit, s.PixelRepresentation = 16, 16, 15, 1
        s.RescaleIntercept, s.RescaleSlope = -1024, 1
        s.PixelData = rng.integers(0, 2000, SIZE[1] * SIZE[0]).astype("<i2").tobytes()
        slices.append(s)
    return slices


def segment(number, label):
    return hd.seg.SegmentDescription(
        segment_number=number, segment_label=label, algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        segmented_property_category=codes.SCT.MorphologicallyAbnormalStructure,
        segmented_property_type=codes.SCT.Neoplasm)


def segmentation(slices, pixels, kind, labels, **more):
    """`pixels`: z, y, x[, segment]."""
    return hd.seg.Segmentation(
        source_images=slices, pixel_array=pixels, segmentation_type=kind,
        segment_descriptions=[segment(i + 1, label) for i, label in enumerate(labels)],
        series_instance_uid=generate_uid(), series_number=2, sop_instance_uid=generate_uid(), instance_number=1,
        manufacturer="oracle", manufacturer_model_name="oracle", software_versions="1", device_serial_number="1",
        **more)


def fixtures(folder):
    """SEGs of highdicom with what is inside each region. [(file, wanted, fraction, mask z y x)]"""
    slices, rng, expected = ct_series(), np.random.default_rng(2), []
    shape = (SIZE[2], SIZE[1], SIZE[0])
    kinds = hd.seg.SegmentationTypeValues

    binary = (rng.random(shape + (3,)) < [0.3, 0.6, 0.1]).astype(np.uint8)  # they overlap
    binary[1, ..., 0] = binary[3, ..., 2] = 0  # empty frames are left out
    segmentation(slices, binary, kinds.BINARY, ["Tumour", "Node", "Vessel"]).save_as(folder / "binary.dcm")
    for i, label in enumerate(["tumour", "node", "vessel"]):
        expected.append(("binary.dcm", label, 0.5, binary[..., i]))
    expected.append(("binary.dcm", "1 + 3", 0.5, binary[..., 0] | binary[..., 2]))
    expected.append(("binary.dcm", "/node/ - tumour", 0.5, binary[..., 1] & (1 - binary[..., 0])))

    share = np.round(rng.random(shape + (2,)) * 255) / 255
    share[rng.random(share.shape) < 0.4] = 0
    for name, syntax in (("fractional.dcm", ExplicitVRLittleEndian), ("fractional_rle.dcm", RLELossless)):
        segmentation(slices, share, kinds.FRACTIONAL, ["Tumour", "Node"], max_fractional_value=255,
                     fractional_type=hd.seg.SegmentationFractionalTypeValues.PROBABILITY,
                     transfer_syntax_uid=syntax).save_as(folder / name)
        for i in range(2):
            expected.append((name, str(i + 1), 0.5, share[..., i] >= 0.5))
    expected.append(("fractional.dcm", "node", 0.25, share[..., 1] >= 0.25))

    labels = rng.integers(0, 3, shape).astype(np.uint8)
    for name, syntax in (("label_map.dcm", ExplicitVRLittleEndian), ("label_map_rle.dcm", RLELossless)):
        segmentation(slices, labels, kinds.LABELMAP, ["Tumour", "Node"], transfer_syntax_uid=syntax).save_as(
            folder / name)
        for i in range(2):
            expected.append((name, str(i + 1), 0.5, labels == i + 1))
    return expected


def inside(mask):
    return " ".join(map(str, np.flatnonzero(mask)))


def dice(a, b):
    return 2 * np.count_nonzero(a & b) / max(1, np.count_nonzero(a) + np.count_nonzero(b))


class Comparison:
    def __init__(self, program, work):
        self.program, self.work, self.rows, self.failed = program, work, [], False

    def jobs(self, lines):
        file = self.work / "jobs.txt"
        file.write_text("".join("|".join(map(str, line)) + "\n" for line in lines))
        done = subprocess.run([self.program, "--gtest_filter=RegionsPeer.JobsOfTheScript"], capture_output=True,
                              text=True, env={**os.environ, "RADFUSE_REGION_JOB": str(file)})
        if done.returncode != 0:
            print(done.stdout[-3000:])
            self.failed = True

    def row(self, what, peer, ours, theirs, least):
        ours, theirs = ours.astype(bool), theirs.astype(bool)
        d = dice(ours, theirs)
        ok = d >= least
        self.failed |= not ok
        self.rows.append((what, peer, np.count_nonzero(ours), np.count_nonzero(theirs),
                          np.count_nonzero(ours != theirs), f"{d:.6f}", "yes" if ok else "NO"))

    def table(self):
        rows = [("what", "peer", "ours", "peer's", "differ", "Dice", "agrees"), *self.rows]
        widths = [max(len(str(r[i])) for r in rows) for i in range(len(rows[0]))]
        for r in rows:
            print("  ".join(str(cell).ljust(w) for cell, w in zip(r, widths)).rstrip())


def studies(data):
    yield "CT phantom", data / "ibsi1/ct_phantom/dicom/image", data / "ibsi1/ct_phantom/dicom/rtstruct"
    for folder in sorted((data / "sts_dicom").glob("*/*")):
        yield f"{folder.parent.name} {folder.name}", folder / "image", folder / "rtstruct"


def beside_plastimatch(c, data):
    if shutil.which("plastimatch") is None:
        print("missing peer: plastimatch (apt-get install plastimatch)")
        c.failed = True
        return
    found = []
    for i, (name, images, structures) in enumerate(studies(data)):
        (file,) = structures.iterdir()
        folder = c.work / f"plastimatch{i}"
        subprocess.run(["plastimatch", "convert", "--input", file, "--referenced-ct", images, "--output-prefix", folder,
                        "--prefix-format", "nrrd"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found.append((name, images, file, folder, c.work / f"ours{i}.raw"))
    c.jobs([("read", images, file, "", out) for _, images, file, _, out in found])
    for name, _, _, folder, out in found:
        (nrrd,) = folder.iterdir()
        c.row("RTSTRUCT " + name, "plastimatch", np.fromfile(out, np.uint8), read_nrrd(nrrd), 0.99)


def read_nrrd(file):
    import zlib
    header, _, content = file.read_bytes().partition(b"\n\n")
    raw = zlib.decompress(content, 31) if b"encoding: gzip" in header else content
    return np.frombuffer(raw, np.uint8)


def beside_highdicom(c):
    """Theirs read by us, then ours read by them."""
    slices, series = ct_series(), c.work / "series"
    series.mkdir()
    for i, s in enumerate(slices):
        s.save_as(series / f"{i}.dcm", enforce_file_format=True)
    shape, rng = (SIZE[2], SIZE[1], SIZE[0]), np.random.default_rng(3)
    masks = (rng.random((6,) + shape) < 0.4).astype(np.uint8)
    masks[:, 2] = 0
    kinds, jobs = hd.seg.SegmentationTypeValues, []
    segmentation(slices, np.moveaxis(masks, 0, -1), kinds.BINARY, [f"s{i}" for i in range(6)]).save_as(
        c.work / "theirs.dcm")
    labels = rng.integers(0, 301, shape).astype(np.uint16)  # more than 255 segments: 16 bits
    segmentation(slices, labels, kinds.LABELMAP, [f"s{i}" for i in range(300)]).save_as(c.work / "labels.dcm")
    for i in range(6):
        masks[i].tofile(c.work / f"mask{i}.raw")
        jobs.append(("read", series, c.work / "theirs.dcm", f"s{i}", c.work / f"binary{i}.raw"))
    wanted = [int(n) for n in np.unique(labels) if n > 0][-6:]
    for n in wanted:
        jobs.append(("read", series, c.work / "labels.dcm", n, c.work / f"label{n}.raw"))
    jobs.append(("write", series, ",".join(str(c.work / f"mask{i}.raw") for i in range(6)), "seg", c.work / "ours.dcm"))
    c.jobs(jobs)
    for i in range(6):
        c.row(f"SEG binary, segment {i + 1}", "highdicom writes", np.fromfile(c.work / f"binary{i}.raw", np.uint8),
              masks[i].ravel(), 1)
    for n in wanted:
        c.row(f"SEG label map, 16 bits, label {n}", "highdicom writes",
              np.fromfile(c.work / f"label{n}.raw", np.uint8), (labels == n).ravel(), 1)
    read = hd.seg.segread(c.work / "ours.dcm")
    for i in range(6):
        planes = [read.get_pixels_by_source_instance([s.SOPInstanceUID], segment_numbers=[i + 1],
                                                     assert_missing_frames_are_empty=True)[0, ..., 0] for s in slices]
        c.row(f"SEG binary, segment {i + 1}", "highdicom reads", masks[i].ravel(), np.stack(planes).ravel(), 1)
        volume = read.get_volume(segment_numbers=[i + 1], combine_segments=True)
        ours = masks[i][[z for z in range(SIZE[2]) if masks[:, z].any()][0]:][:volume.shape[0]]
        c.row(f"SEG binary, segment {i + 1}, by position", "highdicom reads", ours.ravel(),
              (np.asarray(volume.array) > 0).ravel(), 1)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: dicom_regions.py PROGRAM DATA | --fixtures FOLDER")
    if sys.argv[1] == "--fixtures":
        folder = Path(sys.argv[2])
        folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{file}|{wanted}|{fraction}|{inside(mask)}\n" for file, wanted, fraction, mask in fixtures(folder)]
        (folder / "expected.txt").write_text("".join(lines))
        return
    with tempfile.TemporaryDirectory() as work:
        c = Comparison(sys.argv[1], Path(work))
        beside_plastimatch(c, Path(sys.argv[2]))
        beside_highdicom(c)
        c.table()
    sys.exit(1 if c.failed else 0)


main()
