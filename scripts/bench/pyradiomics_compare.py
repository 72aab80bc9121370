#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times PyRadiomics and Radfuse on the same regions, same machine, same run, and compares the values both have.

Needs PyRadiomics 3.1 and SimpleITK in the Python that runs it, and a built Radfuse:
  python3 -m venv venv && venv/bin/pip install "numpy<2" SimpleITK PyWavelets pykwalify six setuptools versioneer
  venv/bin/pip install --no-build-isolation pyradiomics==3.1.0
  OMP_NUM_THREADS=1 venv/bin/python scripts/bench/pyradiomics_compare.py --radfuse build/release/bin --data ../shared/data

Only families that both have are asked for: shape (or morphology), first order, GLCM, GLRLM, GLSZM, NGTDM and dependence
matrix, the directions averaged (PyRadiomics' only way of taking them together), original image, no interpolation.
Within them Radfuse computes more (Moran's I, the oriented box and others), which is left in its time. Radfuse is timed
as a whole process that reads image and mask, extracts and writes; PyRadiomics as extraction alone, with Python started
and the image in memory, and as a whole process. The best of three counts.
"""
import argparse
import csv
import logging
import os
import pathlib
import subprocess
import sys
import tempfile
import time

FAMILIES = ["morphology", "intensity_statistics", "intensity_histogram", "glcm", "glrlm", "glszm", "ngtdm", "ngldm"]
CLASSES = ["shape", "firstorder", "glcm", "glrlm", "glszm", "ngtdm", "gldm"]
# Features whose definition both share when the grey levels are the same: ours, theirs.
SAME = [
    ("morphology.volume", "shape_MeshVolume"),
    ("morphology.surface_area", "shape_SurfaceArea"),
    ("morphology.sphericity", "shape_Sphericity"),
    ("morphology.maximum_3d_diameter", "shape_Maximum3DDiameter"),
    ("intensity_statistics.mean", "firstorder_Mean"),
    ("intensity_statistics.variance", "firstorder_Variance"),
    ("glcm.contrast.3d_average", "glcm_Contrast"),
    ("glcm.joint_average.3d_average", "glcm_JointAverage"),
    ("glrlm.short_runs_emphasis.3d_average", "glrlm_ShortRunEmphasis"),
    ("glrlm.run_percentage.3d_average", "glrlm_RunPercentage"),
    ("glszm.small_zone_emphasis.3d", "glszm_SmallAreaEmphasis"),
    ("glszm.zone_percentage.3d", "glszm_ZonePercentage"),
    ("ngtdm.contrast.3d", "ngtdm_Contrast"),
    ("ngtdm.busyness.3d", "ngtdm_Busyness"),
    ("ngldm.low_dependence_emphasis.3d", "gldm_SmallDependenceEmphasis"),
]


def sphere(folder, across=86):
    """A sphere of 333,152 voxels of noise, 32 grey levels."""
    import numpy as np
    import SimpleITK as sitk

    rng = np.random.default_rng(1)
    side = across + 4
    axis = np.arange(side) - (side - 1) / 2
    inside = (axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2) <= (across / 2) ** 2
    values = rng.integers(0, 32, size=inside.shape).astype(np.float32) * 25 + 12
    image, mask = folder / "image.nrrd", folder / "mask.nrrd"
    sitk.WriteImage(sitk.GetImageFromArray(values), str(image))
    sitk.WriteImage(sitk.GetImageFromArray(inside.astype(np.uint8)), str(mask))
    return image, mask


def pyradiomics(image, mask, once=False):
    import SimpleITK as sitk
    from radiomics import featureextractor

    extractor = featureextractor.RadiomicsFeatureExtractor(binWidth=25, label=1)
    extractor.disableAllFeatures()
    for name in CLASSES:
        extractor.enableFeatureClassByName(name)
    pair = sitk.ReadImage(str(image)), sitk.ReadImage(str(mask))
    best, values = None, None
    for _ in range(1 if once else 3):
        start = time.perf_counter()
        values = extractor.execute(*pair)
        took = time.perf_counter() - start
        best = took if best is None else min(best, took)
    if once:
        return None, {}
    return best, {k.removeprefix("original_"): float(v) for k, v in values.items() if k.startswith("original_")}


def pyradiomics_process(image, mask):
    best = None
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, __file__, "--once", image, mask], check=True)
        took = time.perf_counter() - start
        best = took if best is None else min(best, took)
    return best


STUDY = """study: {{name: bench, seed: 1, output: out}}
cohort: {{manifest: manifest.csv, outcome: {{column: outcome, positive: 1}}, split: {{column: split}}}}
images: {{im: {{image: image, mask: mask, dimension: 3d, modality: MR}}}}
radiomics:
  rois: {{roi: {{from: mask}}}}
  families: [{families}]
  discretise: {{method: fixed_bin_size, width: 25}}
  glcm: {{aggregations: [3d_average]}}
  glrlm: {{aggregations: [3d_average]}}
"""


def radfuse(binaries, image, mask, folder):
    """Seconds of radfuse-radiomics as a process, and the values."""
    # A study needs both outcomes in its training split; the second case is the first again, and is not timed.
    rows = ["case_id,outcome,split,image,mask"] + [f"c{i},{i},train,{image},{mask}" for i in (0, 1)]
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    (folder / "study.yaml").write_text(STUDY.format(families=", ".join(FAMILIES)))
    study = str(folder / "study.yaml")
    subprocess.run([binaries / "radfuse-import", "--study", study, "--quiet"], check=True)
    best = None
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([binaries / "radfuse-radiomics", "--study", study, "--quiet", "--threads", "1", "--cases", "c0",
                        "--force"], check=True, stdout=subprocess.DEVNULL)
        took = time.perf_counter() - start
        best = took if best is None else min(best, took)
    subprocess.run([binaries / "radfuse-radiomics", "--study", study, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    row = next(csv.DictReader(open(folder / "out/3_radiomics/features.radiomics.csv")))
    return best, {k.removeprefix("rad.im.original."): float(v) for k, v in row.items() if k.startswith("rad.") and v}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--radfuse", type=pathlib.Path, required=True, help="folder of Radfuse's programs")
    parser.add_argument("--data", type=pathlib.Path, required=True, help="folder of the reference data")
    parser.add_argument("--once", nargs=2, metavar=("IMAGE", "MASK"), help=argparse.SUPPRESS)
    if "--once" in sys.argv:
        logging.getLogger("radiomics").setLevel(logging.ERROR)
        pyradiomics(*sys.argv[2:4], once=True)
        return
    args = parser.parse_args()
    try:
        import radiomics
    except ImportError as error:
        sys.exit(f"PyRadiomics is not installed here ({error}); see the head of this script")
    logging.getLogger("radiomics").setLevel(logging.ERROR)
    print(f"PyRadiomics {radiomics.__version__}, OMP_NUM_THREADS={os.environ.get('OMP_NUM_THREADS', 'not set')}")
    cases = args.data.resolve() / "pyradiomics_cases"
    worst = 0.0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for name in ("brain1", "sphere of 333,152 voxels"):
            work = folder / name.split()[0]
            work.mkdir()
            pair = (cases / "brain1_image.nrrd", cases / "brain1_label.nrrd") if name == "brain1" else sphere(work)
            theirs, their_values = pyradiomics(*pair)
            process = pyradiomics_process(*pair)
            ours, our_values = radfuse(args.radfuse.resolve(), *pair, work)
            print(f"{name}: Radfuse {ours:.3f} s (whole process); PyRadiomics {theirs:.3f} s (extraction alone), "
                  f"{theirs / ours:.1f} times as long; {process:.3f} s (whole process), {process / ours:.1f} times")
            if name == "brain1":
                continue  # its bins start at multiples of the width, ours at the region's minimum
            for mine, other in SAME:
                a, b = our_values[mine], their_values[other]
                difference = abs(a - b) / max(abs(b), 1e-300)
                worst = max(worst, difference)
                print(f"  {mine}: {a:.12g} and {b:.12g}, relative difference {difference:.1e}")
    print(f"largest relative difference of the {len(SAME)} values that both define alike: {worst:.1e}")


if __name__ == "__main__":
    main()
