// SPDX-License-Identifier: Apache-2.0
// Starting DCMTK, and attribute values as text and numbers.
#include "dcmtk.hpp"

#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <algorithm>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"

namespace radfuse::dicom {
namespace {

struct Codecs {
  Codecs() {
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);  // what goes wrong is said by our exceptions
    DcmRLEDecoderRegistration::registerCodecs();
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
  }
  ~Codecs() {
    DcmRLEDecoderRegistration::cleanup();
    DJDecoderRegistration::cleanup();
    DJLSDecoderRegistration::cleanup();
  }
  Codecs(const Codecs&) = delete;
  Codecs& operator=(const Codecs&) = delete;
};

}  // namespace

void start_dcmtk() {
  static const Codecs codecs;
  static const bool loaded = dcmDataDict.isDictionaryLoaded();
  if (!loaded)
    throw StudyError(
        "DCMTK's data dictionary (dicom.dic) is not found: unset DCMDICTPATH, or install the package libdcmtk17");
}

std::string text_of(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  if (item.findAndGetOFStringArray(tag, value).bad()) return {};
  return text::printable(text::trim(std::string_view(value.c_str(), value.length())));
}

bool is_code(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '_' || c == '\\' || c == '-' ||
           c == '.';
  });
}

std::string code_of(DcmItem& item, const DcmTagKey& tag) {
  const std::string value = text_of(item, tag);
  return is_code(value) ? value : confidential(value);
}

std::vector<double> numbers_of(DcmItem& item, const DcmTagKey& tag) {
  const std::string all = text_of(item, tag);
  std::vector<double> numbers;
  if (all.empty()) return numbers;
  for (const std::string& part : text::split(all, '\\')) {
    const auto number = text::to_double(text::trim(part));
    if (!number)
      throw InputError(confidential("'" + part + "'") + " in " + DcmTag(tag).getTagName() + " is not a number");
    numbers.push_back(*number);
  }
  return numbers;
}

std::optional<int> whole_of(DcmItem& item, const DcmTagKey& tag) {
  Uint16 value = 0;
  if (item.findAndGetUint16(tag, value).bad()) return std::nullopt;
  return value;
}

DcmItem* first_item(DcmItem& item, const DcmTagKey& tag) {
  DcmItem* first = nullptr;
  return item.findAndGetSequenceItem(tag, first, 0).good() ? first : nullptr;
}

}  // namespace radfuse::dicom
