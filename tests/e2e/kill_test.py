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


def use_other_settings(study, other):
    study.study["cohort"]["outcome"]["positive"] = "0" if other else "1"
    study.study["import"] = {"geometry_tolerance": 0.02 if other else 0.01}
    study.study["radiomics"]["discretise"]["bins"] = 16 if other else 32
    study.study["deep"][0]["train"]["epochs"] = 1 if other else 2
    study.save()


def resume(study, unbroken, name):
    study.run()
    expect_same(unbroken, fingerprints(study.output, ".csv", ".json"), f"{name}, then resumed")
    expect_no_temporaries(study.output)
    say(f"ok: {name}, resumed to the same bytes")


def kill_from_nothing(programs, study, moment, unbroken, name):
    """Returns whether the run was still running when it was killed."""
    study.forget_results()
    running = run_until(programs, study, moment)
    name = f"{name}: from nothing, killed at {moment:.2f} s{'' if running else ' (had ended)'}"
    left = fingerprints(study.output, ".csv", ".json") if study.output.exists() else {}
    torn = sorted(file for file in left if file in unbroken and left[file] != unbroken[file])
    expect(not torn, f"{name}: half-written or different: {torn}")
    resume(study, unbroken, name)
    return running


def kill_over_older_results(programs, study, moment, older, unbroken, go_back, name):
    """A kill leaves half of the results old, half new; one may go on from there, or back to the older settings."""
    use_other_settings(study, True)
    study.run()
    use_other_settings(study, False)
    run_until(programs, study, moment)
    use_other_settings(study, go_back)
    resume(study, older if go_back else unbroken,
           f"{name}: over older results, killed at {moment:.2f} s, {'back' if go_back else 'on'}")


def test():
    options = arguments("kill and resume", kills=(3, "how many runs are killed"), seed=(1, "of the moments"))
    programs = Programs(options.bin)
    study = StudyFolder(programs, options.work / "study")
    use_other_settings(study, True)
    study.run()
    older = fingerprints(study.output, ".csv", ".json")
    study.forget_results()
    use_other_settings(study, False)
    whole = study.run().seconds
    unbroken = fingerprints(study.output, ".csv", ".json")
    say(f"an unbroken run: {whole:.1f} s, {len(unbroken)} CSV and JSON files")

    draw = random.Random(options.seed)
    running = 0
    for number, moment in enumerate(moments_within(whole, options.kills, draw), 1):
        running += kill_from_nothing(programs, study, moment, unbroken, f"{number}/{options.kills}")
    expect(running * 2 > options.kills, "most runs had ended before they were killed: the machine is too uneven")
    for number, moment in enumerate(moments_within(whole, options.kills, draw), 1):
        kill_over_older_results(programs, study, moment, older, unbroken, number % 2 == 0, f"{number}/{options.kills}")

    # Asked to stop politely: exit code 75, and the same bytes after resuming.
    use_other_settings(study, False)
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
