// SPDX-License-Identifier: Apache-2.0
// The attributes that may leave a DICOM file: an allow-list, so that nothing about the patient can slip through.
#pragma once

#include <cstdint>
#include <string_view>

namespace radfuse::dicom {

struct AllowedAttribute {
  std::string_view name;  ///< column of acquisition.csv, with its unit
  std::uint16_t group, element;
};

inline constexpr AllowedAttribute kAllowedAttributes[] = {
    {"modality", 0x0008, 0x0060},
    {"manufacturer", 0x0008, 0x0070},
    {"model", 0x0008, 0x1090},
    {"image_type", 0x0008, 0x0008},
    {"presentation_intent", 0x0008, 0x0068},
    {"photometric_interpretation", 0x0028, 0x0004},
    {"pixel_spacing_mm", 0x0028, 0x0030},
    {"slice_thickness_mm", 0x0018, 0x0050},
    {"rescale_slope", 0x0028, 0x1053},
    {"rescale_intercept", 0x0028, 0x1052},
    {"lossy_compression", 0x0028, 0x2110},
    {"kvp", 0x0018, 0x0060},
    {"tube_current_ma", 0x0018, 0x1151},
    {"exposure_mas", 0x0018, 0x1152},
    {"kernel", 0x0018, 0x1210},
    {"reconstruction_diameter_mm", 0x0018, 0x1100},
    {"pitch", 0x0018, 0x9311},
    {"field_strength_t", 0x0018, 0x0087},
    {"scanning_sequence", 0x0018, 0x0020},
    {"sequence_variant", 0x0018, 0x0021},
    {"echo_time_ms", 0x0018, 0x0081},
    {"repetition_time_ms", 0x0018, 0x0080},
    {"inversion_time_ms", 0x0018, 0x0082},
    {"flip_angle_deg", 0x0018, 0x1314},
    {"echo_train_length", 0x0018, 0x0091},
    {"pet_units", 0x0054, 0x1001},
    {"pet_decay_correction", 0x0054, 0x1102},
    {"pet_reconstruction", 0x0054, 0x1103},
};

}  // namespace radfuse::dicom
