// SPDX-License-Identifier: Apache-2.0
// RGB, YBR and palettes to luma.
#include "colour.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "lookup.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "scaling.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kColouredShare = 0.01;  // of the picture, from which on its colours are worth a note

double luma(double r, double g, double b) {
  return r == g && g == b ? r : 0.299 * r + 0.587 * g + 0.114 * b;
}

/// Do the channels lie further apart than an eighth of the range?
bool coloured(int a, int b, int c, int bits) {
  return std::max({a, b, c}) - std::min({a, b, c}) > (1 << bits) / 8;
}

void note_colours(std::size_t count, std::size_t all, std::vector<std::string>& notes) {
  const double share = static_cast<double>(count) / static_cast<double>(all);
  if (share > kColouredShare)
    note_once(notes, text::from_double(std::round(share * 100)) +
                         " % of the picture is coloured, and became grey (0.299 R + 0.587 G + 0.114 B)");
}

/// A picture that is mostly grey and was stored as YCbCr has its second and third number at the middle nearly
/// everywhere, and then cannot be RGB: as such it would be blue-green all over.
bool is_mislabelled(const StoredPixels& pixels) {
  if (pixels.photometric != "RGB" || pixels.bits != 8) return false;
  std::size_t middle = 0, count = 0, grey = 0;
  for (std::size_t i = 0; i + 2 < pixels.words.size(); i += 3, ++count) {
    const int y = pixels.words[i], cb = pixels.words[i + 1], cr = pixels.words[i + 2];
    middle += std::abs(cb - 128) <= 2 && std::abs(cr - 128) <= 2;
    grey += std::abs(y - 128) <= 2;
  }
  return middle * 10 > count * 8 && grey * 2 < middle;
}

std::vector<float> luma_of_rgb(const StoredPixels& pixels, std::vector<std::string>& notes) {
  std::vector<float> grey(pixels.words.size() / 3);
  std::size_t colours = 0;
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const int r = pixels.words[3 * i], g = pixels.words[3 * i + 1], b = pixels.words[3 * i + 2];
    grey[i] = static_cast<float>(luma(r, g, b));
    colours += coloured(r, g, b, pixels.bits);
  }
  note_colours(colours, grey.size(), notes);
  return grey;
}

std::vector<float> luma_of_ybr(const StoredPixels& pixels, std::vector<std::string>& notes) {
  std::vector<float> grey(pixels.words.size() / 3);
  const int middle = 1 << (pixels.bits - 1);
  std::size_t colours = 0;
  for (std::size_t i = 0; i < grey.size(); ++i) {
    grey[i] = static_cast<float>(pixels.words[3 * i]);
    const int cb = std::abs(pixels.words[3 * i + 1] - middle), cr = std::abs(pixels.words[3 * i + 2] - middle);
    colours += std::max(cb, cr) > middle / 8;
  }
  note_colours(colours, grey.size(), notes);
  return grey;
}

/// 16-bit entries hold 8-bit colours either in the upper byte alone or in both bytes.
double divisor(const std::array<Lookup, 3>& tables) {
  if (tables[0].bits == 8) return 1;
  for (const Lookup& table : tables)
    for (const std::uint16_t entry : table.entries)
      if ((entry & 0xFF) != 0) return 257;
  return 256;
}

std::vector<float> luma_of_palette(DcmItem& header, const StoredPixels& pixels, std::vector<std::string>& notes) {
  const std::array<Lookup, 3> tables = {
      read_lookup(header, DCM_RedPaletteColorLookupTableDescriptor, DCM_RedPaletteColorLookupTableData,
                  pixels.is_signed, "red palette"),
      read_lookup(header, DCM_GreenPaletteColorLookupTableDescriptor, DCM_GreenPaletteColorLookupTableData,
                  pixels.is_signed, "green palette"),
      read_lookup(header, DCM_BluePaletteColorLookupTableDescriptor, DCM_BluePaletteColorLookupTableData,
                  pixels.is_signed, "blue palette")};
  if (tables[0].bits != tables[1].bits || tables[0].bits != tables[2].bits)
    throw InputError("has palettes of different depths");
  const double scale = divisor(tables);
  std::vector<float> grey(pixels.words.size());
  std::size_t colours = 0;
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const int index = number_of(pixels.words[i], pixels.bits, pixels.is_signed);
    const int r = tables[0].at(index), g = tables[1].at(index), b = tables[2].at(index);
    grey[i] = static_cast<float>(luma(r, g, b) / scale);
    colours += coloured(r, g, b, tables[0].bits);
  }
  note_colours(colours, grey.size(), notes);
  return grey;
}

}  // namespace

bool is_colour(const StoredPixels& pixels) {
  return pixels.samples == 3 || pixels.photometric == "PALETTE COLOR";
}

void require_readable_colour(DcmItem& header, const StoredPixels& pixels) {
  if (pixels.photometric == "PALETTE COLOR") {
    if (pixels.samples != 1) throw InputError("has a palette and more than one sample in a pixel");
    if (header.tagExists(DCM_SegmentedRedPaletteColorLookupTableData))
      throw InputError("has a segmented palette, which is not read; convert it to RGB with another tool");
    return;
  }
  constexpr const char* kModels[] = {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"};
  if (std::none_of(std::begin(kModels), std::end(kModels), [&](const char* m) { return pixels.photometric == m; }))
    throw InputError("has the colour model '" + pixels.photometric +
                     "'; RGB, YBR_FULL, YBR_FULL_422, YBR_ICT, YBR_RCT and PALETTE COLOR are read: convert it with "
                     "another tool");
}

std::vector<float> luma_of(DcmItem& header, const StoredPixels& pixels, std::vector<std::string>& notes) {
  if (pixels.samples == 1) return luma_of_palette(header, pixels, notes);
  if (is_mislabelled(pixels)) {
    note_once(notes, "the picture says RGB but is stored as YBR (its second and third numbers are constant)");
    return luma_of_ybr(pixels, notes);
  }
  return pixels.photometric == "RGB" ? luma_of_rgb(pixels, notes) : luma_of_ybr(pixels, notes);
}

}  // namespace radfuse::dicom
