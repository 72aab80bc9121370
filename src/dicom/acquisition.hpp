// SPDX-License-Identifier: Apache-2.0
// The attributes that may leave a DICOM file: an allow-list, so that nothing about the patient can slip through. Free
// text that a person typed (descriptions, protocol and station names, institutions) and dates are not on it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

class DcmItem;

namespace radfuse::dicom {

/// What a value must look like to be let out.
enum class Form {
  code,      ///< CS: capital letters, digits, blanks, underscores; several parted by backslashes
  number,    ///< one number or several
  device,    ///< what the maker of the device wrote: at most 64 characters
  computed,  ///< of several attributes: see acquisition.cpp
};

struct AllowedAttribute {
  std::string_view name;  ///< column of acquisition.csv, with its unit
  std::uint16_t group, element;
  Form form = Form::number;
};

inline constexpr AllowedAttribute kAllowedAttributes[] = {
    {"modality", 0x0008, 0x0060, Form::code},
    {"manufacturer", 0x0008, 0x0070, Form::device},
    {"model", 0x0008, 0x1090, Form::device},
    {"software_version", 0x0018, 0x1020, Form::device},
    {"body_part", 0x0018, 0x0015, Form::code},
    {"patient_position", 0x0018, 0x5100, Form::code},
    {"image_type", 0x0008, 0x0008, Form::code},
    {"contrast_agent", 0x0018, 0x0010, Form::computed},
    {"presentation_intent", 0x0008, 0x0068, Form::code},
    {"photometric_interpretation", 0x0028, 0x0004, Form::code},
    {"burned_in_annotation", 0x0028, 0x0301, Form::code},
    {"pixel_spacing_mm", 0x0028, 0x0030},
    {"imager_pixel_spacing_mm", 0x0018, 0x1164},
    {"slice_thickness_mm", 0x0018, 0x0050},
    {"spacing_between_slices_mm", 0x0018, 0x0088},
    {"rescale_slope", 0x0028, 0x1053},
    {"rescale_intercept", 0x0028, 0x1052},
    {"lossy_compression", 0x0028, 0x2110, Form::code},
    {"lossy_compression_ratio", 0x0028, 0x2112},
    {"kvp", 0x0018, 0x0060},
    {"tube_current_ma", 0x0018, 0x1151},
    {"exposure_time_ms", 0x0018, 0x1150},
    {"exposure_mas", 0x0018, 0x1152},
    {"ctdi_vol_mgy", 0x0018, 0x9345},
    {"kernel", 0x0018, 0x1210, Form::device},
    {"filter_type", 0x0018, 0x1160, Form::device},
    {"scan_options", 0x0018, 0x0022, Form::code},
    {"reconstruction_diameter_mm", 0x0018, 0x1100},
    {"data_collection_diameter_mm", 0x0018, 0x0090},
    {"single_collimation_mm", 0x0018, 0x9306},
    {"total_collimation_mm", 0x0018, 0x9307},
    {"pitch", 0x0018, 0x9311},
    {"gantry_tilt_deg", 0x0018, 0x1120},
    {"field_strength_t", 0x0018, 0x0087},
    {"mr_acquisition_type", 0x0018, 0x0023, Form::code},
    {"scanning_sequence", 0x0018, 0x0020, Form::code},
    {"sequence_variant", 0x0018, 0x0021, Form::code},
    {"echo_time_ms", 0x0018, 0x0081},
    {"repetition_time_ms", 0x0018, 0x0080},
    {"inversion_time_ms", 0x0018, 0x0082},
    {"flip_angle_deg", 0x0018, 0x1314},
    {"echo_train_length", 0x0018, 0x0091},
    {"averages", 0x0018, 0x0083},
    {"pixel_bandwidth_hz", 0x0018, 0x0095},
    {"acquisition_matrix", 0x0018, 0x1310},
    {"phase_encoding", 0x0018, 0x1312, Form::code},
    {"b_value_s_per_mm2", 0x0018, 0x9087},
    {"pet_units", 0x0054, 0x1001, Form::code},
    {"pet_decay_correction", 0x0054, 0x1102, Form::code},
    {"pet_corrections", 0x0028, 0x0051, Form::code},
    {"pet_reconstruction", 0x0054, 0x1103, Form::device},
    {"pet_frame_duration_ms", 0x0018, 0x1242},
    {"pet_radionuclide", 0x0018, 0x1075, Form::computed},
    {"pet_injected_mbq", 0x0018, 0x1074, Form::computed},
    {"pet_uptake_min", 0x0018, 0x1072, Form::computed},
    {"view_position", 0x0018, 0x5101, Form::code},
    {"source_to_detector_mm", 0x0018, 0x1110},
    {"source_to_patient_mm", 0x0018, 0x1111},
    {"magnification", 0x0018, 0x1114},
    {"detector_type", 0x0018, 0x7004, Form::code},
    {"grid", 0x0018, 0x1166, Form::code},
    {"filter_material", 0x0018, 0x7050, Form::code},
    {"pixel_intensity_relationship", 0x0028, 0x1040, Form::code},
    {"us_transducer_type", 0x0018, 0x6031, Form::code},
    {"us_transducer_frequency_khz", 0x0018, 0x6030, Form::computed},
    {"us_depth_mm", 0x0018, 0x5050},
    {"us_mechanical_index", 0x0018, 0x5022},
};

/// One value for each of kAllowedAttributes; empty when the object lacks it, or when it does not look as it should.
std::vector<std::string> acquisition_values(DcmItem& object);
/// The value of the attribute with that name.
std::string acquisition_value(DcmItem& object, std::string_view name);

}  // namespace radfuse::dicom
