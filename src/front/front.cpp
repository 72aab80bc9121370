// SPDX-License-Identifier: Apache-2.0
// Parsing of the front door's command line, and its one place for errors.
#include "radfuse/front/front.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "commands.hpp"
#include "radfuse/base/discretion.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/find.hpp"
#include "radfuse/stage/line.hpp"
#include "radfuse/stage/manifest.hpp"
#include "radfuse/stage/stage_main.hpp"

namespace radfuse {
namespace {

using Command = std::function<ExitCode()>;

void add_threads(CLI::App& app, int& threads) {
  threads = available_threads();
  app.add_option("--threads", threads, "Cases worked on at the same time; never changes a result")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

void add_run(CLI::App& app, RunRequest& r, Command& command) {
  CLI::App* run = app.add_subcommand("run", "Run a study: every stage that is not up to date");
  run->add_option("STUDY", r.study, "The study file")->required();
  run->add_option("--from", r.from,
                  "First stage (import, segment, radiomics, deep, select, train, evaluate, attribution)");
  run->add_option("--to", r.to, "Last stage");
  add_threads(*run, r.threads);
  run->add_flag("--dry-run", r.dry_run, "Say what would be done, and do nothing");
  run->add_flag("--force", r.force, "Do everything again, and accept inputs that were edited by hand");
  run->add_flag("--strict", r.strict, "End at the first case that fails");
  run->add_flag("--deterministic", r.deterministic, "The same bytes on different processors too");
  run->add_flag("--quiet", r.quiet, "No progress; only the verdict and errors");
  run->add_flag("--json-log", r.json_log, "Progress as JSON lines on standard error");
  run->callback([&] { command = [&] { return run_command(r); }; });
}

void add_sample(CLI::App& app, SampleRequest& r, Command& command) {
  CLI::App* sample =
      app.add_subcommand("sample", "Write a synthetic cohort with known truth, and a study to run on it");
  sample->add_option("DIR", r.folder, "Folder to write")->required();
  sample->add_option("--kind", r.kind, "us2d, xray2d, ct3d, mri3d or pet3d")->capture_default_str();
  sample->add_option("--form", r.form, "native (PNG, NIfTI) or dicom (series, pictures, RTSTRUCT, SEG)")
      ->capture_default_str();
  sample->add_option("--cases", r.cases, "Number of cases, 12 to 9999")->capture_default_str();
  sample->add_option("--seed", r.seed, "The same seed gives the same bytes")->capture_default_str();
  sample->add_flag("--force", r.force, "Write into a folder that is not empty");
  add_threads(*sample, r.threads);
  sample->callback([&] { command = [&] { return sample_command(r); }; });
}

ExitCode report(const std::string& text, ExitCode code) {
  std::cerr << "radfuse: " << text::printable_lines(revealed(text)) << "\n";
  return code;
}

}  // namespace

int front_main(int argc, char** argv) {
  LineProgress line("radfuse: looking for series by their UID, headers");
  dicom::UidIndex index(available_threads(), [&](std::size_t done, std::size_t total) { line.at(done, total); });
  find_uids_with([&](const auto& uid, const auto& roots) { return index.find(uid, roots); });
  CLI::App app{"From medical images to validated diagnostic models: one study file, one manifest.", "radfuse"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("radfuse ") + std::string(version()));
  app.footer(exit_code_help());
  Command command;

  RunRequest run;
  add_run(app, run, command);

  std::filesystem::path study, folder, root;
  std::string case_id, preset = "us2d", what;
  int threads = 1;
  bool json = false, list_presets = false, from_dicom = false;

  CLI::App* check = app.add_subcommand("check", "Every problem of the study, the manifest and the image headers");
  check->add_option("STUDY", study, "The study file")->required();
  add_threads(*check, threads);
  check->callback([&] { command = [&] { return check_command(study, threads); }; });

  CLI::App* init = app.add_subcommand("init", "Write a commented study file and a manifest to fill in");
  init->add_option("DIR", folder, "Folder to write");
  init->add_option("--preset", preset, "Which template")->capture_default_str();
  init->add_option("--from-dicom", root, "Make the study from the DICOM files below this folder");
  init->add_flag("--list", list_presets, "Show the presets");
  add_threads(*init, threads);
  init->callback([&] {
    command = [&] {
      if (list_presets) return list_command("presets", false);
      if (folder.empty()) throw StudyError("init needs a folder: radfuse init DIR [--preset NAME | --from-dicom ROOT]");
      if (!root.empty()) require_free(folder, false);
      if (!root.empty()) return init_from_dicom_command(folder, root, threads);
      return init_command(folder, preset);
    };
  });

  SampleRequest sample;
  add_sample(app, sample, command);

  std::filesystem::path data, table;
  CLI::App* conformance = app.add_subcommand("conformance", "Compute published reference values anew, and compare");
  conformance->add_option("CHAPTER", what, "Which: ibsi1, the features of the IBSI's chapter 1")->required();
  conformance->add_option("--data", data, "Folder with the reference data (docs/conformance.md)")->required();
  conformance->add_option("--out", table, "Write every row to this CSV file");
  conformance->add_flag("--dicom", from_dicom,
                        "Configurations A to E from the CT phantom's DICOM series and structure set");
  add_threads(*conformance, threads);
  conformance->callback([&] { command = [&] { return conformance_command(what, data, table, from_dicom, threads); }; });

  CLI::App* status = app.add_subcommand("status", "What is done, what failed and why");
  status->add_option("STUDY", study, "The study file")->required();
  status->callback([&] { command = [&] { return status_command(study); }; });

  CLI::App* explain = app.add_subcommand("explain", "What happened to one case in every stage");
  explain->add_option("STUDY", study, "The study file")->required();
  explain->add_option("CASE", case_id, "The case's id")->required();
  explain->callback([&] { command = [&] { return explain_command(study, case_id); }; });

  std::filesystem::path weights_file, converted;
  std::string names;
  CLI::App* weights =
      app.add_subcommand("weights", "Files of pretrained networks: what is in them, and another format");
  weights->require_subcommand(1);
  CLI::App* inspect = weights->add_subcommand(
      "inspect", "List the tensors, say which network they belong to, and print the lines for the study file");
  inspect->add_option("FILE", weights_file, "PyTorch file (.pth, .pt, .th) or .safetensors; nothing in it is run")
      ->required();
  inspect->callback([&] { command = [&] { return inspect_weights_command(weights_file); }; });
  CLI::App* convert =
      weights->add_subcommand("convert", "Write the same tensors as safetensors, a format without code");
  convert->add_option("FILE", weights_file, "PyTorch file (.pth, .pt, .th) or .safetensors")->required();
  convert->add_option("OUT", converted, "The new file, OUT.safetensors")->required();
  convert->add_option("--names", names, "torchvision: bring the names of other libraries to torchvision's");
  convert->callback([&] { command = [&] { return convert_weights_command(weights_file, converted, names); }; });

  CLI::App* list = app.add_subcommand("list", "What there is: " + listable());
  list->add_option("WHAT", what, listable())->required();
  list->add_flag("--json", json, "As JSON");
  list->callback([&] { command = [&] { return list_command(what, json); }; });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  ExitCode code;
  try {
    code = command();
  } catch (const Error& error) {
    code = report(error.what(), error.code());
  } catch (const std::exception& error) {
    code = report(std::string("this is a mistake of ours, please report it: ") + error.what(), ExitCode::bug);
  }
  std::cout.flush();
  return static_cast<int>(code);
}

}  // namespace radfuse
