// SPDX-License-Identifier: Apache-2.0
// radfuse check: every problem of the study, the manifest and the image headers, in one pass.
#include <iostream>

#include "commands.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/config/study.hpp"
#include "radfuse/dicom/regions.hpp"
#include "radfuse/imaging/source.hpp"
#include "radfuse/stage/discretion.hpp"
#include "radfuse/stage/manifest.hpp"
#include "radfuse/stage/stages.hpp"

namespace radfuse {
namespace {

// A structure set or segmentation must be readable and, unless the study names a region, hold exactly one.
std::string region_problem(const std::filesystem::path& file, const std::string& roi) {
  const dicom::RegionFile found = dicom::read_region_file(file);
  if (!roi.empty() || found.regions.size() == 1) return "";
  std::vector<std::string> names;
  for (const dicom::Region& region : found.regions) names.push_back("'" + region.name + "'");
  return file.string() + ": has " + std::to_string(names.size()) +
         " regions; say which is meant with images.<name>.roi: " + text::join(names, ", ");
}

std::string mask_problem(const std::filesystem::path& file, const SourceImage& image, const ImageParams& params,
                         const ImportSection& import) {
  if (dicom::is_region_file(file)) return region_problem(file, params.roi);
  const ImageInfo mask = read_image_info(file);
  if (image.info.spacing_known && mask.spacing_known) {
    if (import.mask.grid == dicom::GridPolicy::refuse)
      require_same_geometry(image.info.grid, "of the study", mask.grid, file.string(), import.geometry_tolerance);
  } else if (image.info.grid.size != mask.grid.size &&
             !(image.crop && mask.grid.size[0] == image.crop->whole[0] && mask.grid.size[1] == image.crop->whole[1])) {
    return file.string() + ": is not the size of its image: mask " + radfuse::describe(mask.grid) + "; image " +
           radfuse::describe(image.info.grid);
  }
  return "";
}

// Headers only: what can be known without decoding the pixels.
std::string image_problem(const ManifestImage& image, const ImageParams& params, const ImportSection& import) {
  try {
    ReadOptions options{image.spacing_mm, std::nullopt, import};
    if (params.volume) options.volume = static_cast<int>(*params.volume);
    const SourceImage source = read_source(image.image, options, false);
    const bool plane = source.info.grid.size[2] == 1;
    if (plane != (params.dimension == Dimension::two))
      return image.image.string() + ": has " + std::to_string(source.info.grid.size[2]) +
             " slices, but the study says " + (params.dimension == Dimension::two ? "dimension: 2d" : "dimension: 3d");
    for (const std::filesystem::path& file : image.masks)
      if (std::string problem = mask_problem(file, source, params, import); !problem.empty()) return problem;
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::string row_problems(const Study& study, const ManifestRow& row) {
  if (!row.problem.empty()) return "case " + row.row.unit() + ": " + row.problem + "\n";
  std::string text;
  for (std::size_t i = 0; i < row.images.size(); ++i) {
    const std::string problem = image_problem(row.images[i], study.images[i].second, study.import);
    if (!problem.empty()) text += "case " + row.row.unit() + ": " + problem + "\n";
  }
  return text;
}

}  // namespace

ExitCode check_command(const std::filesystem::path& file, int threads) {
  const Study study = read_study(file);
  const Manifest manifest = read_manifest(study);
  std::vector<std::string> problems(manifest.rows.size());
  parallel_for(manifest.rows.size(), threads,
               [&](std::size_t i) { problems[i] = row_problems(study, manifest.rows[i]); });
  std::size_t bad = 0, cases = 0;
  for (std::size_t i = 0; i < problems.size(); ++i) {
    std::cout << text::printable_lines(for_terminal(problems[i], study));
    bad += problems[i].empty() ? 0 : 1;
    cases += manifest.rows[i].row.reader == manifest.reference_reader ? 1 : 0;
  }
  for (const auto& source : sources_of(stage_info(StageId::deep), study))
    if (!std::filesystem::exists(source)) {
      std::cout << source.string() << ": the weights file is not there\n";
      ++bad;
    }
  std::cout << "radfuse check: " << cases << " cases, " << manifest.rows.size() << " rows, "
            << manifest.image_names.size() << (manifest.image_names.size() == 1 ? " image each; " : " images each; ");
  if (bad == 0)
    std::cout << "no problem found\n";
  else
    std::cout << bad << (bad == 1 ? " has a problem" : " have problems") << "; the others can run\n";
  return bad == 0 ? ExitCode::done : ExitCode::input;
}

}  // namespace radfuse
