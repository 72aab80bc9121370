// SPDX-License-Identifier: Apache-2.0
// Functional groups are laid flat, so that a frame's header reads like that of a single image.
#include "frames.hpp"

#include <memory>

#include "geometry.hpp"
#include "pixels.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/stop.hpp"

namespace radfuse::dicom {
namespace {

using Header = std::unique_ptr<DcmItem>;

void put_copy(DcmItem& to, DcmElement& element) {
  std::unique_ptr<DcmElement> copy(dynamic_cast<DcmElement*>(element.clone()));
  if (copy && to.insert(copy.get(), OFTrue).good()) static_cast<void>(copy.release());
}

/// Sequences that say something about values; others (references to thousands of images) are left out.
bool is_wanted_sequence(const DcmTagKey& tag) {
  return tag == DCM_RealWorldValueMappingSequence || tag == DCM_RadiopharmaceuticalInformationSequence ||
         tag == DCM_ModalityLUTSequence;
}

DcmItem* first_item(DcmElement& element) {
  auto* sequence = dynamic_cast<DcmSequenceOfItems*>(&element);
  return sequence != nullptr && sequence->card() > 0 ? sequence->getItem(0) : nullptr;
}

/// The object's own attributes, without pixels.
Header copy_of(DcmDataset& data) {
  auto header = std::make_unique<DcmItem>();
  for (DcmObject* object = data.nextInContainer(nullptr); object != nullptr; object = data.nextInContainer(object)) {
    auto* element = dynamic_cast<DcmElement*>(object);
    if (element == nullptr || element->getTag().getGroup() == 0x7FE0) continue;
    if (element->ident() != EVR_SQ || is_wanted_sequence(element->getTag())) put_copy(*header, *element);
  }
  return header;
}

/// A group of macros: what each holds goes into the header beside the rest.
void lay_flat(DcmItem& group, DcmItem& header) {
  for (DcmObject* object = group.nextInContainer(nullptr); object != nullptr; object = group.nextInContainer(object)) {
    auto* macro = dynamic_cast<DcmElement*>(object);
    if (macro == nullptr) continue;
    if (is_wanted_sequence(macro->getTag())) {
      put_copy(header, *macro);
      continue;
    }
    // What is said there is said of other images.
    if (macro->getTag() == DCM_ReferencedImageSequence || macro->getTag() == DCM_DerivationImageSequence) continue;
    DcmItem* item = first_item(*macro);
    if (item == nullptr) continue;
    // Philips repeats a whole classic header in a private macro: only its scale slope says something new.
    const bool is_private = (macro->getTag().getGroup() & 1) != 0;
    for (DcmObject* inner = item->nextInContainer(nullptr); inner != nullptr; inner = item->nextInContainer(inner))
      if (auto* element = dynamic_cast<DcmElement*>(inner);
          element != nullptr && element->ident() != EVR_SQ && (!is_private || element->getTag() == kPhilipsScaleSlope))
        put_copy(header, *element);
  }
}

std::vector<Slice> enhanced_slices(DcmDataset& data, const DicomParams& params, std::vector<std::string>& notes) {
  DcmSequenceOfItems* per_frame = nullptr;
  DcmItem* shared = nullptr;
  static_cast<void>(data.findAndGetSequence(DCM_PerFrameFunctionalGroupsSequence, per_frame));
  static_cast<void>(data.findAndGetSequenceItem(DCM_SharedFunctionalGroupsSequence, shared, 0));
  const std::int64_t frames = frame_count(data);
  if (per_frame == nullptr || per_frame->card() != static_cast<unsigned long>(frames))
    throw InputError("has " + std::to_string(frames) + " frames and functional groups for " +
                     std::to_string(per_frame == nullptr ? 0 : per_frame->card()));
  const Header common = copy_of(data);
  if (shared != nullptr) lay_flat(*shared, *common);
  std::vector<Slice> slices;
  DcmObject* group = per_frame->nextInContainer(nullptr);
  for (std::int64_t frame = 0; frame < frames; ++frame, group = per_frame->nextInContainer(group)) {
    throw_if_stopped();
    const auto header = std::make_unique<DcmItem>(*common);
    auto* item = dynamic_cast<DcmItem*>(group);
    if (item == nullptr) throw InputError("has damaged functional groups");
    lay_flat(*item, *header);
    with_context("frame " + std::to_string(frame + 1), [&] { slices.push_back(slice_of(*header, params, notes)); });
    slices.back().frame = frame;
  }
  return slices;
}

/// Nuclear medicine images (PS3.3, C.8.4.8): the place of the first slice, and how far and where the others follow.
std::vector<Slice> nuclear_slices(DcmDataset& data, const DicomParams& params, std::vector<std::string>& notes) {
  const std::string type = text_of(data, DCM_ImageType);
  if (type.find("RECON TOMO") == std::string::npos)
    throw InputError("is a planar, dynamic or gated nuclear image (ImageType " + type +
                     "), whose frames are no slices of one volume; reconstructed tomography is read");
  const std::int64_t frames = frame_count(data);
  std::vector<int> numbers;
  const Uint16* vector = nullptr;
  unsigned long count = 0;
  if (data.findAndGetUint16Array(DCM_SliceVector, vector, &count).good() && vector != nullptr)
    numbers.assign(vector, vector + count);
  if (numbers.size() != static_cast<std::size_t>(frames))
    throw InputError("has " + std::to_string(frames) + " frames and a SliceVector of " +
                     std::to_string(numbers.size()));
  const auto between = numbers_of(data, DCM_SpacingBetweenSlices);
  if (between.size() != 1 || between[0] == 0) throw InputError("has no usable SpacingBetweenSlices");
  const Header header = copy_of(data);
  DcmItem* detector = nullptr;
  if (data.findAndGetSequenceItem(DCM_DetectorInformationSequence, detector, 0).good() && detector != nullptr)
    for (const DcmTagKey& tag : {DCM_ImagePositionPatient, DCM_ImageOrientationPatient}) {
      DcmElement* element = nullptr;
      if (detector->findAndGetElement(tag, element).good() && element != nullptr) put_copy(*header, *element);
    }
  const Slice first = slice_of(*header, params, notes);
  const Vector normal = normal_of(first.row, first.column);
  std::vector<Slice> slices;
  for (std::int64_t frame = 0; frame < frames; ++frame) {
    slices.push_back(first);
    slices.back().frame = frame;
    slices.back().position = plus(first.position, normal, between[0] * (numbers[static_cast<std::size_t>(frame)] - 1));
  }
  return slices;
}

}  // namespace

std::vector<Slice> slices_of(DcmDataset& data, const DicomParams& params, std::vector<std::string>& notes) {
  if (data.tagExists(DCM_PerFrameFunctionalGroupsSequence)) return enhanced_slices(data, params, notes);
  if (text_of(data, DCM_SOPClassUID) == UID_NuclearMedicineImageStorage) return nuclear_slices(data, params, notes);
  if (frame_count(data) > 1)
    throw InputError("is a multi-frame image whose frames have no places of their own; convert it to single slices");
  std::vector<Slice> one;
  one.push_back(slice_of(data, params, notes));
  return one;
}

}  // namespace radfuse::dicom
