// SPDX-License-Identifier: Apache-2.0
// One slice: header attributes, and stored values to real values.
#include "slice.hpp"

#include <cmath>
#include <limits>

#include "acquisition.hpp"
#include "image_file.hpp"
#include "pixels.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

struct Mark {
  const char* name;
  DcmTagKey tag;
};
const Mark kMarks[] = {
    {"EchoNumbers", DCM_EchoNumbers},
    {"EchoTime", DCM_EchoTime},
    {"EffectiveEchoTime", DCM_EffectiveEchoTime},
    {"InversionTime", DCM_InversionTime},
    {"TemporalPositionIdentifier", DCM_TemporalPositionIdentifier},
    {"TemporalPositionIndex", DCM_TemporalPositionIndex},
    {"DiffusionBValue", DCM_DiffusionBValue},
    {"TriggerTime", DCM_TriggerTime},
    {"NominalCardiacTriggerDelayTime", DCM_NominalCardiacTriggerDelayTime},
    {"NominalPercentageOfCardiacPhase", DCM_NominalPercentageOfCardiacPhase},
    {"FrameReferenceTime", DCM_FrameReferenceTime},
    {"StackID", DCM_StackID},
    {"ConvolutionKernel", DCM_ConvolutionKernel},
    {"ImageType", DCM_ImageType},
    {"FrameType", DCM_FrameType},
};

template <std::size_t N>
std::array<double, N> required(DcmItem& item, const DcmTagKey& tag) {
  const std::vector<double> values = numbers_of(item, tag);
  if (values.size() != N)
    throw InputError("has no usable " + std::string(DcmTag(tag).getTagName()) + " (" + std::to_string(values.size()) +
                     " of " + std::to_string(N) + " numbers)");
  std::array<double, N> fixed{};
  std::copy(values.begin(), values.end(), fixed.begin());
  return fixed;
}

void read_place(DcmItem& item, Slice& slice) {
  const auto orientation = required<6>(item, DCM_ImageOrientationPatient);
  for (std::size_t i = 0; i < 3; ++i) {
    slice.row[i] = orientation[i];
    slice.column[i] = orientation[3 + i];
  }
  slice.position = required<3>(item, DCM_ImagePositionPatient);
  const auto spacing = required<2>(item, DCM_PixelSpacing);  // between rows first, then between columns
  slice.spacing = {spacing[1], spacing[0]};
  if (const auto thickness = numbers_of(item, DCM_SliceThickness); thickness.size() == 1)
    slice.thickness = thickness[0];
}

StoredPixels require_grey(DcmItem& header) {
  if (whole_of(header, DCM_SamplesPerPixel).value_or(1) != 1)
    throw InputError("is a colour image, which is not a slice of a series");
  StoredPixels described = describe_pixels(header);
  if (described.photometric == "PALETTE COLOR")
    throw InputError("is a colour image (PALETTE COLOR), which is not a slice of a series");
  if (header.tagExistsWithValue(DCM_ModalityLUTSequence))
    throw InputError(
        "has a modality look-up table, which is not read; export it with RescaleSlope and RescaleIntercept");
  return described;
}

std::optional<double> acquisition_number(DcmItem& header) {
  for (const DcmTagKey& tag : {DCM_AcquisitionNumber, DCM_FrameAcquisitionNumber})
    if (const auto number = text::to_double(text_of(header, tag))) return number;
  return std::nullopt;
}

/// The largest stored number is below 2^16: what slope and intercept can make of it must be a float.
void require_floats(const Scaling& scaling) {
  if (std::abs(scaling.slope) * 65536 + std::abs(scaling.intercept) > std::numeric_limits<float>::max())
    throw InputError("its RescaleSlope and RescaleIntercept lead beyond the numbers that can be stored");
}

}  // namespace

std::vector<std::string> mark_names() {
  std::vector<std::string> names;
  for (const Mark& mark : kMarks) names.emplace_back(mark.name);
  return names;
}

Slice slice_of(DcmItem& header, const DicomParams& params, std::vector<std::string>& notes) {
  Slice slice;
  slice.series_uid = text_of(header, DCM_SeriesInstanceUID);
  slice.instance_uid = text_of(header, DCM_SOPInstanceUID);
  slice.frame_of_reference = text_of(header, DCM_FrameOfReferenceUID);
  slice.modality = text_of(header, DCM_Modality);
  const StoredPixels described = require_grey(header);
  slice.rows = described.rows;
  slice.columns = described.columns;
  read_place(header, slice);
  slice.scaling = scaling_of(header, slice.modality, params, notes);
  require_floats(slice.scaling);
  slice.inverted = is_inverted(described.photometric, slice.modality, params);
  slice.acquisition_number = acquisition_number(header);
  for (const Mark& mark : kMarks) slice.marks.push_back(code_of(header, mark.tag));
  slice.acquisition = acquisition_values(header);
  return slice;
}

void read_values(const Slice& slice, std::span<float> out) {
  const StoredPixels pixels = decode(*slice.file, slice.frame);
  if (pixels.words.size() != out.size()) throw InputError("its pixels changed while they were read");
  const double slope = slice.scaling.slope, intercept = slice.scaling.intercept;
  // Values are moved to the top of 32 bits and back, which extends their sign; the loops have no branches.
  const int free = 32 - pixels.bits;
  const auto fill = [&](auto number) {
    // The lowest and the highest storable number change places.
    const int turn = pixels.is_signed ? -1 : (1 << pixels.bits) - 1, sign = slice.inverted ? -1 : 1;
    const int offset = slice.inverted ? turn : 0;
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<float>((offset + sign * number(pixels.words[i])) * slope + intercept);
  };
  if (pixels.is_signed)
    fill([free](std::uint32_t word) { return static_cast<std::int32_t>(word << free) >> free; });
  else
    fill([free](std::uint32_t word) { return static_cast<std::int32_t>((word << free) >> free); });
}

}  // namespace radfuse::dicom
