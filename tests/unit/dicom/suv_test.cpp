// SPDX-License-Identifier: Apache-2.0
// Uptake values against arithmetic done by hand, for every unit and every decay correction.
//
// One patient throughout: 70 kg, 1.75 m, man, 350 MBq of fluorine-18 with a half-life of 6588 s, injected at 10:00:00.
// The scan starts at 11:49:48, which is 6588 s = one half-life later: 175 MBq are left.
//   body weight          70 kg = 70000 g
//   lean mass (James)    1.10 x 70 - 128 x (70 / 175)^2 = 77 - 128 x 0.16 = 77 - 20.48 = 56.52 kg
//   lean mass (Janmah.)  BMI = 70 / 3.0625 = 22.857142857; 9270 x 70 / (6680 + 216 x 22.857142857)
//                        = 648900 / 11617.142857 = 55.857107723 kg
//   body surface         0.007184 x 70^0.425 x 175^0.725 = 1.848143018 m2 = 18481.43018 cm2
#include "suv.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "radfuse/base/error.hpp"

namespace radfuse::dicom {
namespace {

using ::testing::HasSubstr;

constexpr double kRelative = 1e-9;

PetFacts patient(const std::string& units, const std::string& decay) {
  PetFacts facts;
  facts.units = units;
  facts.decay_correction = decay;
  facts.corrected = decay == "NONE" ? "ATTN\\NORM" : "DECY\\ATTN\\NORM";
  facts.sex = "M";
  facts.weight_kg = 70;
  facts.height_m = 1.75;
  facts.dose_bq = 350e6;
  facts.half_life_s = 6588;
  facts.injected_time = Moment{std::nullopt, 36000};      // 10:00:00
  facts.series = facts.acquisition = Moment{100, 42588};  // 11:49:48
  return facts;
}

void expect_factor(const PetFacts& facts, PetValues values, double factor) {
  EXPECT_NEAR(suv_scaling(facts, values).factor / factor, 1, kRelative)
      << facts.units << " " << facts.decay_correction << " " << facts.suv_type;
}

std::string refusal(const PetFacts& facts, PetValues values = PetValues::suv_bw) {
  try {
    suv_scaling(facts, values);
  } catch (const InputError& error) {
    return error.what();
  }
  return "taken";
}

std::string notes(const PetFacts& facts, PetValues values = PetValues::suv_bw) {
  std::string all;
  for (const std::string& note : suv_scaling(facts, values).notes) all += note + "\n";
  return all;
}

// BQML: uptake = Bq/ml x size / dose left.

TEST(Suv, BqmlStart) {
  const PetFacts facts = patient("BQML", "START");
  expect_factor(facts, PetValues::suv_bw, 4e-4);            // 70000 / 175e6: 5000 Bq/ml are 2 g/ml
  expect_factor(facts, PetValues::suv_lbm, 56520 / 175e6);  // 56520 g
  expect_factor(facts, PetValues::suv_bsa, 18481.430181213463 / 175e6);
  EXPECT_THAT(notes(facts), HasSubstr("109.8 min after the injection"));
}

TEST(Suv, BqmlAdmin) {
  const PetFacts facts = patient("BQML", "ADMIN");
  expect_factor(facts, PetValues::suv_bw, 2e-4);  // 70000 / 350e6, whatever the clock says
  expect_factor(facts, PetValues::suv_lbm, 56520 / 350e6);
  expect_factor(facts, PetValues::suv_bsa, 18481.430181213463 / 350e6);
  PetFacts timeless = facts;
  timeless.injected_time = timeless.series = timeless.acquisition = std::nullopt;
  timeless.half_life_s = std::nullopt;
  expect_factor(timeless, PetValues::suv_bw, 2e-4);
}

// A frame of 120 s from 11:48:48 (6528 s after the injection). With lambda = ln 2 / 6588 its mean count rate is at
// T/2 - lambda T^2 / 24 = 60 - 0.06313 = 59.93687 s: 6587.93687 s of decay, 175.001162342 MBq left;
// 70000 / 175.001162342e6 = 3.99997343236e-4.
TEST(Suv, BqmlNone) {
  PetFacts facts = patient("BQML", "NONE");
  facts.acquisition = Moment{100, 42528};
  facts.frame_duration_ms = 120000;
  expect_factor(facts, PetValues::suv_bw, 3.99997343236e-4);
  expect_factor(facts, PetValues::suv_lbm, 3.99997343236e-4 * 56.52 / 70);
  // A second bed position 330 s later has decayed by 2^(-330/6588) more: its factor is 2^(330/6588) = 1.035329...
  // larger.
  PetFacts later = facts;
  later.acquisition = Moment{100, 42858};
  expect_factor(later, PetValues::suv_bw, 3.99997343236e-4 * std::exp2(330.0 / 6588));
  EXPECT_THAT(notes(facts), HasSubstr("each frame's own time"));
}

// CNTS: uptake = counts x (7053,1000), or Bq/ml = counts x (7053,1009).

TEST(Suv, CountsWithPhilipsUptakeFactor) {
  for (const char* decay : {"START", "ADMIN", "NONE"}) {
    PetFacts facts = patient("CNTS", decay);
    facts.philips_suv = 0.00025;
    facts.philips_bqml = 1.25;  // the factor to uptake wins
    expect_factor(facts, PetValues::suv_bw, 0.00025);
    expect_factor(facts, PetValues::suv_lbm, 0.00025 * 56520 / 70000);
    expect_factor(facts, PetValues::suv_bsa, 0.00025 * 18481.430181213463 / 70000);
  }
}

TEST(Suv, CountsWithPhilipsActivityFactor) {
  PetFacts start = patient("CNTS", "START");
  start.philips_bqml = 1.25;
  expect_factor(start, PetValues::suv_bw, 5e-4);  // 1.25 x 4e-4
  start.philips_suv = 0;                          // some exports keep the attribute and empty it
  expect_factor(start, PetValues::suv_bw, 5e-4);
  PetFacts admin = patient("CNTS", "ADMIN");
  admin.philips_bqml = 1.25;
  expect_factor(admin, PetValues::suv_bw, 2.5e-4);  // 1.25 x 2e-4
  PetFacts none = patient("CNTS", "NONE");
  none.philips_bqml = 1.25;
  none.acquisition = Moment{100, 42528};
  none.frame_duration_ms = 120000;
  expect_factor(none, PetValues::suv_bw, 1.25 * 3.99997343236e-4);
}

TEST(Suv, CountsWithoutAFactorAreRefused) {
  EXPECT_THAT(refusal(patient("CNTS", "START")), HasSubstr("(7053,1000)"));
}

// GML: uptake values already, by what SUVType says; decay correction, dose and time are in them.

TEST(Suv, GmlIsTakenAsItIs) {
  for (const char* decay : {"START", "ADMIN", "NONE", ""})
    for (const char* type : {"", "BW"}) {
      PetFacts facts;  // not even a weight is needed
      facts.units = "GML";
      facts.suv_type = type;
      facts.decay_correction = decay;
      EXPECT_EQ(suv_scaling(facts, PetValues::suv_bw).factor, 1) << decay << type;
    }
}

TEST(Suv, GmlConverts) {
  for (const char* decay : {"START", "ADMIN", "NONE"}) {
    PetFacts facts = patient("GML", decay);
    expect_factor(facts, PetValues::suv_lbm, 56.52 / 70);
    expect_factor(facts, PetValues::suv_bsa, 18481.430181213463 / 70000);
    facts.suv_type = "LBMJAMES128";
    expect_factor(facts, PetValues::suv_lbm, 1);
    expect_factor(facts, PetValues::suv_bw, 70 / 56.52);
    facts.suv_type = "LBMJANMA";
    expect_factor(facts, PetValues::suv_bw, 70 / 55.857107722577474);
    expect_factor(facts, PetValues::suv_lbm, 56.52 / 55.857107722577474);
  }
}

TEST(Suv, LeanMassOfUnknownFormulaIsOnlyTakenAsItIs) {
  PetFacts facts = patient("GML", "START");
  facts.suv_type = "LBM";
  expect_factor(facts, PetValues::suv_lbm, 1);
  EXPECT_THAT(notes(facts, PetValues::suv_lbm), HasSubstr("120 or 128"));
  EXPECT_THAT(refusal(facts), HasSubstr("suv_lbm"));
  facts.suv_type = "IBW";
  EXPECT_THAT(refusal(facts), HasSubstr("'IBW'"));
}

TEST(Suv, Cm2mlIsByBodySurface) {
  for (const char* decay : {"START", "ADMIN", "NONE"}) {
    PetFacts facts = patient("CM2ML", decay);
    expect_factor(facts, PetValues::suv_bsa, 1);
    expect_factor(facts, PetValues::suv_bw, 70000 / 18481.430181213463);
    expect_factor(facts, PetValues::suv_lbm, 56520 / 18481.430181213463);
    facts.suv_type = "BW";
    EXPECT_THAT(refusal(facts), HasSubstr("SUVType (0054,1006) is 'BW'"));
  }
}

TEST(Suv, OtherUnitsAreRefusedByName) {
  for (const char* units : {"PROPCNTS", "PROPCPS", "CPS", "MLMINML", "NONE", "bqml"})
    EXPECT_THAT(refusal(patient(units, "START")), HasSubstr(std::string("'") + units + "'"));
  EXPECT_THAT(refusal(patient("", "START")), HasSubstr("Units (0054,1001) is missing"));
}

TEST(Suv, ActivityAsksForNothing) {
  EXPECT_EQ(suv_scaling({}, PetValues::activity).factor, 1);
  EXPECT_EQ(suv_scaling(patient("PROPCNTS", "?"), PetValues::activity).factor, 1);
}

// Sizes.

TEST(Suv, WomenHaveTheirOwnLeanMass) {
  // James: 1.07 x 70 - 148 x 0.16 = 74.9 - 23.68 = 51.22. Janmahasatian: 648900 / (8780 + 244 x 22.857142857).
  EXPECT_NEAR(lean_body_mass_james(70, 1.75, false), 51.22, 1e-12);
  EXPECT_NEAR(lean_body_mass_janmahasatian(70, 1.75, false), 45.197014925, 1e-8);
  PetFacts facts = patient("BQML", "START");
  facts.sex = "F";
  expect_factor(facts, PetValues::suv_lbm, 51220 / 175e6);
  facts.sex = "O";
  EXPECT_THAT(refusal(facts, PetValues::suv_lbm), HasSubstr("PatientSex (0010,0040)"));
  expect_factor(facts, PetValues::suv_bw, 4e-4);
}

TEST(Suv, LeanMassBeyondItsFormulaIsRefused) {
  PetFacts facts = patient("BQML", "START");
  facts.weight_kg = 220;  // 1.10 x 220 - 128 x (220/150)^2 = 242 - 275.3 < 0
  facts.height_m = 1.5;
  EXPECT_THAT(refusal(facts, PetValues::suv_lbm), HasSubstr("which cannot be"));
}

// Clocks.

TEST(Suv, OverMidnightWithoutADate) {
  PetFacts facts = patient("BQML", "START");
  facts.injected_time = Moment{std::nullopt, 83400};     // 23:10:00
  facts.series = facts.acquisition = Moment{101, 3588};  // 00:59:48: 3000 s to midnight + 3588 s = 6588 s
  expect_factor(facts, PetValues::suv_bw, 4e-4);
  EXPECT_THAT(notes(facts), HasSubstr("day before"));
  facts.injected_at = Moment{100, 83400};  // the date says the same, and nothing is left to guess
  expect_factor(facts, PetValues::suv_bw, 4e-4);
  EXPECT_THAT(notes(facts), Not(HasSubstr("day before")));
}

// Zirconium-89, 78.41 h = 282276 s; injected at 10:00 of day 100, scanned at 11:00 of day 102: 49 h = 176400 s.
// 2^(-176400/282276) = 2^-0.624920... = 0.648455...; 37 MBq x that; 70000 / (37e6 x 2^-(176400/282276)).
TEST(Suv, TwoDaysLater) {
  PetFacts facts = patient("BQML", "START");
  facts.half_life_s = 282276;
  facts.dose_bq = 37e6;
  facts.injected_at = Moment{100, 36000};
  facts.series = facts.acquisition = Moment{102, 39600};
  expect_factor(facts, PetValues::suv_bw, 70000 / 37e6 * std::exp2(176400.0 / 282276));
  EXPECT_NEAR(suv_scaling(facts, PetValues::suv_bw).factor, 2.91753e-3, 1e-8);
  EXPECT_THAT(notes(facts), HasSubstr("2940 min"));
}

TEST(Suv, DatesThatWereShiftedApartAreRefused) {
  PetFacts facts = patient("BQML", "START");
  facts.injected_at = Moment{90, 36000};
  EXPECT_THAT(refusal(facts), HasSubstr("more than 10 half-lives"));
  facts.injected_at = Moment{110, 36000};
  EXPECT_THAT(refusal(facts), HasSubstr("after the scan"));
}

TEST(Suv, InjectionJustAfterTheScanIsNoNight) {
  PetFacts facts = patient("BQML", "START");
  facts.half_life_s = 282276;
  facts.injected_time = Moment{std::nullopt, 42588 + 300};
  EXPECT_THAT(refusal(facts), HasSubstr("5 min after that of the scan"));
}

// The series was written again at 15:00: its time is no longer the scan's.
TEST(Suv, SeriesMadeAnew) {
  PetFacts facts = patient("BQML", "START");
  facts.series = Moment{100, 54000};
  EXPECT_THAT(refusal(facts), HasSubstr("when the scan began is unknown"));
  PetFacts ge = facts;
  ge.ge_scan_start = Moment{100, 42588};
  expect_factor(ge, PetValues::suv_bw, 4e-4);
  PetFacts siemens = facts;
  siemens.decay_reference = Moment{100, 42588};
  expect_factor(siemens, PetValues::suv_bw, 4e-4);
}

// Third bed position: begins 400 s after the scan, lasts 120 s; its mean count rate is 59.93687192535 s later, so
// FrameReferenceTime is 459.93687192535 s.
TEST(Suv, ScanStartFromTheFrame) {
  PetFacts facts = patient("BQML", "START");
  facts.series = Moment{100, 54000};
  facts.acquisition = Moment{100, 42988};
  facts.frame_duration_ms = 120000;
  facts.frame_reference_ms = 459936.87192535;
  expect_factor(facts, PetValues::suv_bw, 4e-4);
  facts.ge = true;
  facts.frame_reference_ms = 400000;
  expect_factor(facts, PetValues::suv_bw, 4e-4);
}

TEST(Suv, TwoScanStartsThatDifferAreNoted) {
  PetFacts facts = patient("BQML", "START");
  facts.series = Moment{100, 42588 - 600};  // the protocol was opened ten minutes before
  facts.frame_duration_ms = 120000;
  facts.frame_reference_ms = 59936.87192535;
  EXPECT_THAT(notes(facts), HasSubstr("10 min from that by AcquisitionTime"));
  EXPECT_THAT(notes(facts), HasSubstr("7 %"));  // 2^(600/6588) = 1.0652
  facts.series = facts.acquisition;
  EXPECT_THAT(notes(facts), Not(HasSubstr("from that by")));
}

TEST(Suv, PrivateTimesOfAnotherDayAreNotUsed) {
  PetFacts facts = patient("BQML", "START");
  facts.decay_reference = Moment{5000, 42000};
  expect_factor(facts, PetValues::suv_bw, 4e-4);
}

// Refusals.

TEST(Suv, WhatIsMissingIsNamed) {
  const std::pair<std::function<void(PetFacts&)>, const char*> cases[] = {
      {[](PetFacts& f) { f.weight_kg.reset(); }, "PatientWeight (0010,1030) is missing or zero"},
      {[](PetFacts& f) { f.weight_kg = 0; }, "PatientWeight (0010,1030) is missing or zero"},
      {[](PetFacts& f) { f.weight_kg = 70000; }, "PatientWeight (0010,1030) is 70000"},
      {[](PetFacts& f) { f.weight_kg = -70; }, "PatientWeight (0010,1030) is -70"},
      {[](PetFacts& f) { f.dose_bq.reset(); }, "RadionuclideTotalDose (0018,1074) is missing or zero"},
      {[](PetFacts& f) { f.dose_bq = 350; }, "Bq (not MBq)"},
      {[](PetFacts& f) { f.half_life_s.reset(); }, "RadionuclideHalfLife (0018,1075) is missing or zero"},
      {[](PetFacts& f) { f.half_life_s = 0; }, "RadionuclideHalfLife (0018,1075) is missing or zero"},
      {[](PetFacts& f) { f.half_life_s = 5; }, "RadionuclideHalfLife (0018,1075) is 5"},
      {[](PetFacts& f) { f.half_life_s = 109.8, f.nuclide = "C-111A1"; }, "fluorine-18"},
      {[](PetFacts& f) { f.injected_time.reset(); }, "RadiopharmaceuticalStartTime (0018,1072) are missing"},
      {[](PetFacts& f) { f.series.reset(), f.acquisition.reset(); }, "AcquisitionTime (0008,0032) are missing"},
      {[](PetFacts& f) { f.decay_correction.clear(); }, "DecayCorrection (0054,1102) is missing"},
      {[](PetFacts& f) { f.decay_correction = "YES"; }, "'YES'"},
      {[](PetFacts& f) { f.corrected = "ATTN"; }, "does not name decay (DECY)"},
      {[](PetFacts& f) { f.decay_correction = "NONE"; }, "names decay (DECY)"},
      {[](PetFacts& f) { f.decay_correction = "NONE", f.corrected = "ATTN"; }, "ActualFrameDuration (0018,1242)"},
  };
  for (const auto& [change, message] : cases) {
    PetFacts facts = patient("BQML", "START");
    change(facts);
    EXPECT_THAT(refusal(facts), HasSubstr(message));
    EXPECT_THAT(refusal(facts), HasSubstr("import.pet.values: activity"));
    EXPECT_EQ(suv_scaling(facts, PetValues::activity).factor, 1);
  }
  PetFacts small = patient("BQML", "START");
  small.height_m = 175;
  EXPECT_THAT(refusal(small, PetValues::suv_bsa), HasSubstr("PatientSize (0010,1020) is 175"));
  small.height_m.reset();
  EXPECT_THAT(refusal(small, PetValues::suv_lbm), HasSubstr("PatientSize (0010,1020) is missing"));
  expect_factor(small, PetValues::suv_bw, 4e-4);
}

TEST(Suv, ImagesWithoutAttenuationCorrectionAreNoted) {
  PetFacts facts = patient("BQML", "START");
  facts.corrected = "DECY\\NORM";
  EXPECT_THAT(notes(facts), HasSubstr("attenuation"));
}

TEST(Suv, NotesHaveNoDateNorBody) {
  const std::string all = notes(patient("BQML", "START"));
  for (const char* revealing : {"70", "175", "350", "1970", "10:00"}) EXPECT_THAT(all, Not(HasSubstr(revealing)));
}

TEST(Suv, MeanCountRateOfShortAndLongFrames) {
  EXPECT_NEAR(mean_count_rate_time(120, 6588), 59.93687192535, 1e-9);
  EXPECT_NEAR(mean_count_rate_time(1e-3, 6588), 0.5e-3, 1e-12);
  // A frame of one half-life: ln(ln 2 / (1/2)) / lambda = ln(1.386294361) x 6588 / 0.693147181 = 3104.487 s.
  EXPECT_NEAR(mean_count_rate_time(6588, 6588), 3104.487, 1e-3);
}

}  // namespace
}  // namespace radfuse::dicom
