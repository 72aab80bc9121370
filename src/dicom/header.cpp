// SPDX-License-Identifier: Apache-2.0
// Headers for scanning, with DCMTK.
#include "header.hpp"

#include "acquisition.hpp"
#include "dcmtk.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

constexpr Uint32 kReadAtOnce = 4096;
constexpr const char* kLabelMapStorage = "1.2.840.10008.5.1.4.1.1.66.7";  // newer than DCMTK 3.6.7's own list
constexpr std::string_view kFacts[] = {"image_type",   "slice_thickness_mm", "kernel",
                                       "echo_time_ms", "repetition_time_ms", "contrast_agent"};

/// Reads up to `end`, which is left out.
void load_until(DcmFileFormat& object, const std::filesystem::path& file, const DcmTagKey& end) {
  const OFCondition read =
      object.loadFileUntilTag(file.c_str(), EXS_Unknown, EGL_noChange, kReadAtOnce, ERM_autoDetect, end);
  if (read.bad()) throw InputError(std::string("is damaged: ") + read.text());
}

ObjectKind kind_of(DcmItem& data) {
  const std::string sop = text_of(data, DCM_SOPClassUID);
  if (sop == UID_RTStructureSetStorage) return ObjectKind::structure_set;
  if (sop == UID_SegmentationStorage || sop == kLabelMapStorage) return ObjectKind::segmentation;
  if (sop == UID_RTDoseStorage) return ObjectKind::other;  // it has rows, but shows no patient
  return data.tagExists(DCM_Rows) ? ObjectKind::image : ObjectKind::other;
}

template <class Work>
void each_item(DcmItem& object, const DcmTagKey& sequence, Work&& work) {
  DcmSequenceOfItems* items = nullptr;
  if (object.findAndGetSequence(sequence, items).bad() || items == nullptr) return;
  for (unsigned long i = 0; i < items->card(); ++i) work(*items->getItem(i));
}

void add(std::vector<std::string>& list, std::string uid) {
  if (!uid.empty()) list.push_back(std::move(uid));
}

void read_structure_set_references(DcmItem& data, Header& header) {
  each_item(data, DCM_ReferencedFrameOfReferenceSequence, [&](DcmItem& frame) {
    if (header.frame_of_reference.empty()) header.frame_of_reference = text_of(frame, DCM_FrameOfReferenceUID);
    each_item(frame, DCM_RTReferencedStudySequence, [&](DcmItem& study) {
      each_item(study, DCM_RTReferencedSeriesSequence, [&](DcmItem& series) {
        add(header.referenced_series, text_of(series, DCM_SeriesInstanceUID));
        each_item(series, DCM_ContourImageSequence, [&](DcmItem& image) {
          add(header.referenced_instances, text_of(image, DCM_ReferencedSOPInstanceUID));
        });
      });
    });
  });
}

void read_derivation(DcmItem& group, Header& header) {
  each_item(group, DCM_DerivationImageSequence, [&](DcmItem& derivation) {
    each_item(derivation, DCM_SourceImageSequence,
              [&](DcmItem& image) { add(header.referenced_instances, text_of(image, DCM_ReferencedSOPInstanceUID)); });
  });
}

void read_segmentation_references(DcmItem& data, Header& header) {
  each_item(data, DCM_ReferencedSeriesSequence, [&](DcmItem& series) {
    add(header.referenced_series, text_of(series, DCM_SeriesInstanceUID));
    each_item(series, DCM_ReferencedInstanceSequence,
              [&](DcmItem& image) { add(header.referenced_instances, text_of(image, DCM_ReferencedSOPInstanceUID)); });
  });
  each_item(data, DCM_SourceImageSequence,
            [&](DcmItem& image) { add(header.referenced_instances, text_of(image, DCM_ReferencedSOPInstanceUID)); });
  for (const DcmTagKey& groups : {DCM_SharedFunctionalGroupsSequence, DCM_PerFrameFunctionalGroupsSequence})
    each_item(data, groups, [&](DcmItem& group) { read_derivation(group, header); });
}

// Objects without a PatientID are told apart by name and birth date, then by study.
std::string patient_key(DcmItem& data, const std::string& id) {
  if (!id.empty()) return "id\n" + id + "\n" + text_of(data, DCM_IssuerOfPatientID);
  const std::string name = text_of(data, DCM_PatientName);
  if (!name.empty()) return "name\n" + name + "\n" + text_of(data, DCM_PatientBirthDate);
  return "study\n" + text_of(data, DCM_StudyInstanceUID);
}

}  // namespace

Header read_header(const std::filesystem::path& file) {
  start_dcmtk();
  DcmFileFormat object;
  load_until(object, file, DCM_Columns);
  Header header;
  header.kind = kind_of(*object.getDataset());
  if (header.kind == ObjectKind::structure_set)
    load_until(object, file, DCM_StructureSetROISequence);
  else if (header.kind == ObjectKind::segmentation)
    load_until(object, file, DCM_PixelData);
  DcmDataset& data = *object.getDataset();
  header.patient_id = text_of(data, DCM_PatientID);
  header.patient_key = patient_key(data, header.patient_id);
  header.description = text_of(data, DCM_SeriesDescription);
  header.study_uid = text_of(data, DCM_StudyInstanceUID);
  header.series_uid = text_of(data, DCM_SeriesInstanceUID);
  header.modality = text_of(data, DCM_Modality);
  header.instance = text_of(data, DCM_SOPInstanceUID);
  header.frame_of_reference = text_of(data, DCM_FrameOfReferenceUID);
  if (header.kind == ObjectKind::structure_set) read_structure_set_references(data, header);
  if (header.kind == ObjectKind::segmentation) read_segmentation_references(data, header);
  if (header.kind == ObjectKind::image)
    for (const std::string_view fact : kFacts) header.acquisition.emplace_back(fact, acquisition_value(data, fact));
  return header;
}

}  // namespace radfuse::dicom
