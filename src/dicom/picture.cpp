// SPDX-License-Identifier: Apache-2.0
// One picture: what it is, which frame and part of it, and its grey values.
#include "radfuse/dicom/picture.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "acquisition.hpp"
#include "burned_in.hpp"
#include "cautions.hpp"
#include "colour.hpp"
#include "dcmtk.hpp"
#include "image_file.hpp"
#include "lookup.hpp"
#include "pixels.hpp"
#include "plane_spacing.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "scaling.hpp"
#include "ultrasound.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kMostValue = 3e38;

// Storage classes below 1.2.840.10008.5.1.4.1.1 whose objects are pictures: CR, DX, MG, IO; US; SC; XA, RF; breast
// projections; visible light (endoscopy, microscopy, photography, ophthalmology, dermoscopy).
constexpr std::string_view kRoot = "1.2.840.10008.5.1.4.1.1.";
constexpr std::string_view kPictures[] = {
    "1",      "1.1",    "1.1.1", "1.2",    "1.2.1",  "1.3",    "1.3.1",  "3",        "3.1",      "6",
    "6.1",    "7",      "7.1",   "7.2",    "7.3",    "7.4",    "12.1",   "12.1.1",   "12.2",     "12.2.1",
    "13.1.4", "13.1.5", "77.1",  "77.1.1", "77.1.2", "77.1.3", "77.1.4", "77.1.5.1", "77.1.5.2", "77.1.7"};
constexpr std::string_view kModalities[] = {"CR", "DX", "MG", "IO", "PX", "RG", "RF", "XA", "US",  "IVUS",
                                            "SC", "OT", "XC", "ES", "GM", "OP", "DG", "EC", "DMS", "IVOCT"};

bool is_picture_object(DcmItem& data) {
  if (!data.tagExists(DCM_Rows) || !data.tagExists(DCM_PixelData)) return false;
  // Slices that were derived and stored as secondary captures keep their place in the patient.
  if (data.tagExistsWithValue(DCM_ImagePositionPatient) && data.tagExistsWithValue(DCM_ImageOrientationPatient))
    return false;
  const std::string storage = text_of(data, DCM_SOPClassUID), modality = text_of(data, DCM_Modality);
  if (storage.starts_with(kRoot))
    return std::find(std::begin(kPictures), std::end(kPictures), std::string_view(storage).substr(kRoot.size())) !=
           std::end(kPictures);
  return std::find(std::begin(kModalities), std::end(kModalities), modality) != std::end(kModalities);
}

std::int64_t chosen_frame(std::int64_t count, const UltrasoundParams& params, std::vector<std::string>& notes) {
  if (count == 1) return 0;
  const std::string all = std::to_string(count) + " frames";
  std::int64_t frame = 0;
  switch (params.frame) {
    case CineFrame::refuse:
      throw InputError("is a clip of " + all + "; choose one with import.ultrasound.frame");
    case CineFrame::first:
      break;
    case CineFrame::middle:
      frame = (count - 1) / 2;
      break;
    case CineFrame::last:
      frame = count - 1;
      break;
    case CineFrame::number:
      frame = params.frame_number - 1;
      break;
  }
  if (frame >= count)
    throw InputError("has " + all + ", and import.ultrasound.frame_number is " + std::to_string(params.frame_number));
  note_once(notes, "frame " + std::to_string(frame + 1) + " of a clip of " + all + " was taken");
  return frame;
}

/// What the header says, and what was chosen.
struct Look {
  StoredPixels pixels;  ///< without words
  std::string modality;
  bool radiograph = false;
  std::int64_t frame = 0;
};

/// Grey or a colour model that can be read.
void require_readable(DcmItem& data, StoredPixels& pixels, std::vector<std::string>& notes) {
  if (is_colour(pixels)) return require_readable_colour(data, pixels);
  if (pixels.photometric == "MONOCHROME1" || pixels.photometric == "MONOCHROME2") return;
  if (!pixels.photometric.empty())
    throw InputError("has one number in a pixel, but the colour model '" + pixels.photometric + "'");
  note_once(notes, "PhotometricInterpretation is missing: high values were taken to be bright");
}

