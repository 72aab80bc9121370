// SPDX-License-Identifier: Apache-2.0
// radfuse check: every problem of the study, the manifest and the image headers, in one pass.
#include <iostream>

#include "commands.hpp"
#include "radfuse/base/parallel.hpp"
#include "radfuse/config/study.hpp"
#include "radfuse/imaging/read.hpp"
#include "radfuse/stage/discretion.hpp"
#include "radfuse/stage/manifest.hpp"
#include "radfuse/stage/stages.hpp"

namespace radfuse {
namespace {

// Headers only: what can be known without decoding the pixels.
std::string image_problem(const ManifestImage& image, const ImageParams& params, double tolerance) {
  try {
    const ImageInfo info = read_image_info(image.image);
    const bool plane = info.grid.size[2] == 1;
    if (plane != (params.dimension == Dimension::two))
      return image.image.string() + ": has " + std::to_string(info.grid.size[2]) + " slices, but the study says " +
             (params.dimension == Dimension::two ? "dimension: 2d" : "dimension: 3d");
    for (const std::filesystem::path& file : image.masks) {
      const ImageInfo mask = read_image_info(file);
      if (info.spacing_known && mask.spacing_known)
        require_same_geometry(info.grid, image.image.string(), mask.grid, file.string(), tolerance);
      else if (info.grid.size != mask.grid.size)
        return file.string() + ": is not the size of its image: mask " + describe(mask.grid) + "; image " +
               describe(info.grid);
    }
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string row_problems(const Study& study, const ManifestRow& row) {
  if (!row.problem.empty()) return "case " + row.row.unit() + ": " + row.problem + "\n";
  std::string text;
  for (std::size_t i = 0; i < row.images.size(); ++i) {
    const std::string problem = image_problem(row.images[i], study.images[i].second, study.import.geometry_tolerance);
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
    std::cout << for_terminal(problems[i], study);
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
