// SPDX-License-Identifier: Apache-2.0
// radfuse weights: what a file of network weights holds, and the same tensors as safetensors.
#include <algorithm>
#include <iostream>

#include "commands.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/weights/architectures.hpp"
#include "radfuse/weights/inspect.hpp"

namespace radfuse {
namespace {

using weights::Match;
using weights::NamedTensor;
using weights::StateDict;

constexpr std::size_t kShownMatches = 3;
constexpr double kCertain = 0.9;  // share of tensors from which a file is taken to be of an architecture

std::string_view name_of(Architecture architecture) {
  for (const auto& row : kArchitectures)
    if (row.value == architecture) return row.name;
  return "";
}

std::string shape_of(const NamedTensor& tensor) {
  if (tensor.shape.empty()) return "1 number";
  std::vector<std::string> sides;
  for (const std::int64_t side : tensor.shape) sides.push_back(std::to_string(side));
  return text::join(sides, " x ");
}

double share_of(const Match& match) {
  return static_cast<double>(match.fitting) / static_cast<double>(match.fitting + match.missing);
}

bool is_statistic(const std::string& name) {
  return name.ends_with("running_mean") || name.ends_with("running_var");
}

void print_tensors(const StateDict& file, const std::vector<std::string>& types) {
  std::size_t widest = 0, values = 0, statistics = 0;
  for (const NamedTensor& tensor : file.tensors) {
    widest = std::max(widest, text::printable(tensor.name).size());
    (is_statistic(tensor.name) ? statistics : values) += tensor.values.size();
  }
  for (std::size_t i = 0; i < file.tensors.size(); ++i) {
    const std::string name = text::printable(file.tensors[i].name);
    std::cout << name << std::string(widest - name.size() + 2, ' ') << types[i]
              << std::string(10 - types[i].size(), ' ') << shape_of(file.tensors[i]) << "\n";
  }
  std::cout << "\ntensors: " << file.tensors.size() << "\nparameters: " << values;
  if (statistics > 0) std::cout << " (and " << statistics << " running means and variances)";
  std::cout << "\n";
  for (const auto& [key, value] : file.metadata)
    std::cout << "note in the file: " << text::printable(key) << ": " << text::printable(value) << "\n";
  for (const std::string& what : file.skipped) std::cout << "skipped: " << text::printable(what) << "\n";
}

void print_match(const Match& match) {
  const std::size_t all = match.fitting + match.missing;
  std::cout << "  " << name_of(match.architecture) << ": " << match.fitting << " of " << all << " tensors fit";
  if (match.unexpected > 0) std::cout << ", " << match.unexpected << " more are not needed";
  if (match.missing == 0)
    std::cout << "; " << match.variant.channels << " input channel(s), "
              << (match.variant.classes > 0 ? std::to_string(match.variant.classes) + " classes" : "no classifier");
  std::cout << "\n";
  if (!match.renamed.empty()) std::cout << "    " << text::printable(match.renamed) << "\n";
}

void print_study_lines(const Match& best, const std::filesystem::path& file, const std::string& sha256) {
  std::cout << "\nfor the study file, below deep: (the path is relative to the study file):\n"
            << "    network: " << name_of(best.architecture) << "\n"
            << "    weights:\n"
            << "      file: " << text::printable(file.string()) << "\n"
            << "      sha256: " << sha256 << "\n";
}

Architecture architecture_of(const StateDict& found) {
  const auto matches = weights::best_matches(found);
  if (matches.empty() || share_of(matches.front()) < kCertain)
    throw InputError("of no architecture that Radfuse knows; convert it without --names");
  return matches.front().architecture;
}

}  // namespace

ExitCode inspect_weights_command(const std::filesystem::path& file) {
  const std::string bytes = read_file(file);
  std::vector<std::string> types;
  const StateDict found = with_context(file.string(), [&] { return weights::parse_weights(bytes, types); });
  const std::string hash = sha256(bytes);
  print_tensors(found, types);
  const auto matches = weights::best_matches(found);
  std::cout << "\narchitecture:\n";
  for (std::size_t i = 0; i < std::min(matches.size(), kShownMatches); ++i) print_match(matches[i]);
  if (matches.empty()) std::cout << "  none that Radfuse knows\n";
  if (!matches.empty() && matches.front().missing == 0)
    print_study_lines(matches.front(), file, hash);
  else
    std::cout << "\nsha256: " << hash << "\n";
  return ExitCode::done;
}

ExitCode convert_weights_command(const std::filesystem::path& file, const std::filesystem::path& out,
                                 const std::string& names) {
  if (!names.empty() && names != "torchvision")
    throw StudyError("--names is '" + names + "': there is only torchvision");
  if (out.extension() != ".safetensors") throw StudyError(out.string() + ": the new file must end in .safetensors");
  StateDict found = weights::read_weights(file);
  const std::string bytes = with_context(file.string(), [&] {
    if (found.tensors.empty()) throw InputError("there are no tensors in it");
    if (!names.empty()) {
      const Architecture architecture = architecture_of(found);
      const weights::Unified unified = unify_names(found, architecture);
      std::cout << name_of(architecture) << (unified.words.empty() ? "" : ": " + text::printable(unified.words))
                << "\n";
      // The names told how the network pads (architectures.hpp); the new ones do not.
      if (architecture == Architecture::efficientnet_b0 || architecture == Architecture::efficientnet_lite0) {
        std::erase_if(found.metadata, [](const auto& entry) { return entry.first == "padding"; });
        found.metadata.emplace_back("padding", unified.tensorflow ? "tensorflow" : "symmetric");
      }
    }
    return weights::to_safetensors(found);
  });
  write_file(out, bytes);
  for (const std::string& what : found.skipped) std::cout << "skipped: " << text::printable(what) << "\n";
  std::cout << out.string() << ": " << found.tensors.size() << " tensors as float32\nsha256: " << sha256(bytes) << "\n";
  return ExitCode::done;
}

}  // namespace radfuse
