// SPDX-License-Identifier: Apache-2.0
// The whole study file as one struct: what each room reads is that room's own parameter struct.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "radfuse/deep/params.hpp"
#include "radfuse/dicom/params.hpp"
#include "radfuse/imaging/params.hpp"
#include "radfuse/learn/params.hpp"
#include "radfuse/network/params.hpp"
#include "radfuse/radiomics/params.hpp"
#include "radfuse/report/params.hpp"
#include "radfuse/select/params.hpp"
#include "radfuse/table/params.hpp"

namespace radfuse {

/// What decoding one case may use; none of it changes a result.
struct LimitParams {
  std::int64_t memory_mb = 8192;
  std::int64_t seconds = 600;
  std::int64_t file_mb = 16384;
};
inline void bind(Fields& f, LimitParams& p) {
  f.field("memory_mb", p.memory_mb, {64, 1048576}, "Memory for one case, beside the program itself");
  f.field("seconds", p.seconds, {1, 86400}, "Time for one case");
  f.field("file_mb", p.file_mb, {1, 1048576}, "Largest file that a case may write");
}

struct StudyParams {
  std::string name;
  std::int64_t seed = 1;
  std::string output = "out";
  LimitParams limits;
};
inline void bind(Fields& f, StudyParams& p) {
  f.field("name", p.name, "Name of the study, for the report", Need::required);
  f.field("seed", p.seed, {0, std::numeric_limits<std::int64_t>::max()},
          "Everything random is drawn from it: the same seed gives the same results");
  f.field("output", p.output, "Folder for all results, relative to the study file");
  f.section("limits", p.limits, "What the import of one case may use before it is ended, alone");
}

/// Files of every kind, and DICOM's own questions, in one section.
struct ImportSection : ImportParams, dicom::DicomParams {};
inline void bind(Fields& f, ImportSection& p) {
  bind(f, static_cast<ImportParams&>(p));
  bind(f, static_cast<dicom::DicomParams&>(p));
}

struct Study {
  StudyParams study;
  CohortParams cohort;
  std::vector<std::pair<std::string, ImageParams>> images;
  ImportSection import;
  std::optional<SegmentParams> segment;
  std::optional<RadiomicsParams> radiomics;
  std::vector<DeepParams> deep;
  std::vector<StepParams> select;
  SelectionFrequencyParams selection_frequency;
  std::optional<TrainParams> train;
  std::optional<EvaluateParams> evaluate;
  std::optional<AttributionParams> attribution;
  ReportParams report;

  std::filesystem::path file;    ///< the study file; not a knob
  std::filesystem::path folder;  ///< where it lies; relative paths start here
  std::filesystem::path output;  ///< resolved
};
void bind(Fields& f, Study& study);

/// Reads, checks every key and every rule across sections; throws StudyError with all problems at once, InputError when
/// the file cannot be read.
Study read_study(const std::filesystem::path& file);

/// The canonical text of the sections named ("study.seed" is allowed for a single key): what a stage's hash is made of.
std::string canonical_sections(const Study& study, const std::vector<std::string_view>& sections);
/// What a set of deep features depends on: seed, images, regions and its own settings, apart from its pictures.
std::string canonical_deep(const Study& study, const DeepParams& deep);
/// The whole study, every default written out.
std::string canonical_study(const Study& study);
/// configs/reference.yaml and configs/study.schema.json.
std::string study_reference();
std::string study_schema();

}  // namespace radfuse