bool is_ultrasound(DcmItem& data, const std::string& modality) {
  const std::string storage = text_of(data, DCM_SOPClassUID);
  return modality == "US" || modality == "IVUS" || storage == UID_UltrasoundImageStorage ||
         storage == UID_UltrasoundMultiframeImageStorage || storage == UID_RETIRED_UltrasoundImageStorage ||
         storage == UID_RETIRED_UltrasoundMultiframeImageStorage;
}

void note_unknown_spacing(DcmItem& data, std::vector<std::string>& notes) {
  note_once(notes, "the file states no spacing that can be used: lengths are in pixels unless spacing_mm is given");
  const auto ratio = text::split(text_of(data, DCM_PixelAspectRatio), '\\');
  if (ratio.size() == 2 && text::to_double(text::trim(ratio[0])) != text::to_double(text::trim(ratio[1])))
    note_once(notes, "the pixels are not square (PixelAspectRatio " + ratio[0] + " to " + ratio[1] + ")");
}

/// Grid, crop and whether the spacing is known.
void place(DcmItem& data, const Look& look, const DicomParams& params, DicomSeries& series) {
  const std::int64_t columns = look.pixels.columns, rows = look.pixels.rows;
  Grid& grid = series.volume.grid;
  grid.size = {columns, rows, 1};
  std::optional<PlaneSpacing> spacing;
  bool has_regions = false;
  if (is_ultrasound(data, look.modality)) {
    const auto regions = ultrasound_regions(data, columns, rows);
    has_regions = !regions.empty();
    const bool colour = whole_of(data, DCM_UltrasoundColorDataPresent).value_or(0) == 1;
    const UltrasoundView view = ultrasound_view(regions, colour, params.ultrasound, series.notes);
    spacing = view.spacing;
    if (view.crop && *view.crop != std::array<std::int64_t, 4>{0, 0, columns, rows}) {
      series.crop = PictureCrop{{(*view.crop)[0], (*view.crop)[1]}, {columns, rows}};
      grid.size = {(*view.crop)[2], (*view.crop)[3], 1};
      note_once(series.notes, "cut to the tissue region");
    }
  }
  if (!spacing && !has_regions) spacing = plane_spacing(data, look.radiograph, series.notes);
  series.spacing_known = spacing.has_value();
  if (spacing)
    grid.spacing = {(*spacing)[0], (*spacing)[1], 1};
  else
    note_unknown_spacing(data, series.notes);
}

Look look_at(DcmDataset& data, const DicomParams& params, DicomSeries& series) {
  if (!is_picture_object(data)) throw InputError("is not a picture (a radiograph, an ultrasound image, a capture)");
  heed_cautions(data, params, series.notes);
  Look look;
  look.pixels = describe_pixels(data);
  require_readable(data, look.pixels, series.notes);
  look.modality = text_of(data, DCM_Modality);
  look.radiograph = is_radiograph(look.modality);
  look.frame = chosen_frame(frame_count(data), params.ultrasound, series.notes);
  place(data, look, params, series);
  series.frame.grid = series.volume.grid;
  series.frame.frame_of_reference = text_of(data, DCM_FrameOfReferenceUID);
  series.frame.series = text_of(data, DCM_SeriesInstanceUID);
  series.frame.instances = {text_of(data, DCM_SOPInstanceUID)};
  const std::vector<std::string> values = acquisition_values(data);
  for (std::size_t i = 0; i < values.size(); ++i)
    series.acquisition.push_back({std::string(kAllowedAttributes[i].name), values[i]});
  return look;
}

void note_inversion(DcmItem& data, const Look& look, bool invert, std::vector<std::string>& notes) {
  if (invert)
    note_once(notes, look.pixels.photometric == "MONOCHROME1"
                         ? "low values are shown white (MONOCHROME1): inverted once"
                         : "inverted, as the study says");
  else if (look.pixels.photometric == "MONOCHROME1")
    note_once(notes, "low values are shown white (MONOCHROME1) and were kept so, as the study says");
  if (text_of(data, DCM_PresentationLUTShape) == "INVERSE" && look.pixels.photometric != "MONOCHROME1")
    note_once(notes, "PresentationLUTShape is INVERSE without MONOCHROME1: not inverted for it");
}

