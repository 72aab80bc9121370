// SPDX-License-Identifier: Apache-2.0
// Parsing, what is kept of a file, and how many slices it has.
#include "image_file.hpp"

#include <algorithm>
#include <fstream>

#include "cautions.hpp"
#include "frames.hpp"
#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

// Longer values (pixels, private blocks) stay on disk until asked for.
constexpr Uint32 kReadAtOnce = 4096;

void require_known_syntax(DcmFileFormat& file) {
  OFString uid;
  DcmMetaInfo* meta = file.getMetaInfo();
  if (meta == nullptr || meta->findAndGetOFString(DCM_TransferSyntaxUID, uid).bad()) return;
  if (DcmXfer(uid.c_str()).getXfer() != EXS_Unknown) return;
  const std::string text(uid.c_str());
  const bool ht = text.starts_with("1.2.840.10008.1.2.4.20");
  throw InputError(
      "its transfer syntax " + text + (ht ? " (High-Throughput JPEG 2000, HTJ2K)" : "") +
      " is not read; native, deflated, RLE, JPEG, JPEG-LS and JPEG 2000 are: convert it with another tool");
}

/// Objects with pixels that are no pictures of a patient.
bool is_other_object(const std::string& sop_class) {
  constexpr const char* kOthers[] = {UID_SegmentationStorage, "1.2.840.10008.5.1.4.1.1.66.7", UID_RTDoseStorage,
                                     UID_ParametricMapStorage, UID_RawDataStorage};
  return std::find(std::begin(kOthers), std::end(kOthers), sop_class) != std::end(kOthers);
}

/// Decoders need the description of the pixels; a thousand whole headers would be tens of megabytes.
void keep_pixels_only(DcmDataset& data) {
  for (DcmObject* object = data.nextInContainer(nullptr); object != nullptr;) {
    DcmObject* next = data.nextInContainer(object);
    const DcmTag& tag = object->getTag();
    const bool kept = tag.getGroup() == 0x0028 || tag.getGroup() == 0x7FE0 || tag == DCM_SOPClassUID;
    if (!kept || object->ident() == EVR_SQ) std::unique_ptr<DcmElement>(data.remove(object)).reset();
    object = next;
  }
}

}  // namespace

std::unique_ptr<DcmDataset> load_object(const std::filesystem::path& path) {
  start_dcmtk();
  DcmFileFormat file;
  const OFCondition read = file.loadFile(path.c_str(), EXS_Unknown, EGL_noChange, kReadAtOnce);
  require_known_syntax(file);
  if (read.bad()) throw InputError(std::string("is damaged: ") + read.text());
  return std::unique_ptr<DcmDataset>(file.getAndRemoveDataset());
}

std::optional<FileContent> read_content(const std::filesystem::path& path, const DicomParams& params) {
  std::unique_ptr<DcmDataset> data = load_object(path);
  if (!data->tagExists(DCM_Rows) || !data->tagExists(DCM_PixelData)) return std::nullopt;
  if (is_other_object(text_of(*data, DCM_SOPClassUID))) return std::nullopt;
  FileContent content;
  content.name = path.filename().string();
  content.series_uid = text_of(*data, DCM_SeriesInstanceUID);
  content.modality = text_of(*data, DCM_Modality);
  if (content.series_uid.empty()) throw InputError("has no SeriesInstanceUID");
  try {
    with_context("slice '" + content.name + "'", [&] {
      heed_cautions(*data, params, content.notes);
      content.slices = slices_of(*data, params, content.notes);
    });
  } catch (const Error&) {
    content.problem = std::current_exception();
    return content;
  }
  auto file = std::make_shared<ImageFile>();
  file->path = path;
  if (data->getOriginalXfer() != EXS_DeflatedLittleEndianExplicit) {
    keep_pixels_only(*data);
    file->pixels = std::move(data);
  }
  for (Slice& slice : content.slices) {
    slice.file = file;
    slice.name = content.name;
    if (content.slices.size() > 1) slice.name += ", frame " + std::to_string(slice.frame + 1);
  }
  return content;
}

StoredPixels decode(ImageFile& file, std::int64_t frame) {
  if (file.pixels) return decode_frame(*file.pixels, frame);
  return decode_frame(*load_object(file.path), frame);
}

bool is_dicom_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  char start[132] = {};
  in.read(start, sizeof start);
  return in.gcount() == sizeof start && std::string_view(start + 128, 4) == "DICM";
}

}  // namespace radfuse::dicom
