// SPDX-License-Identifier: Apache-2.0
// Runs the configurations, finds each reference row's value by its tag, and compares.
#include "radfuse/conformance/ibsi1.hpp"

#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/regions.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/radiomics/diagnostics.hpp"
#include "radfuse/radiomics/extract.hpp"
#include "radfuse/radiomics/features.hpp"
#include "radfuse/table/csv.hpp"

namespace radfuse::conformance {
namespace fs = std::filesystem;
namespace {

/// What the IBSI puts behind a tag for an aggregation.
struct Ending {
  std::string_view aggregation, tag;
};
constexpr Ending kEndings[] = {
    {"2d_average", "_2D_avg"},
    {"2d_slice_merged", "_2D_comb"},
    {"2.5d_direction_merged", "_2_5D_avg"},
    {"2.5d_merged", "_2_5D_comb"},
    {"3d_average", "_3D_avg"},
    {"3d_merged", "_3D_comb"},
    {"2d", "_2D"},
    {"2.5d", "_2_5D"},
    {"3d", "_3D"},
};

std::string ending_of(std::string_view aggregation) {
  for (const Ending& ending : kEndings)
    if (ending.aggregation == aggregation) return std::string(ending.tag);
  throw Error(ExitCode::bug, "no tag for aggregation " + std::string(aggregation));
}

/// "original.<family>.<feature>[.<aggregation>]" to the IBSI's tag.
std::map<std::string, std::string> tags_by_stem() {
  std::map<std::string, std::string> tags;
  for (const auto& family : radiomics::families())
    for (const auto& feature : family.features)
      tags["original." + std::string(family.name) + "." + std::string(feature.name)] = feature.tag;
  return tags;
}

std::string tag_of(const std::string& name, const std::map<std::string, std::string>& tags) {
  if (const auto plain = tags.find(name); plain != tags.end()) return plain->second;
  // An aggregation may hold a dot itself ("2.5d_merged"): the stem is the part up to the third dot.
  const std::size_t dot = name.find('.', name.find('.', name.find('.') + 1) + 1);
  const auto stem = tags.find(name.substr(0, dot));
  if (dot == std::string::npos || stem == tags.end()) throw Error(ExitCode::bug, "no tag for feature " + name);
  return stem->second + ending_of(std::string_view(name).substr(dot + 1));
}

fs::path folder_of(const fs::path& data) {
  for (const fs::path& folder : {data / "ibsi1", data}) {
    std::error_code ignored;
    if (fs::exists(folder / "reference.csv", ignored)) return folder;
  }
  throw InputError(data.string() + ": holds no ibsi1/reference.csv; docs/conformance.md says what the folder needs");
}

double number(const CsvTable& csv, std::size_t row, std::size_t column) {
  const auto value = text::to_double(csv.rows[row][column]);
  if (value) return *value;
  throw InputError(csv.file.string() + ":" + std::to_string(csv.lines[row]) + ": '" +
                   text::printable(csv.rows[row][column]) + "' is not a number");
}

std::vector<std::string> cells_of(const Result& result) {
  const ReferenceRow& r = result.reference;
  std::vector<std::string> cells = {r.configuration, r.family, r.aggregation, r.tag, r.printed};
  cells.push_back(r.has_value() ? text::from_double(r.tolerance) : "");
  const bool known = result.value && !std::isnan(*result.value);
  cells.push_back(known ? text::from_double(*result.value) : "");
  cells.push_back(known && r.has_value() ? text::from_double(*result.value - r.value) : "");
  cells.push_back(!r.has_value() ? "" : result.pass ? "yes" : "no");
  return cells;
}

struct Phantom {
  Volume image;
  Mask mask;
};

/// The series and the only structure set of the phantom's DICOM form.
Phantom dicom_phantom(const fs::path& folder) {
  std::vector<fs::path> structures;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(folder / "rtstruct", problem))
    if (dicom::is_region_file(entry.path())) structures.push_back(entry.path());
  if (problem || structures.size() != 1)
    throw InputError((folder / "rtstruct").string() + ": " + std::to_string(structures.size()) +
                     " structure sets instead of one; docs/conformance.md says what the folder needs");
  dicom::DicomSeries series =
      with_context((folder / "image").string(), [&] { return dicom::read_series(folder / "image"); });
  dicom::DicomMask region =
      with_context(structures[0].string(), [&] { return dicom::read_regions(structures[0], "", series.frame); });
  return {std::move(series.volume), std::move(region.mask)};
}

/// Compares every configuration; `phantom_of` gives image and mask of one.
template <class PhantomOf>
Conformance run(const fs::path& folder, const std::vector<Configuration>& configurations, int threads,
                PhantomOf phantom_of) {
  const auto reference = read_reference(folder / "reference.csv");
  std::vector<std::map<std::string, double>> values(configurations.size());
  parallel_for(configurations.size(), threads, [&](std::size_t i) {
    const Configuration& c = configurations[i];
    with_context("configuration " + c.name, [&] {
      const Phantom& phantom = phantom_of(c);
      values[i] = values_by_tag(phantom.image, phantom.mask, c.params);
    });
  });
  Conformance out;
  for (std::size_t i = 0; i < configurations.size(); ++i) compare(reference, configurations[i].name, values[i], out);
  return out;
}

}  // namespace

