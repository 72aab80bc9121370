// SPDX-License-Identifier: Apache-2.0
// From a file to a Volume or a Mask: format by name, header check, ITK, conversion.
#include "radfuse/imaging/read.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <type_traits>

#include "dicom_read.hpp"
#include "header.hpp"
#include "jpeg.hpp"
#include "png.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
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

/// How many images the file holds one after the other: volumes of a fourth dimension, or numbers in each voxel that are
/// no colour.
int choices(const RawImage& raw) {
  if (raw.volumes > 1) return raw.volumes;
  return raw.channels > 4 ? raw.channels : 1;
}

/// A choice where there is one, within what there is.
void require_choice(const RawImage& raw, std::optional<int> wanted) {
  const int many = choices(raw), possible = raw.volumes > 1 ? raw.volumes : raw.channels;
  const std::string what = raw.volumes > 1 ? " volumes" : " numbers in each voxel";
  if (!wanted && many > 1)
    throw InputError("has " + std::to_string(many) + what + "; say which is meant with images.<name>.volume");
  if (!wanted) return;
  if (*wanted < 1 || *wanted > possible)
    throw InputError("has " + std::to_string(possible) + (possible == 1 ? " volume" : what) +
                     "; images.<name>.volume asks for number " + std::to_string(*wanted));
  if (raw.volumes > 1 && raw.channels > 4)
    throw InputError("has several numbers in each voxel of several volumes; save the image that is meant");
}

/// Leaves the volume (or channel) that is meant.
void select_volume(RawImage& raw, std::optional<int> wanted) {
  require_choice(raw, wanted);
  if (!wanted) return;
  const std::size_t voxels = raw.grid.count(), at = static_cast<std::size_t>(*wanted - 1);
  const std::size_t width =
      raw.bytes.size() / (voxels * static_cast<std::size_t>(raw.channels) * static_cast<std::size_t>(raw.volumes));
  if (raw.volumes > 1) {
    const auto length = static_cast<std::ptrdiff_t>(voxels * static_cast<std::size_t>(raw.channels) * width);
    const auto first = raw.bytes.begin() + static_cast<std::ptrdiff_t>(at) * length;
    raw.bytes = std::vector<std::byte>(first, first + length);
  } else if (raw.channels > 1) {
    const std::size_t step = static_cast<std::size_t>(raw.channels) * width;
    for (std::size_t i = 0; i < voxels; ++i)
      std::copy_n(raw.bytes.begin() + static_cast<std::ptrdiff_t>(i * step + at * width), width,
                  raw.bytes.begin() + static_cast<std::ptrdiff_t>(i * width));
    raw.bytes.resize(voxels * width);
    raw.channels = 1;
  }
  raw.volumes = 1;
}

Found read_raw(const fs::path& path, const ReadOptions& options) {
  Found found = look(path, format_of(path).format, Depth::whole);
  select_volume(found.raw, options.volume);
  if (!found.facts.spacing_known) found.raw.grid = with_spacing(found.raw.grid, options.spacing_mm);
  return found;
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
  throw InputError("is not a file that is read; known endings: " + readable_extensions() + ", or DICOM");
}

std::string readable_extensions() {
  std::vector<std::string> all;
  for (const FormatRow& row : kFormats) all.emplace_back(row.extension);
  return text::join(all, ", ");
}

bool is_dicom(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return true;
  const std::string name = text::lower(path.filename().string());
  for (const FormatRow& row : kFormats)
    if (name.ends_with(row.extension)) return false;
  for (const std::string_view ending : {".dcm", ".dicom", ".ima"})
    if (name.ends_with(ending)) return true;
  // Scanners name files IM_0001 or 1.2.840.1; the mark stands after 128 bytes.
  const std::string start = fs::is_regular_file(path, ignored) ? read_start(path, 132) : "";
  return start.size() == 132 && start.ends_with("DICM");
}

ImageInfo read_image_info(const fs::path& path, const ReadOptions& options) {
  return with_context(path.string(), [&] {
    require_file(path);
    if (is_dicom(path)) {
      const dicom::DicomSeries header = read_dicom_header(path, options.dicom);
      return ImageInfo{.grid = header.frame.grid, .spacing_known = header.spacing_known, .format = "DICOM"};
    }
    const FormatRow& row = format_of(path);
    const auto [raw, facts] = look(path, row.format, Depth::header);
    require_choice(raw, options.volume);
    ImageInfo info{.grid = raw.grid,
                   .spacing_known = facts.spacing_known,
                   .channels = raw.channels,
                   .volumes = choices(raw),
                   .format = std::string(row.name)};
    if (!facts.spacing_known) info.grid = with_spacing(info.grid, {});
    return info;
  });
}

Volume read_image(const fs::path& path, const ReadOptions& options) {
  return with_context(path.string(), [&] {
    require_file(path);
    if (is_dicom(path)) return read_dicom(path, options.dicom).volume;
    return volume_of(read_raw(path, options).raw);
  });
}

struct MaskFile::Content {
  Found found;
};

MaskFile::MaskFile(fs::path path, const ReadOptions& options) : path_(std::move(path)) {
  with_context(path_.string(), [&] {
    require_file(path_);
    if (is_dicom(path_))
      throw InputError("a mask must be a file (" + readable_extensions() +
                       "), a DICOM structure set or a DICOM segmentation, not DICOM slices");
    if (format_of(path_).format == Format::jpeg)
      throw InputError("JPEG compression smears a mask over its edge; save it as PNG");
    content_ = std::make_shared<const Content>(Content{read_raw(path_, options)});
  });
}

Mask MaskFile::mask(std::optional<int> label) const {
  return with_context(path_.string(), [&] { return mask_of(content_->found.raw, label); });
}

bool MaskFile::spacing_known() const {
  return content_->found.facts.spacing_known;
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
