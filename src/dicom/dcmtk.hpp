// SPDX-License-Identifier: Apache-2.0
// DCMTK, started once and silent; included by .cpp files of this room only.
#pragma once

// DCMTK asks for its configuration before any other of its headers.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse::dicom {

/// Silences DCMTK's log, registers the decoders, and checks that the data dictionary (needed for implicit VR) is there.
/// Any number of calls from any thread.
void start_dcmtk();

/// The value without padding; empty when absent. Several values are joined by a backslash.
std::string text_of(DcmItem& item, const DcmTagKey& tag);
/// The value of a CS attribute, for messages too: marked as confidential (base/discretion.hpp) when it does not look like
/// one, that is of capital letters, digits, blanks, dots, hyphens and underscores.
std::string code_of(DcmItem& item, const DcmTagKey& tag);
bool is_code(std::string_view value);
/// The numbers of an IS or DS attribute; empty when absent. Throws InputError when one is not a finite number.
std::vector<double> numbers_of(DcmItem& item, const DcmTagKey& tag);
/// An unsigned short attribute.
std::optional<int> whole_of(DcmItem& item, const DcmTagKey& tag);

/// Calls work(DcmItem&) for each item of a sequence, in order; an absent sequence has none.
template <class Work>
void for_each_item(DcmItem& item, const DcmTagKey& tag, Work work) {
  DcmSequenceOfItems* sequence = nullptr;
  if (item.findAndGetSequence(tag, sequence).bad() || sequence == nullptr) return;
  for (DcmObject* object = sequence->nextInContainer(nullptr); object != nullptr;
       object = sequence->nextInContainer(object))
    if (auto* one = dynamic_cast<DcmItem*>(object)) work(*one);
}
/// The first item of a sequence, or nothing.
DcmItem* first_item(DcmItem& item, const DcmTagKey& tag);

}  // namespace radfuse::dicom
