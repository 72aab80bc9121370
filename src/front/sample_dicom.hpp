// SPDX-License-Identifier: Apache-2.0
// Sample images and outlines as DICOM objects.
#pragma once

#include <filesystem>
#include <string_view>

#include "radfuse/dicom/write_series.hpp"
#include "radfuse/synthetic/texts.hpp"

namespace radfuse {

dicom::SeriesText series_text(const synthetic::CohortPlan& plan, const synthetic::PlannedCase& planned);

/// `place` is a folder for volumes and a file for pictures.
void write_dicom_image(const synthetic::CohortPlan& plan, const synthetic::PlannedCase& planned, const Volume& image,
                       const std::filesystem::path& place);
/// A reader's outline as a structure set or a segmentation.
void write_dicom_regions(const synthetic::CohortPlan& plan, const synthetic::PlannedCase& planned,
                         std::string_view reader, const Mask& mask, const std::filesystem::path& file);

/// An outline on the tissue of an ultrasound picture as one on the whole picture, as people draw it.
Mask whole_picture(const Mask& mask);

}  // namespace radfuse