/// Modality LUT, or slope and intercept. What only serves the display (VOI LUT, window) is left out.
std::vector<float> grey_of(DcmDataset& data, const Look& look, const StoredPixels& pixels, const DicomParams& params,
                           std::vector<std::string>& notes) {
  const std::string kind = look.radiograph ? look.modality : "OT";  // a capture of a PET display is no uptake
  const bool invert = is_inverted(pixels.photometric, kind, params);
  note_inversion(data, look, invert, notes);
  std::vector<float> grey(pixels.words.size());
  const auto number = [&](std::size_t i) { return number_of(pixels.words[i], pixels.bits, pixels.is_signed); };
  if (DcmItem* item = first_item(data, DCM_ModalityLUTSequence)) {
    const Lookup table = read_lookup(*item, DCM_LUTDescriptor, DCM_LUTData, pixels.is_signed, "modality look-up table");
    const int turn = (1 << table.bits) - 1;
    for (std::size_t i = 0; i < grey.size(); ++i) {
      const int value = table.at(number(i));
      grey[i] = static_cast<float>(invert ? turn - value : value);
    }
    note_once(notes, "values went through the modality look-up table of the file");
    return grey;
  }
  const Scaling scaling = scaling_of(data, kind, params, notes);
  // The lowest and the highest storable number change places.
  const int turn = pixels.is_signed ? -1 : (1 << pixels.bits) - 1;
  for (std::size_t i = 0; i < grey.size(); ++i) {
    const double value = (invert ? turn - number(i) : number(i)) * scaling.slope + scaling.intercept;
    if (!(std::abs(value) < kMostValue))
      throw InputError("its RescaleSlope and RescaleIntercept lead beyond the numbers that can be stored");
    grey[i] = static_cast<float>(value);
  }
  return grey;
}

std::vector<float> cut(const std::vector<float>& whole, const DicomSeries& series) {
  if (!series.crop) return whole;
  const Grid& grid = series.volume.grid;
  std::vector<float> part;
  part.reserve(grid.count());
  for (std::int64_t y = 0; y < grid.size[1]; ++y) {
    const std::int64_t start = (series.crop->first[1] + y) * series.crop->whole[0] + series.crop->first[0];
    part.insert(part.end(), whole.begin() + start, whole.begin() + start + grid.size[0]);
  }
  return part;
}

/// Only where the file does not say: YES was dealt with, NO is believed.
void look_for_letters(DcmItem& data, DicomSeries& series) {
  if (!text_of(data, DCM_BurnedInAnnotation).empty()) return;
  const Grid& grid = series.volume.grid;
  if (looks_written_on(series.volume.values, grid.size[0], grid.size[1]))
    note_once(series.notes,
              "something like letters is written into the margin of the picture: look whether it is a "
              "patient's data");
}

}  // namespace

bool is_picture(const std::filesystem::path& path) {
  try {
    return is_picture_object(*load_object(path));
  } catch (const InputError&) {
    return false;
  }
}

DicomSeries read_picture(const std::filesystem::path& path, const DicomParams& params) {
  const std::unique_ptr<DcmDataset> loaded = load_object(path);
  DcmDataset& data = *loaded;
  DicomSeries series;
  const Look look = look_at(data, params, series);
  const StoredPixels pixels = decode_frame(data, look.frame);
  series.volume.values =
      cut(is_colour(pixels) ? luma_of(data, pixels, series.notes) : grey_of(data, look, pixels, params, series.notes),
          series);
  look_for_letters(data, series);
  return series;
}

DicomSeries read_picture_header(const std::filesystem::path& path, const DicomParams& params) {
  DicomSeries series;
  look_at(*load_object(path), params, series);
  return series;
}

}  // namespace radfuse::dicom
