// SPDX-License-Identifier: Apache-2.0
// Provenance beside each output.
#include "radfuse/stage/provenance.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

// A record that cannot be read is as good as none: the stage is done again.
Json read_provenance(const fs::path& file) {
  std::error_code ignored;
  const fs::path path = provenance_path(file);
  if (!fs::exists(path, ignored)) return nullptr;
  Json json = Json::parse(read_file(path), nullptr, false);
  return json.is_object() ? json : Json();
}

std::string text_at(const Json& json, const char* section, const char* key) {
  const auto found = json.find(section);
  if (found == json.end() || !found->is_object()) return "";
  const auto value = found->find(key);
  return value != found->end() && value->is_string() ? value->get<std::string>() : "";
}

std::vector<InputHash> inputs_in(const Json& json) {
  std::vector<InputHash> inputs;
  for (const Json& input : json.value("inputs", Json::array()))
    if (input.is_object()) inputs.push_back({input.value("file", ""), input.value("sha256", "")});
  return inputs;
}

std::string first_difference(const std::vector<InputHash>& was, const std::vector<InputHash>& is) {
  for (const InputHash& now : is) {
    const auto same = std::ranges::find(was, now.file, &InputHash::file);
    if (same == was.end()) return now.file + " is new";
    if (same->sha256 != now.sha256) return now.file + " changed";
  }
  return "its list of inputs changed";
}

// The user's many image files become one entry: their sums, in order.
InputHash digest_of(const std::vector<fs::path>& files, const Study& study, FileHashes& hashes) {
  std::string all;
  for (const fs::path& file : files)
    all += file.lexically_relative(study.folder).generic_string() + " " + hashes.of(file) + "\n";
  return {"(" + std::to_string(files.size()) + " source files)", sha256(all)};
}

}  // namespace

fs::path provenance_path(const fs::path& file) {
  return fs::path(file.string() + ".prov.json");
}

std::vector<InputHash> hash_inputs(const StageInfo& stage, const Study& study, FileHashes& hashes) {
  std::vector<InputHash> inputs;
  for (const std::string& file : inputs_of(stage, study)) inputs.push_back({file, hashes.of(study.output / file)});
  const auto sources = sources_of(stage, study);
  if (!sources.empty()) inputs.push_back(digest_of(sources, study, hashes));
  return inputs;
}

void write_provenance(const StageInfo& stage, const Study& study, const std::string& output,
                      const std::vector<InputHash>& inputs) {
  const fs::path file = study.output / stage.folder / output;
  const std::string hash = config_hash(stage, study);

  Json libraries = Json::object();
  for (const auto& [name, number] : library_versions()) libraries[name] = number;
  Json input_list = Json::array();
  std::vector<std::string> history;
  for (const InputHash& input : inputs) {
    input_list.push_back({{"file", input.file}, {"sha256", input.sha256}});
    const Json before = read_provenance(study.output / input.file);
    if (!before.is_object()) continue;
    for (const Json& line : before.value("history", Json::array()))
      if (line.is_string() && std::ranges::find(history, line.get<std::string>()) == history.end())
        history.push_back(line.get<std::string>());
  }
  std::ranges::sort(history);
  history.push_back(std::string(stage.program) + " " + std::string(version()) + " settings=" + hash.substr(0, 12) +
                    " seed=" + std::to_string(study.study.seed));

  const Json json = {
      {"made_by", {{"program", stage.program}, {"version", version()}, {"libraries", libraries}}},
      {"output", {{"file", output}, {"sha256", sha256_file(file)}}},
      {"settings", {{"study", study.study.name}, {"sha256", hash}}},
      {"seed", study.study.seed},
      {"inputs", input_list},
      {"history", history},
  };
  write_file(provenance_path(file), json.dump(2) + "\n");
}

Currency check_current(const StageInfo& stage, const Study& study, FileHashes& hashes) {
  using State = Currency::State;
  const std::vector<InputHash> inputs = hash_inputs(stage, study, hashes);
  const std::string hash = config_hash(stage, study);
  Currency verdict{State::current, ""};
  for (const std::string& output : outputs_of(stage, study)) {
    const fs::path file = study.output / stage.folder / output;
    const std::string sum = hashes.of(file);
    const Json record = read_provenance(file);
    if (!record.is_object() || sum == "missing") return {State::stale, "no results yet"};
    if (text_at(record, "output", "sha256") != sum)
      return {State::edited, file.string() + " was changed since " + std::string(stage.program) +
                                 " wrote it; move it away to keep it, or add --force to write it again"};
    if (text_at(record, "made_by", "version") != version())
      verdict = {State::stale, "made by version " + text_at(record, "made_by", "version")};
    else if (text_at(record, "settings", "sha256") != hash)
      verdict = {State::stale, "its settings changed"};
    else if (const auto was = inputs_in(record); was != inputs)
      verdict = {State::stale, first_difference(was, inputs)};
  }
  return verdict;
}

std::vector<std::string> remove_outdated(const StageInfo& stage, const Study& study) {
  constexpr std::string_view kRecord = ".prov.json";
  const fs::path folder = study.output / stage.folder;
  const std::vector<std::string> wanted = outputs_of(stage, study);
  std::vector<std::string> outdated;
  if (!fs::is_directory(folder)) return outdated;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (!name.ends_with(kRecord)) continue;
    const std::string output = name.substr(0, name.size() - kRecord.size());
    if (std::ranges::find(wanted, output) != wanted.end() || !fs::is_regular_file(folder / output)) continue;
    if (text_at(read_provenance(folder / output), "output", "sha256") == sha256_file(folder / output))
      outdated.push_back(output);
  }
  std::ranges::sort(outdated);
  for (const std::string& output : outdated) {
    fs::remove(folder / output);
    fs::remove(provenance_path(folder / output));
  }
  return outdated;
}

void require_inputs(const StageInfo& stage, const Study& study, FileHashes& hashes, bool accept_edited) {
  for (const std::string& input : inputs_of(stage, study)) {
    const fs::path file = study.output / input;
    const std::string folder = input.substr(0, input.find('/'));
    const auto maker = std::ranges::find(stages(), folder, &StageInfo::folder);
    const std::string program(maker == stages().end() ? "an earlier stage" : maker->program);
    const std::string sum = hashes.of(file);
    if (sum == "missing")
      throw InputError(file.string() + ": not there yet; run " + program + " first, or `radfuse run " +
                       study.file.string() + "`");
    const Json record = read_provenance(file);
    if (!record.is_object())
      throw InputError(file.string() + ": has no record of how it was made; run " + program + " again");
    if (text_at(record, "output", "sha256") != sum && !accept_edited)
      throw InputError(file.string() + ": was changed since " + program + " wrote it; run " + program +
                       " --force to write it anew, or add --force here to use it as it is");
  }
}

}  // namespace radfuse