std::vector<ReferenceRow> read_reference(const fs::path& file) {
  const CsvTable csv = read_csv(file);
  std::map<std::string_view, std::size_t> at;
  for (const char* name : {"configuration", "family", "aggregation", "feature", "tag", "value", "tolerance"})
    at[name] = csv.require_column(name, "reference values of the IBSI");
  std::vector<ReferenceRow> rows;
  for (std::size_t i = 0; i < csv.rows.size(); ++i) {
    const auto& c = csv.rows[i];
    ReferenceRow row{c[at["configuration"]], c[at["family"]], c[at["aggregation"]],
                     c[at["feature"]],       c[at["tag"]],    c[at["value"]]};
    if (row.has_value()) {
      row.value = number(csv, i, at["value"]);
      row.tolerance = number(csv, i, at["tolerance"]);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

double allowed(const ReferenceRow& row) {
  if (row.tolerance > 0) return row.tolerance;
  // Features are printed with three significant digits, so that zeros at the end of a whole number only fill places:
  // 1490 stands for 1494.6. Diagnostics are counts and sizes: every digit of theirs counts.
  std::string printed = row.printed;
  if (!row.is_diagnostic() && printed.find_first_of(".eE") == std::string::npos)
    printed.erase(printed.find_last_not_of('0') + 1);
  int digits = 0;
  for (const char c : printed) {
    if (c == 'e' || c == 'E') break;
    if (c >= '0' && c <= '9' && (digits > 0 || c != '0')) ++digits;
  }
  const double magnitude = row.value == 0 ? 0 : std::floor(std::log10(std::abs(row.value)));
  return 0.5 * std::pow(10, magnitude - std::max(3, digits) + 1) * (1 + 1e-9);
}

bool reproduces(double computed, const ReferenceRow& row) {
  return std::abs(computed - row.value) <= allowed(row);
}

std::map<std::string, double> values_by_tag(const Volume& image, const Mask& mask, const RadiomicsParams& params) {
  const auto names = radiomics::feature_names(params, false);
  const auto extraction = radiomics::extract(image, mask, params, false);
  const auto tags = tags_by_stem();
  std::map<std::string, double> by_tag;
  for (std::size_t i = 0; i < names.size(); ++i) by_tag[tag_of(names[i], tags)] = extraction.values[i];
  std::vector<double> diagnostics = radiomics::image_diagnostics(image, params, false);
  diagnostics.insert(diagnostics.end(), extraction.region_diagnostics.begin(), extraction.region_diagnostics.end());
  for (std::size_t i = 0; i < diagnostics.size(); ++i)
    by_tag[std::string(radiomics::diagnostics()[i].name)] = diagnostics[i];
  return by_tag;
}

void compare(const std::vector<ReferenceRow>& reference, const std::string& configuration,
             const std::map<std::string, double>& values, Conformance& out) {
  for (const ReferenceRow& row : reference) {
    if (row.configuration != configuration) continue;
    Result result{row, {}, false};
    if (const auto found = values.find(row.tag); found != values.end()) result.value = found->second;
    if (!row.has_value()) {
      out.without_reference.push_back(std::move(result));
      continue;
    }
    result.pass = result.value && reproduces(*result.value, row);
    Score& score = row.is_diagnostic() ? out.diagnostics : out.features;
    ++score.total;
    score.passed += result.pass ? 1 : 0;
    out.compared.push_back(std::move(result));
  }
}

Conformance ibsi1(const fs::path& data, int threads) {
  const fs::path folder = folder_of(data);
  return run(folder, ibsi1_configurations(), threads, [&](const Configuration& c) {
    Volume image = read_image(folder / c.phantom / "image.nii.gz");
    return Phantom{std::move(image), read_mask(folder / c.phantom / "mask.nii.gz")};
  });
}

Conformance ibsi1_dicom(const fs::path& data, int threads) {
  const fs::path folder = folder_of(data);
  std::vector<Configuration> configurations = ibsi1_configurations();
  std::erase_if(configurations, [](const Configuration& c) { return c.phantom != "ct_phantom"; });
  const Phantom phantom = dicom_phantom(folder / "ct_phantom" / "dicom");
  Conformance out =
      run(folder, configurations, threads, [&](const Configuration&) -> const Phantom& { return phantom; });
  const Mask nifti = read_mask(folder / "ct_phantom" / "mask.nii.gz");
  require_same_geometry(phantom.image.grid, "the DICOM series", nifti.grid, "mask.nii.gz");
  out.masks = MaskDifference{phantom.mask.count(), nifti.count(), 0};
  for (std::size_t i = 0; i < nifti.values.size(); ++i)
    out.masks->differing += nifti.values[i] != phantom.mask.values[i];
  return out;
}

std::string to_csv(const Conformance& conformance) {
  std::string csv = csv_line(
      {"configuration", "family", "aggregation", "tag", "reference", "tolerance", "value", "difference", "pass"});
  for (const auto* rows : {&conformance.compared, &conformance.without_reference})
    for (const Result& result : *rows) csv += csv_line(cells_of(result));
  return csv;
}

}  // namespace radfuse::conformance
