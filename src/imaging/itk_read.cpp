// SPDX-License-Identifier: Apache-2.0
// The only file that knows ITK. Its readers are made by name from a table; no object factory is asked or registered.
#include <itkMetaImageIO.h>
#include <itkNiftiImageIO.h>
#include <itkNrrdImageIO.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <mutex>

#include "header.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/imaging/read.hpp"
#include "raw_image.hpp"

namespace radfuse {
namespace {

template <class Reader>
itk::ImageIOBase::Pointer make() {
  return Reader::New().GetPointer();
}

struct ReaderRow {
  Format format;
  itk::ImageIOBase::Pointer (*make)();
};
constexpr ReaderRow kReaders[] = {
    {Format::nifti, &make<itk::NiftiImageIO>},
    {Format::nrrd, &make<itk::NrrdImageIO>},
    {Format::mha, &make<itk::MetaImageIO>},
};

// ITK's readers share state without locks: the list of object factories is built on the first New(), the NIfTI reader
// keeps the last file's name in one static string, teem (NRRD) its messages in one list. Two threads there corrupt the
// heap.
std::mutex& shared_state() {
  static std::mutex guard;
  return guard;
}

itk::ImageIOBase::Pointer reader_of(Format format) {
  for (const ReaderRow& row : kReaders)
    if (row.format == format) return row.make();
  throw Error(ExitCode::bug, "a format has no reader");
}

Component component_of(const itk::ImageIOBase& io) {
  using Type = itk::IOComponentEnum;
  const bool wide = sizeof(long) == 8;
  switch (io.GetComponentType()) {
    case Type::UCHAR:
      return Component::u8;
    case Type::CHAR:
      return Component::i8;
    case Type::USHORT:
      return Component::u16;
    case Type::SHORT:
      return Component::i16;
    case Type::UINT:
      return Component::u32;
    case Type::INT:
      return Component::i32;
    case Type::ULONG:
      return wide ? Component::u64 : Component::u32;
    case Type::LONG:
      return wide ? Component::i64 : Component::i32;
    case Type::ULONGLONG:
      return Component::u64;
    case Type::LONGLONG:
      return Component::i64;
    case Type::FLOAT:
      return Component::f32;
    case Type::DOUBLE:
      return Component::f64;
    default:
      throw InputError("its number type is not read");
  }
}

/// NIfTI keeps 32-bit floats: 0.977 comes as 0.97699999809. The shortest decimal number that is this float is what was
/// meant, and it keeps "100 voxels of 0.1 mm" from becoming a little more than 10 mm.
double meant(double value) {
  const auto single = static_cast<float>(value);
  if (static_cast<double>(single) != value) return value;
  return text::to_double(text::from_float(single)).value_or(value);
}

/// Directions that differ from the patient's axes by rounding only (1e-6, half a micrometre over 500 mm) are the axes.
void snap(std::array<double, 9>& direction) {
  const auto near = [](double v) { return std::abs(v - std::round(v)) < 1e-6; };
  if (!std::all_of(direction.begin(), direction.end(), near)) return;
  for (double& v : direction) v = std::round(v) + 0.0;  // + 0.0: no negative zero
}

void require_frame(const std::array<double, 9>& d) {
  double largest = 0;
  for (std::size_t a = 0; a < 3; ++a)
    for (std::size_t b = a; b < 3; ++b) {
      const double dot = d[a] * d[b] + d[3 + a] * d[3 + b] + d[6 + a] * d[6 + b];
      largest = std::max(largest, std::isfinite(dot) ? std::abs(dot - (a == b ? 1 : 0)) : 1);
    }
  if (largest > 1e-3)
    throw InputError("its axes are not at right angles (sheared by " + text::from_float(static_cast<float>(largest)) +
                     "); resample it onto a rectangular grid first");
}

Grid grid_of(const itk::ImageIOBase& io, Format format) {
  const unsigned dimensions = io.GetNumberOfDimensions();
  Grid grid;
  grid.size = {1, 1, 1};
  for (unsigned a = 0; a < std::min(dimensions, 3U); ++a) {
    grid.size[a] = static_cast<std::int64_t>(io.GetDimensions(a));
    grid.spacing[a] = format == Format::nifti ? meant(io.GetSpacing(a)) : io.GetSpacing(a);
    grid.origin[a] = format == Format::nifti ? meant(io.GetOrigin(a)) : io.GetOrigin(a);
    const std::vector<double> column = io.GetDirection(a);
    for (std::size_t row = 0; row < std::min<std::size_t>(column.size(), 3); ++row)
      grid.direction[row * 3 + a] = column[row];
  }
  checked_product(grid.size);
  for (const double spacing : grid.spacing) require_spacing(spacing, "the voxel spacing");
  for (const double place : grid.origin)
    if (!std::isfinite(place) || std::abs(place) > 1e6)
      throw InputError("its origin is not a place within a kilometre");
  snap(grid.direction);
  require_frame(grid.direction);
  return grid;
}

int channels_of(const itk::ImageIOBase& io) {
  const unsigned channels = io.GetNumberOfComponents();
  if (channels < 1 || channels > kMaxVoxels) throw InputError("says that it has no numbers in its voxels");
  return static_cast<int>(channels);
}

/// The product of the axes beyond the third.
int volumes_of(const itk::ImageIOBase& io) {
  std::int64_t volumes = 1;
  for (unsigned a = 3; a < io.GetNumberOfDimensions(); ++a) {
    const auto size = static_cast<std::int64_t>(io.GetDimensions(a));
    if (size < 1 || size > 1'000'000 / volumes)
      throw InputError("has an impossible size in its dimension " + std::to_string(a + 1));
    volumes *= size;
  }
  return static_cast<int>(volumes);
}

void read_voxels(itk::ImageIOBase& io, RawImage& raw) {
  const unsigned dimensions = io.GetNumberOfDimensions();
  itk::ImageIORegion region(dimensions);
  for (unsigned a = 0; a < dimensions; ++a) region.SetSize(a, io.GetDimensions(a));
  io.SetIORegion(region);
  const std::array<std::int64_t, 3> numbers{static_cast<std::int64_t>(raw.grid.count()), raw.channels, raw.volumes};
  const std::size_t promised = static_cast<std::size_t>(checked_product(numbers)) * io.GetComponentSize();
  if (static_cast<std::size_t>(io.GetImageSizeInBytes()) != promised)
    throw InputError("its size in bytes contradicts its header");
  raw.bytes.resize(promised);
  io.Read(raw.bytes.data());
}

/// ITK explains itself over several lines with source positions; the reason stands after the last "): " of them.
std::string one_line(const itk::ExceptionObject& problem) {
  std::string reason = problem.GetDescription();
  std::replace(reason.begin(), reason.end(), '\n', ' ');
  if (const auto at = reason.find("): "); reason.starts_with("ITK ERROR") && at != std::string::npos)
    reason.erase(0, at + 3);
  return text::printable(text::trim(reason));
}

}  // namespace

RawImage itk_read(const std::filesystem::path& path, Format format, Part part) {
  std::unique_lock lock(shared_state());
  itk::Object::GlobalWarningDisplayOff();  // a library must not write on the user's terminal
  try {
    const itk::ImageIOBase::Pointer io = reader_of(format);
    io->SetFileName(path.string());
    io->ReadImageInformation();
    RawImage raw;
    raw.grid = grid_of(*io, format);
    raw.channels = channels_of(*io);
    raw.volumes = volumes_of(*io);
    if (format != Format::nrrd) lock.unlock();  // from here on only teem still has state that is shared
    if (part == Part::voxels) read_voxels(*io, raw);
    raw.component = component_of(*io);
    return raw;
  } catch (const itk::ExceptionObject& problem) {
    throw InputError("cannot be read: " + one_line(problem));
  } catch (const std::bad_alloc&) {
    throw InputError("does not fit into memory");
  }
}

}  // namespace radfuse
