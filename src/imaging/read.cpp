// SPDX-License-Identifier: Apache-2.0
// From a file to a Volume or a Mask: format by name, header check, ITK, conversion.
#include "radfuse/imaging/read.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <type_traits>

#include "header.hpp"
#include "jpeg.hpp"
#include "png.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/dicom/series.hpp"
#include "raw_image.hpp"
#include "tiff.hpp"

namespace radfuse {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLabelsListed = 20;

void require_file(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) throw InputError("no such file");
}

bool is_dicom(const fs::path& path) {
  std::error_code ignored;
  const std::string extension = text::lower(path.extension().string());
  return fs::is_directory(path, ignored) || extension == ".dcm" || extension == ".dicom" || extension == ".ima";
}

/// Spacing for files that have none; a file without spacing has no origin worth keeping either.
void apply_spacing(Grid& grid, bool known, const std::vector<double>& spacing_mm) {
  if (known) return;
  grid.spacing = {1, 1, 1};
  if (spacing_mm.empty()) return;
  if (spacing_mm.size() > 3) throw StudyError("spacing_mm has more than three numbers");
  for (std::size_t a = 0; a < 3; ++a) {
    if (spacing_mm.size() == 1)
      grid.spacing[a] = spacing_mm[0];
    else if (a < spacing_mm.size())
      grid.spacing[a] = spacing_mm[a];
    if (!(grid.spacing[a] >= kLeastSpacing && grid.spacing[a] <= kMostSpacing))
      throw StudyError("spacing_mm must lie between 0.001 and 100 mm");
  }
}

struct Found {
  RawImage raw;
  HeaderFacts facts;
};

Found look(const fs::path& path, Format format, Depth depth) {
  const Part part = depth == Depth::whole ? Part::voxels : Part::header;
  if (format == Format::png) return {read_png(read_file(path), part), {}};
  if (format == Format::tiff) return {read_tiff(path, part), {}};
  if (format == Format::jpeg) return {read_jpeg(read_file(path), part), {}};
  const HeaderFacts facts = check_header(path, format, depth);
  return {itk_read(path, format, part), facts};
}

RawImage read_raw(const fs::path& path, const ReadOptions& options) {
  Found found = look(path, format_of(path).format, Depth::whole);
  apply_spacing(found.raw.grid, found.facts.spacing_known, options.spacing_mm);
  return std::move(found.raw);
}

/// Alpha is the last of two or four channels; a picture that is transparent somewhere has no value there.
void require_opaque(const RawImage& raw) {
  if (raw.channels != 2 && raw.channels != 4) return;
  with_numbers(raw, [&](const auto* numbers) {
    using Number = std::remove_cvref_t<decltype(*numbers)>;
    const auto step = static_cast<std::size_t>(raw.channels);
    for (std::size_t i = step - 1; i < raw.grid.count() * step; i += step)
      if (numbers[i] != std::numeric_limits<Number>::max())
        throw InputError("is partly transparent (it has an alpha channel); save it without transparency");
  });
}

/// Luma of ITU-R BT.601; grey stays exactly what it is.
double luma(double r, double g, double b) {
  return r == g && g == b ? r : 0.299 * r + 0.587 * g + 0.114 * b;
}

Volume volume_of(const RawImage& raw) {
  require_opaque(raw);
  Volume image(raw.grid);
  const auto step = static_cast<std::size_t>(raw.channels);
  with_numbers(raw, [&](const auto* p) {
    for (std::size_t i = 0; i < image.values.size(); ++i, p += step)
      image.values[i] = step < 3 ? static_cast<float>(p[0])
                                 : static_cast<float>(luma(static_cast<double>(p[0]), static_cast<double>(p[1]),
                                                           static_cast<double>(p[2])));
  });
  const auto bad = std::count_if(image.values.begin(), image.values.end(), [](float v) { return !std::isfinite(v); });
  if (bad > 0)
    throw InputError(std::to_string(bad) + " of " + std::to_string(image.values.size()) +
                     " voxels are not finite numbers; replace them before import");
  return image;
}

void require_grey(const RawImage& raw) {
  if (raw.channels < 3) return;
  with_numbers(raw, [&](const auto* p) {
    const auto step = static_cast<std::size_t>(raw.channels);
    for (std::size_t i = 0; i < raw.grid.count(); ++i, p += step)
      if (p[0] != p[1] || p[1] != p[2])
        throw InputError("is a mask in colours; save it as grey (0 outside, one number for each label)");
  });
}

