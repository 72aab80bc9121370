# SPDX-License-Identifier: Apache-2.0
# The same bytes from 1 thread, 2 threads, and 3 shards that are merged.
from support import STAGES, Programs, StudyFolder, arguments, expect, expect_same, fingerprints, main, say

SHARDS = 3


def run_in_shards(programs, study):
    """Each stage in shards where it has cases to split, then whole, which merges; returns the stages that split."""
    split = []
    for stage in STAGES:
        program = f"radfuse-{stage}"
        for shard in range(SHARDS):
            result = programs.run("--study", study.file, "--shard", f"{shard}/{SHARDS}", program=program, code=None)
            if result.returncode == 2:
                expect("shard" in result.text, f"{program} --shard: no word about shards:\n{result.text}")
                break
            expect(result.returncode == 0, f"{program} --shard {shard}/{SHARDS}: exit code {result.returncode}:\n{result.text[-2000:]}")
        else:
            split.append(stage)
        programs.run("--study", study.file, program=program)
    return split


def test():
    options = arguments("same bytes")
    programs = Programs(options.bin)
    study = StudyFolder(programs, options.work / "study")

    study.run("--threads", "1")
    one = fingerprints(study.output, ".csv", ".json")
    expect(len(one) > 10, "too few files to compare")
    say(f"ok: 1 thread: {len(one)} CSV and JSON files")

    study.forget_results()
    study.run("--threads", "2")
    expect_same(one, fingerprints(study.output, ".csv", ".json"), "2 threads against 1")
    say("ok: 2 threads give the same bytes")

    study.forget_results()
    split = run_in_shards(programs, study)
    expect("radiomics" in split, f"radiomics has cases to split, but only these took --shard: {split}")
    expect_same({name: value for name, value in one.items() if name.endswith(".csv")},
                fingerprints(study.output, ".csv"), f"{SHARDS} shards against one run")
    say(f"ok: {SHARDS} shards, merged, give the same bytes (split: {', '.join(split)})")


main(test)
