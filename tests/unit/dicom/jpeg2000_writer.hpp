// SPDX-License-Identifier: Apache-2.0
// JPEG 2000 streams made with OpenJPEG's encoder, for tests of the decoder.
#pragma once

#include <gtest/gtest.h>
#include <openjpeg.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "pixels.hpp"

#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

namespace radfuse::dicom {

struct Jpeg2000Settings {
  double decibels = 0;  ///< peak signal-to-noise ratio of an irreversible stream; 0: reversible
};

struct GrowingStream {
  std::vector<Uint8> bytes;
  std::size_t place = 0;
};

inline opj_image_t* opj_image_of(const StoredPixels& pixels) {
  std::vector<opj_image_cmptparm_t> parts(static_cast<std::size_t>(pixels.samples));
  for (auto& part : parts) {
    part = {};
    part.dx = part.dy = 1;
    part.w = static_cast<OPJ_UINT32>(pixels.columns);
    part.h = static_cast<OPJ_UINT32>(pixels.rows);
    part.prec = static_cast<OPJ_UINT32>(pixels.bits);
    part.sgnd = pixels.is_signed;
  }
  opj_image_t* image = opj_image_create(static_cast<OPJ_UINT32>(parts.size()), parts.data(),
                                        pixels.samples == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY);
  image->x1 = static_cast<OPJ_UINT32>(pixels.columns);
  image->y1 = static_cast<OPJ_UINT32>(pixels.rows);
  for (std::size_t i = 0; i < pixels.words.size(); ++i)
    image->comps[i % parts.size()].data[i / parts.size()] = number_of(pixels.words[i], pixels.bits, pixels.is_signed);
  return image;
}

inline std::vector<Uint8> write_jpeg2000(const StoredPixels& pixels, const Jpeg2000Settings& settings) {
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.numresolution = 3;
  parameters.tcp_numlayers = 1;
  if (settings.decibels > 0) {
    parameters.irreversible = 1;
    parameters.cp_fixed_quality = 1;
    parameters.tcp_distoratio[0] = static_cast<float>(settings.decibels);
  } else {
    parameters.cp_disto_alloc = 1;
  }
  if (pixels.samples == 3) parameters.tcp_mct = 1;
  opj_image_t* image = opj_image_of(pixels);
  opj_codec_t* codec = opj_create_compress(OPJ_CODEC_J2K);
  GrowingStream out;
  opj_stream_t* stream = opj_stream_default_create(OPJ_FALSE);
  opj_stream_set_user_data(stream, &out, nullptr);
  opj_stream_set_write_function(stream, [](void* from, OPJ_SIZE_T size, void* data) -> OPJ_SIZE_T {
    auto& to = *static_cast<GrowingStream*>(data);
    if (to.bytes.size() < to.place + size) to.bytes.resize(to.place + size);
    std::memcpy(to.bytes.data() + to.place, from, size);
    to.place += size;
    return size;
  });
  opj_stream_set_skip_function(stream, [](OPJ_OFF_T size, void* data) -> OPJ_OFF_T {
    static_cast<GrowingStream*>(data)->place += static_cast<std::size_t>(size);
    return size;
  });
  opj_stream_set_seek_function(stream, [](OPJ_OFF_T place, void* data) -> OPJ_BOOL {
    static_cast<GrowingStream*>(data)->place = static_cast<std::size_t>(place);
    return OPJ_TRUE;
  });
  EXPECT_TRUE(opj_setup_encoder(codec, &parameters, image) && opj_start_compress(codec, image, stream) &&
              opj_encode(codec, stream) && opj_end_compress(codec, stream));
  opj_stream_destroy(stream);
  opj_destroy_codec(codec);
  opj_image_destroy(image);
  if (out.bytes.size() % 2 != 0) out.bytes.push_back(0);
  return out.bytes;
}

/// The same stream in OpenJPEG's own hands: from a file, nothing of ours in between.
inline std::vector<int> decoded_plainly(const std::vector<Uint8>& bytes, const std::filesystem::path& file) {
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
  opj_stream_t* stream = opj_stream_create_default_file_stream(file.c_str(), OPJ_TRUE);
  opj_codec_t* codec = opj_create_decompress(OPJ_CODEC_J2K);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t* image = nullptr;
  EXPECT_TRUE(opj_setup_decoder(codec, &parameters) && opj_read_header(stream, codec, &image) &&
              opj_decode(codec, stream, image) && opj_end_decompress(codec, stream));
  const opj_image_comp_t& part = image->comps[0];
  std::vector<int> values(part.data, part.data + std::size_t{part.w} * part.h);
  opj_image_destroy(image);
  opj_destroy_codec(codec);
  opj_stream_destroy(stream);
  std::filesystem::remove(file);
  return values;
}

/// Replaces the pixels by compressed frames, one fragment each.
inline void put_jpeg2000(DcmDataset& data, E_TransferSyntax syntax, const std::vector<std::vector<Uint8>>& frames) {
  auto* pixels = new DcmPixelData(DCM_PixelData);
  auto* sequence = new DcmPixelSequence(DcmTag(DCM_PixelData, EVR_OB));
  sequence->insert(new DcmPixelItem(DcmTag(DCM_Item, EVR_OB)));
  for (const auto& frame : frames) {
    auto* item = new DcmPixelItem(DcmTag(DCM_Item, EVR_OB));
    item->putUint8Array(frame.data(), frame.size());
    sequence->insert(item);
  }
  pixels->putOriginalRepresentation(syntax, nullptr, sequence);
  data.insert(pixels, OFTrue);
  EXPECT_TRUE(data.chooseRepresentation(syntax, nullptr).good());
}

}  // namespace radfuse::dicom
