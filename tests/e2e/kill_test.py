# SPDX-License-Identifier: Apache-2.0
# kill -9 at random moments of a run, each time resumed: the same bytes as an unbroken run, and nothing half-written.
import os
import random
import signal
import subprocess
import time

from support import Programs, StudyFolder, arguments, expect, expect_no_temporaries, expect_same, fingerprints, main, say


def run_until(programs, study, seconds):
    """Starts a run in its own process group and kills the whole group; returns whether it was still running."""
    process = subprocess.Popen(programs.command("run", study.file), start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    running = process.poll() is None
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    return running


def moments_within(seconds, count, draw):
    """One moment in each count-th part of a run, in random order, so that every stage is hit."""
    moments = [(k + draw.random()) / count * seconds for k in range(count)]
    draw.shuffle(moments)
    return moments


def other_settings(study, other):
    study["cohort"]["outcome"]["positive"] = "0" if other else "1"
    study["radiomics"]["discretise"]["bins"] = 16 if other else 32
    study["deep"][0]["epochs"] = 1 if other else 2


def kill_and_resume(programs, study, moment, unbroken, name, torn_check=True):
    running = run_until(programs, study, moment)
    left = fingerprints(study.output, ".csv", ".json") if study.output.exists() else {}
    torn = sorted(file for file in left if file in unbroken and left[file] != unbroken[file])
    expect(not (torn_check and torn), f"killed at {moment:.2f} s: half-written or different: {torn}")
    study.run()
    expect_same(unbroken, fingerprints(study.output, ".csv", ".json"), f"{name}: killed at {moment:.2f} s, then resumed")
    expect_no_temporaries(study.output)
    say(f"ok: {name}: killed at {moment:.2f} s{'' if running else ' (had ended)'}, resumed to the same bytes")
    return running


def test():
    options = arguments("kill and resume", kills=(3, "how many runs are killed"), seed=(1, "of the moments"))
    programs = Programs(options.bin)
    study = StudyFolder(programs, options.work / "study")
    whole = study.run().seconds
    unbroken = fingerprints(study.output, ".csv", ".json")
    say(f"an unbroken run: {whole:.1f} s, {len(unbroken)} CSV and JSON files")

    draw = random.Random(options.seed)
    broken = 0
    for number, moment in enumerate(moments_within(whole, options.kills, draw), 1):
        study.forget_results()
        broken += kill_and_resume(programs, study, moment, unbroken, f"{number}/{options.kills}, from nothing")
    expect(broken * 2 > options.kills, "most runs had ended before they were killed: the machine is too uneven")

    # The same where results of other settings are being replaced: half of them old, half new is what a kill leaves.
    for number, moment in enumerate(moments_within(whole, options.kills, draw), 1):
        other_settings(study.study, True)
        study.save()
        study.run()
        other_settings(study.study, False)
        study.save()
        kill_and_resume(programs, study, moment, unbroken, f"{number}/{options.kills}, over older results", torn_check=False)

    # Asked to stop politely: exit code 75, and the same bytes after resuming.
    study.forget_results()
    process = subprocess.Popen(programs.command("run", study.file), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    time.sleep(whole / 2)
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    text = process.communicate(timeout=60)[0].decode("utf-8")
    waited = time.monotonic() - asked
    expect(process.returncode == 75, f"SIGTERM: exit code {process.returncode}, not 75:\n{text[-2000:]}")
    expect(waited < 25, f"SIGTERM: took {waited:.0f} s to stop")
    expect_no_temporaries(study.output)
    study.run()
    expect_same(unbroken, fingerprints(study.output, ".csv", ".json"), "stopped by SIGTERM, then resumed")
    say(f"ok: SIGTERM: exit code 75 after {waited:.1f} s, resumed to the same bytes")


main(test)