[[noreturn]] void label_absent(const std::set<double>& labels, int label) {
  std::vector<std::string> found;
  for (const double each : labels) {
    if (found.size() == kLabelsListed) {
      found.emplace_back("...");
      break;
    }
    found.push_back(text::from_double(each));
  }
  throw InputError("has no voxel with label " + std::to_string(label) +
                   "; labels found: " + (found.empty() ? "none, the mask is empty" : text::join(found, ", ")));
}

Mask mask_of(const RawImage& raw, std::optional<int> label) {
  require_opaque(raw);
  require_grey(raw);
  Mask mask(raw.grid);
  std::set<double> labels;
  with_numbers(raw, [&](const auto* p) {
    const auto step = static_cast<std::size_t>(raw.channels);
    double last = 0;
    for (std::size_t i = 0; i < mask.values.size(); ++i, p += step) {
      const auto value = static_cast<double>(p[0]);
      if (!std::isfinite(value)) throw InputError("is a mask with values that are not numbers");
      mask.values[i] = label ? value == *label : value != 0;
      if (value != 0 && value != last && labels.size() <= kLabelsListed) labels.insert(value);
      last = value;
    }
  });
  if (label && mask.count() == 0) label_absent(labels, *label);
  return mask;
}

}  // namespace

const FormatRow& format_of(const fs::path& path) {
  const std::string name = text::lower(path.filename().string());
  for (const FormatRow& row : kFormats)
    if (name.ends_with(row.extension)) return row;
  throw InputError("is not a file that is read; known endings: " + readable_extensions() +
                   ", or a folder of DICOM slices");
}

std::string readable_extensions() {
  std::vector<std::string> all;
  for (const FormatRow& row : kFormats) all.emplace_back(row.extension);
  return text::join(all, ", ");
}

ImageInfo read_image_info(const fs::path& path) {
  return with_context(path.string(), [&] {
    require_file(path);
    if (is_dicom(path))
      return ImageInfo{.grid = dicom::read_series_grid(path), .spacing_known = true, .format = "DICOM"};
    const FormatRow& row = format_of(path);
    const auto [raw, facts] = look(path, row.format, Depth::header);
    ImageInfo info{.grid = raw.grid,
                   .spacing_known = facts.spacing_known,
                   .channels = raw.channels,
                   .format = std::string(row.name)};
    apply_spacing(info.grid, facts.spacing_known, {});
    return info;
  });
}

Volume read_image(const fs::path& path, const ReadOptions& options) {
  return with_context(path.string(), [&] {
    require_file(path);
    if (is_dicom(path)) return dicom::read_series(path).volume;
    return volume_of(read_raw(path, options));
  });
}

struct MaskFile::Content {
  RawImage raw;
};

MaskFile::MaskFile(fs::path path, const ReadOptions& options) : path_(std::move(path)) {
  with_context(path_.string(), [&] {
    require_file(path_);
    if (is_dicom(path_)) throw InputError("a mask must be a file (" + readable_extensions() + "), not DICOM slices");
    if (format_of(path_).format == Format::jpeg)
      throw InputError("JPEG compression smears a mask over its edge; save it as PNG");
    content_ = std::make_shared<const Content>(Content{read_raw(path_, options)});
  });
}

Mask MaskFile::mask(std::optional<int> label) const {
  return with_context(path_.string(), [&] { return mask_of(content_->raw, label); });
}

Mask read_mask(const fs::path& path, const ReadOptions& options, std::optional<int> label) {
  return MaskFile(path, options).mask(label);
}

void require_same_geometry(const Grid& image, std::string_view image_name, const Grid& mask, std::string_view mask_name,
                           double tolerance) {
  const double distance = corner_distance_mm(image, mask);
  const double allowed = tolerance * *std::min_element(image.spacing.begin(), image.spacing.end());
  if (distance <= allowed) return;
  throw CaseError(
      "the mask does not lie on the image's grid" +
      (std::isfinite(distance) ? " (corners up to " + text::from_float(static_cast<float>(distance)) + " mm apart)"
                               : std::string(" (different sizes)")) +
      "; image " + std::string(image_name) + ": " + describe(image) + "; mask " + std::string(mask_name) + ": " +
      describe(mask) + "; draw the mask on this image, or resample it onto the image's grid (nearest neighbour)");
}

}  // namespace radfuse
