// SPDX-License-Identifier: Apache-2.0
// radfuse init --from-dicom: a folder from the scanner becomes a study to edit.
#include <sys/stat.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <vector>

#include "commands.hpp"
#include "proposal.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/stage/line.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kShown = 5;

/// While it lives, new files are for their owner only (mode 0600).
class OwnerOnly {
 public:
  OwnerOnly() : before_(umask(077)) {}
  ~OwnerOnly() { umask(before_); }
  OwnerOnly(const OwnerOnly&) = delete;
  OwnerOnly& operator=(const OwnerOnly&) = delete;

 private:
  mode_t before_;
};

std::string counted(std::size_t n, const std::string& one, const std::string& many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string damaged_csv(const dicom::Scan& scan) {
  std::string csv = csv_line({"file", "problem"});
  for (const auto& [file, problem] : scan.damaged) csv += csv_line({file.string(), problem});
  return csv;
}

void print_images(const Proposal& proposal) {
  for (std::size_t i = 0; i < proposal.images.size(); ++i) {
    std::size_t with = 0, drawn = 0, several = 0;
    for (const ProposedCase& one : proposal.cases) {
      with += one.images[i].empty() ? 0 : 1;
      drawn += !one.images[i].empty() && !one.images[i][0].regions.empty() ? 1 : 0;
      several += one.images[i].size() > 1 ? 1 : 0;
    }
    std::cout << "  " << proposal.images[i].name << ": " << counted(with, "case", "cases") << ", " << drawn
              << " with regions" << (several == 0 ? "" : ", " + std::to_string(several) + " with several series")
              << "\n";
  }
}

void print_scan(const dicom::Scan& scan) {
  std::cout << "radfuse init: " << counted(scan.files, "file", "files") << ", "
            << counted(scan.series.size(), "series or object", "series and objects");
  if (scan.other_files > 0) std::cout << ", " << scan.other_files << " not DICOM";
  if (scan.copies > 0) std::cout << ", " << scan.copies << " copies left out";
  if (!scan.damaged.empty()) std::cout << ", " << scan.damaged.size() << " damaged";
  std::cout << "\n";
  for (std::size_t i = 0; i < std::min(kShown, scan.damaged.size()); ++i)
    std::cout << "  damaged: " << text::printable(scan.damaged[i].first.string()) << ": "
              << text::printable(scan.damaged[i].second) << "\n";
  if (scan.damaged.size() > kShown) std::cout << "  and " << scan.damaged.size() - kShown << " more: damaged.csv\n";
}

void print_next(const fs::path& folder, bool choices, bool regions) {
  std::vector<std::string> steps = {"fill in outcome, site and split in " + (folder / "manifest.csv").string()};
  if (choices)
    steps.emplace_back(
        "choices.csv lists the cases with several series: where the first is not the one you mean, put the cell of "
        "another into the manifest. A second time point or lesion is a row of its own, with another case_id and the "
        "same patient_id");
  if (regions) steps.emplace_back("regions.csv lists the regions by name: say in study.yaml, as roi:, which is meant");
  steps.push_back("radfuse check " + (folder / "study.yaml").string());
  std::cout << "next:\n";
  for (std::size_t i = 0; i < steps.size(); ++i) std::cout << "  " << i + 1 << ". " << steps[i] << "\n";
  std::cout << "keep at home: linkage.csv" << (choices ? ", choices.csv" : "") << (regions ? ", regions.csv" : "")
            << " and manifest.csv tell which case is which patient; never share them"
            << ". Files below the study's output hold no such names\n";
}

}  // namespace

ExitCode init_from_dicom_command(const fs::path& folder, const fs::path& root, int threads) {
  dicom::Scan scan;
  {
    LineProgress line("radfuse init: reading headers");
    scan = dicom::scan_tree(root, threads, [&](std::size_t done, std::size_t total) { line.at(done, total); });
  }
  print_scan(scan);
  const Proposal proposal = propose(scan);
  if (proposal.cases.empty())
    throw InputError(root.string() +
                     ": no DICOM images below it; is this the folder that the scanner or the archive "
                     "exported?");
  std::map<const dicom::FoundSeries*, NumberedNames> known;
  const RegionNames names = [&](const dicom::FoundSeries& regions) -> NumberedNames {
    const auto [found, is_new] = known.try_emplace(&regions);
    if (is_new) found->second = region_names(regions.files[0]);
    return found->second;
  };
  const std::string choices = choices_csv(proposal), regions = regions_csv(proposal, names);
  const bool has_choices = std::ranges::count(choices, '\n') > 1, has_regions = std::ranges::count(regions, '\n') > 1;
  const fs::path shown_root =
      root.is_absolute() ? root.lexically_normal() : fs::relative(root, folder).lexically_normal();
  write_file(folder / "study.yaml", proposed_study(proposal, names, shown_root.string()));
  {
    const OwnerOnly private_files;
    write_file(folder / "manifest.csv", proposed_manifest(proposal));
    write_file(folder / "linkage.csv", linkage_csv(proposal));
    if (has_choices) write_file(folder / "choices.csv", choices);
    if (has_regions) write_file(folder / "regions.csv", regions);
    if (!scan.damaged.empty()) write_file(folder / "damaged.csv", damaged_csv(scan));
  }
  std::cout << counted(proposal.cases.size(), "case", "cases") << " (one for each patient) in " << folder.string()
            << "\n";
  print_images(proposal);
  if (proposal.patients_without_images > 0)
    std::cout << "  left out: " << counted(proposal.patients_without_images, "patient", "patients")
              << " without an image of a known modality\n";
  print_next(folder, has_choices, has_regions);
  return ExitCode::done;
}

}  // namespace radfuse
