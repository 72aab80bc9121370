// SPDX-License-Identifier: Apache-2.0
// import: what is done with DICOM objects that are not as they should be, and how stored values become numbers.
#pragma once

#include <optional>

#include "radfuse/base/fields.hpp"

namespace radfuse::dicom {

enum class GapPolicy { refuse, interpolate, split };
inline constexpr Named<GapPolicy> kGapPolicies[] = {
    {"refuse", GapPolicy::refuse, "the case fails, and the places are named"},
    {"interpolate", GapPolicy::interpolate, "missing slices are filled linearly from their neighbours"},
    {"split", GapPolicy::split, "the longest run of slices without a gap is kept"},
};
enum class StackPolicy { refuse, resample };
inline constexpr Named<StackPolicy> kStackPolicies[] = {
    {"refuse", StackPolicy::refuse, "the case fails, and the slices are named"},
    {"resample", StackPolicy::resample, "resampled linearly onto a regular, upright grid"},
};

struct SeriesParams {
  GapPolicy gaps = GapPolicy::refuse;
  StackPolicy nonuniform = StackPolicy::refuse;
  StackPolicy tilt = StackPolicy::refuse;
  std::optional<double> acquisition;
};
inline void bind(Fields& f, SeriesParams& p) {
  f.choice("gaps", p.gaps, kGapPolicies, "Slices missing within a series");
  f.choice("nonuniform", p.nonuniform, kStackPolicies, "Slices that are not equally far apart");
  f.choice("tilt", p.tilt, kStackPolicies, "A stack that leans by more than 0.5 degrees (gantry tilt)");
  f.field("acquisition", p.acquisition, {0, 1e6},
          "AcquisitionNumber to take from a series that holds several; left out: such a series is refused");
}

enum class MrScaling { rescale, philips_fp, real_world, stored };
inline constexpr Named<MrScaling> kMrScalings[] = {
    {"rescale", MrScaling::rescale, "stored x RescaleSlope + RescaleIntercept, where the file has them"},
    {"philips_fp", MrScaling::philips_fp,
     "Philips floating point: displayed value / (RescaleSlope x scale slope (2005,100E))"},
    {"real_world", MrScaling::real_world, "the file's real-world value mapping"},
    {"stored", MrScaling::stored, "stored values as they are"},
};
struct MrParams {
  MrScaling scaling = MrScaling::rescale;
};
inline void bind(Fields& f, MrParams& p) {
  f.choice("scaling", p.scaling, kMrScalings, "How stored values of MR images become numbers");
}

enum class PetValues { suv_bw, suv_lbm, suv_bsa, activity };
inline constexpr Named<PetValues> kPetValues[] = {
    {"suv_bw", PetValues::suv_bw, "standardised uptake value by body weight (g/ml)"},
    {"suv_lbm", PetValues::suv_lbm, "by lean body mass (James 1976; height and sex needed)"},
    {"suv_bsa", PetValues::suv_bsa, "by body surface area (Du Bois 1916; height needed), cm2/ml"},
    {"activity", PetValues::activity, "the file's own unit, without weight, dose or time"},
};
struct PetParams {
  PetValues values = PetValues::suv_bw;
};
inline void bind(Fields& f, PetParams& p) {
  f.choice("values", p.values, kPetValues, "What the voxels of PET images become");
}

enum class Inversion { automatic, never, always };
inline constexpr Named<Inversion> kInversions[] = {
    {"auto", Inversion::automatic, "MONOCHROME1 radiographs are inverted once; other images are not"},
    {"never", Inversion::never, "stored polarity is kept"},
    {"always", Inversion::always, "every radiograph is inverted"},
};
struct RadiographParams {
  Inversion invert = Inversion::automatic;
};
inline void bind(Fields& f, RadiographParams& p) {
  f.choice("invert", p.invert, kInversions, "Radiographs whose low values are shown white");
}

enum class UltrasoundCrop { tissue, none };
inline constexpr Named<UltrasoundCrop> kUltrasoundCrops[] = {
    {"tissue", UltrasoundCrop::tissue, "the tissue region that the file declares; without one the whole picture"},
    {"none", UltrasoundCrop::none, "the whole picture"},
};
enum class CineFrame { refuse, first, middle, last, number };
inline constexpr Named<CineFrame> kCineFrames[] = {
    {"refuse", CineFrame::refuse, "a clip of several frames fails: name the frame that is meant"},
    {"first", CineFrame::first, "the first frame"},
    {"middle", CineFrame::middle, "the middle frame (the earlier of two)"},
    {"last", CineFrame::last, "the last frame"},
    {"number", CineFrame::number, "the frame that frame_number says"},
};
enum class DopplerPolicy { refuse, grey };
inline constexpr Named<DopplerPolicy> kDopplerPolicies[] = {
    {"refuse", DopplerPolicy::refuse, "a picture with colour flow fails"},
    {"grey", DopplerPolicy::grey, "colours become grey like everything else"},
};
struct UltrasoundParams {
  UltrasoundCrop crop = UltrasoundCrop::tissue;
  CineFrame frame = CineFrame::refuse;
  std::int64_t frame_number = 1;
  DopplerPolicy doppler = DopplerPolicy::refuse;
};
inline void bind(Fields& f, UltrasoundParams& p) {
  f.choice("crop", p.crop, kUltrasoundCrops,
           "What part of the picture is taken; its mask must have the same extent, or the extent of the whole picture");
  f.choice("frame", p.frame, kCineFrames, "Which frame of a clip");
  f.field("frame_number", p.frame_number, {1, 1000000}, "With frame: number; the first is 1");
  f.choice("doppler", p.doppler, kDopplerPolicies, "Pictures with a colour-flow region");
}

enum class Caution { refuse, warn, accept };
inline constexpr Named<Caution> kCautions[] = {
    {"refuse", Caution::refuse, "the case fails"},
    {"warn", Caution::warn, "taken, with a note"},
    {"accept", Caution::accept, "taken without a word"},
};

enum class ContourFill { refuse, none, linear };
inline constexpr Named<ContourFill> kContourFills[] = {
    {"refuse", ContourFill::refuse, "the case fails, and the slices are named"},
    {"none", ContourFill::none, "slices without a contour stay empty, with a note"},
    {"linear", ContourFill::linear, "drawn between the neighbouring contours (shape-based interpolation)"},
};
enum class GridPolicy { refuse, resample };
inline constexpr Named<GridPolicy> kGridPolicies[] = {
    {"refuse", GridPolicy::refuse, "the case fails, with both geometries"},
    {"resample", GridPolicy::resample, "nearest neighbour onto the image's grid, with a note"},
};
struct MaskParams {
  GridPolicy grid = GridPolicy::refuse;
  ContourFill missing_contours = ContourFill::none;
  double slice_tolerance = 0.5;
  double fraction = 0.5;
};
inline void bind(Fields& f, MaskParams& p) {
  f.choice("grid", p.grid, kGridPolicies, "Masks that lie on another grid than their image");
  f.choice("missing_contours", p.missing_contours, kContourFills,
           "Slices within a region of a structure set that have no contour while those above and below have");
  f.field("slice_tolerance", p.slice_tolerance, {0, 0.5},
          "How far from a slice's plane a contour may lie, as a share of the slice spacing");
  f.field("fraction", p.fraction, {0.001, 1}, "Inside a fractional segmentation is where its share is at least this");
}

struct DicomParams {
  SeriesParams series;
  MrParams mr;
  PetParams pet;
  RadiographParams radiograph;
  UltrasoundParams ultrasound;
  MaskParams mask;
  Caution lossy = Caution::warn;
  Caution burned_in = Caution::refuse;
  std::string salt;
};
inline void bind(Fields& f, DicomParams& p) {
  f.section("series", p.series, "DICOM series that are not a regular stack of slices");
  f.section("mr", p.mr, "MR images from DICOM");
  f.section("pet", p.pet, "PET images from DICOM");
  f.section("radiograph", p.radiograph, "X-ray images from DICOM");
  f.section("ultrasound", p.ultrasound, "Ultrasound images from DICOM");
  f.section("mask", p.mask, "Regions from masks, structure sets and segmentations");
  f.choice("lossy", p.lossy, kCautions, "Images that went through a lossy compression");
  f.choice("burned_in", p.burned_in, kCautions, "Images that say that a patient's data is written into their pixels");
  f.field("salt", p.salt,
          "A secret of the study: with it, acquisition.csv names each series by a hash of its UID; empty: not at all");
}

}  // namespace radfuse::dicom
