// SPDX-License-Identifier: Apache-2.0
// Just enough NIfTI-1 for the reference phantoms: little-endian, one file, gzip, uint8, int16 or float32. Links zlib.
#pragma once

#include <zlib.h>

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "radfuse/volume/volume.hpp"

namespace radfuse::test {

inline std::vector<char> read_gzip(const std::filesystem::path& file) {
  const gzFile in = gzopen(file.c_str(), "rb");
  if (in == nullptr) throw std::runtime_error("cannot read " + file.string());
  std::vector<char> bytes;
  std::array<char, 1 << 16> block;
  for (int n = 0; (n = gzread(in, block.data(), block.size())) > 0;)
    bytes.insert(bytes.end(), block.data(), block.data() + n);
  gzclose(in);
  return bytes;
}

template <class T>
T number_at(const std::vector<char>& bytes, std::size_t offset) {
  T value;
  if (offset + sizeof value > bytes.size()) throw std::runtime_error("the NIfTI file ends too early");
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// Axes are kept as stored; the origin is left at 0, which no feature depends on.
inline Volume read_nifti(const std::filesystem::path& file) {
  const std::vector<char> bytes = read_gzip(file);
  Grid grid;
  for (std::size_t a = 0; a < 3; ++a) {
    grid.size[a] = number_at<std::int16_t>(bytes, 42 + 2 * a);
    grid.spacing[a] = static_cast<double>(number_at<float>(bytes, 80 + 4 * a));
  }
  Volume image(grid);
  const auto start = static_cast<std::size_t>(number_at<float>(bytes, 108));
  const int type = number_at<std::int16_t>(bytes, 70);
  for (std::size_t i = 0; i < image.values.size(); ++i) {
    if (type == 2)
      image.values[i] = number_at<std::uint8_t>(bytes, start + i);
    else if (type == 4)
      image.values[i] = number_at<std::int16_t>(bytes, start + 2 * i);
    else if (type == 16)
      image.values[i] = number_at<float>(bytes, start + 4 * i);
    else
      throw std::runtime_error("unexpected NIfTI data type " + std::to_string(type));
  }
  return image;
}

inline Mask read_nifti_mask(const std::filesystem::path& file) {
  const Volume image = read_nifti(file);
  Mask mask(image.grid);
  for (std::size_t i = 0; i < mask.values.size(); ++i) mask.values[i] = image.values[i] != 0;
  return mask;
}

}  // namespace radfuse::test
