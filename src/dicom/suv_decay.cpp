// SPDX-License-Identifier: Apache-2.0
// How long the tracer had decayed, from the many clocks in a PET header.
#include <cmath>

#include "radfuse/base/error.hpp"
#include "radfuse/base/text.hpp"
#include "suv.hpp"

namespace radfuse::dicom {
namespace {

constexpr double kHalfLifeF18 = 6586.2;  // s (109.77 min); only to find a wrong one, never in place of one
constexpr double kMostHalfLives = 10;    // a thousandth is left: no image, so a wrong time or half-life
constexpr double kSecond = 1;            // times without a fraction are this far off
constexpr double kHour = 3600, kDay = 86400;
constexpr double kNoteworthy = 0.02;  // of the uptake value

std::string minutes(double seconds) {
  return text::from_double(std::round(seconds / 6) / 10) + " min";
}

double half_life(const PetFacts& facts) {
  const double seconds = facts.half_life_s.value_or(0);
  const std::string name = "RadionuclideHalfLife (0018,1075)";
  if (seconds == 0) throw InputError(name + " is missing or zero, and uptake values need it" + kWithoutUptake);
  if (!(seconds >= 60 && seconds <= 1e6))
    throw InputError(name + " is " + text::from_double(seconds) + ", which cannot be: it is in s, from 60 to 1e6" +
                     kWithoutUptake);
  const bool f18 = facts.nuclide == "C-111A1" || facts.nuclide == "77004003";
  if (f18 && std::abs(seconds / kHalfLifeF18 - 1) > 0.02)
    throw InputError(name + " is " + text::from_double(seconds) +
                     " s, but the nuclide is fluorine-18 (109.8 min, 6586 s)" + kWithoutUptake);
  return seconds;
}

/// Is `candidate` a time at which a scan could have begun whose frame was acquired at `frame`? Dates that were shifted
/// apart by a de-identification fail here.
bool fits(const Moment& candidate, const Moment& frame) {
  const Elapsed between = elapsed(candidate, frame);
  if (candidate.day && frame.day) return between.seconds >= -kSecond && between.seconds <= kDay;
  return between.seconds <= kDay / 2 || between.seconds >= kDay - kSecond;
}

/// Where FrameReferenceTime counts from, by the frame itself: to the time of its mean count rate (GE: to its start).
std::optional<Moment> from_frame(const PetFacts& facts) {
  if (!facts.acquisition || facts.frame_reference_ms.value_or(0) <= 0) return std::nullopt;
  const double reference = *facts.frame_reference_ms / 1000;
  if (facts.ge) return moved(*facts.acquisition, -reference);
  if (facts.frame_duration_ms.value_or(0) <= 0) return std::nullopt;
  const double mean = mean_count_rate_time(*facts.frame_duration_ms / 1000, half_life(facts));
  return moved(*facts.acquisition, mean - reference);
}

struct Start {
  Moment at;
  const char* from;
};

/// What the decay correction START refers to.
Start scan_start(const PetFacts& facts) {
  const auto frame = facts.acquisition ? facts.acquisition : facts.series;
  if (frame && facts.decay_reference && fits(*facts.decay_reference, *frame))
    return {*facts.decay_reference, "the stated time of the decay correction"};
  if (!facts.acquisition && facts.series) return {*facts.series, "SeriesTime"};
  if (facts.acquisition && facts.series && fits(*facts.series, *facts.acquisition))
    return {*facts.series, "SeriesTime"};
  // The series was made anew later than the scan: its time is that of the processing.
  if (frame && facts.ge_scan_start && fits(*facts.ge_scan_start, *frame))
    return {*facts.ge_scan_start, "GE's scan start (0009,100D)"};
  if (const auto start = from_frame(facts)) return {*start, "AcquisitionTime and FrameReferenceTime"};
  if (!facts.series && !facts.acquisition)
    throw InputError(std::string("SeriesTime (0008,0031) and AcquisitionTime (0008,0032) are missing") +
                     kWithoutUptake);
  throw InputError(std::string("when the scan began is unknown: SeriesTime (0008,0031) ") +
                   (facts.series ? "is later than AcquisitionTime (0008,0032)" : "is missing") +
                   ", and neither GE's nor Siemens's scan time nor FrameReferenceTime (0054,1300) with "
                   "ActualFrameDuration (0018,1242) is there" +
                   kWithoutUptake);
}

/// When an uncorrected frame was measured.
Moment frame_time(const PetFacts& facts) {
  if (facts.acquisition && facts.frame_duration_ms.value_or(0) > 0)
    return moved(*facts.acquisition, mean_count_rate_time(*facts.frame_duration_ms / 1000, half_life(facts)));
  throw InputError(std::string("DecayCorrection (0054,1102) is NONE, and AcquisitionTime (0008,0032) or "
                               "ActualFrameDuration (0018,1242) is missing: when each frame was measured is unknown") +
                   kWithoutUptake);
}

Moment injection(const PetFacts& facts, std::vector<std::string>& notes) {
  if (!facts.injected_at && !facts.injected_time)
    throw InputError(std::string("RadiopharmaceuticalStartDateTime (0018,1078) and RadiopharmaceuticalStartTime "
                                 "(0018,1072) are missing, and uptake values need one of them") +
                     kWithoutUptake);
  if (facts.injected_at && facts.injected_time) {
    const double apart = std::abs(facts.injected_at->second - facts.injected_time->second);
    if (std::min(apart, kDay - apart) >= 60)
      notes.push_back("PET: RadiopharmaceuticalStartDateTime and RadiopharmaceuticalStartTime are " +
                      minutes(std::min(apart, kDay - apart)) + " apart; the former was used");
  }
  return facts.injected_at ? *facts.injected_at : *facts.injected_time;
}

double between(const Moment& injected, const Moment& until, double half_life_s, std::vector<std::string>& notes) {
  const Elapsed time = elapsed(injected, until);
  if (time.seconds < 0)
    throw InputError("the injection is " + minutes(-time.seconds) +
                     " after the scan; look at RadiopharmaceuticalStartDateTime (0018,1078) and the dates and times of "
                     "the series" +
                     kWithoutUptake);
  if (time.over_midnight && time.seconds > kDay - kHour)
    throw InputError(
        "the time of the injection is " + minutes(kDay - time.seconds) +
        " after that of the scan, and a date is missing: look at RadiopharmaceuticalStartTime (0018,1072)" +
        kWithoutUptake);
  if (time.seconds > kMostHalfLives * half_life_s)
    throw InputError(
        "between injection and scan are " + minutes(time.seconds) + ", more than " + text::from_double(kMostHalfLives) +
        " half-lives: look at RadionuclideHalfLife (0018,1075) and at the dates and times of injection and "
        "series (were only some of them changed to hide the patient?)" +
        kWithoutUptake);
  if (time.over_midnight)
    notes.emplace_back("PET: the injection has no date and a time of day after the scan's: taken as the day before");
  return time.seconds;
}

/// Two ways to the scan's start that differ deserve a look.
void compare_starts(const PetFacts& facts, const Start& start, std::vector<std::string>& notes) {
  const auto other = from_frame(facts);
  if (!other) return;
  double apart = std::abs(start.at.second - other->second);
  apart = std::min(apart, kDay - apart);
  const double change = std::exp2(apart / *facts.half_life_s) - 1;
  if (change > kNoteworthy)
    notes.push_back(std::string("PET: the scan's start by ") + start.from + " is " +
                    text::from_double(std::round(apart / 60)) +
                    " min from that by AcquisitionTime and FrameReferenceTime (" +
                    text::from_double(std::round(change * 100)) + " % of the uptake values)");
}

}  // namespace

double mean_count_rate_time(double frame_s, double half_life_s) {
  const double lambda = std::log(2.0) / half_life_s, x = lambda * frame_s;
  if (x < 1e-6) return frame_s / 2;
  return std::log(x / -std::expm1(-x)) / lambda;
}

double decay_seconds(const PetFacts& facts, std::vector<std::string>& notes) {
  if (facts.decay_correction == "ADMIN") return 0;
  const double life = half_life(facts);
  const Moment injected = injection(facts, notes);
  if (facts.decay_correction == "NONE") {
    notes.emplace_back("PET: each frame's own time counts, as nothing was corrected for decay");
    return between(injected, frame_time(facts), life, notes);
  }
  const Start start = scan_start(facts);
  const double seconds = between(injected, start.at, life, notes);
  notes.push_back("PET: scan started " + minutes(seconds) + " after the injection (by " + start.from + "), half-life " +
                  text::from_double(std::round(life * 10) / 10) + " s");
  compare_starts(facts, start, notes);
  return seconds;
}

}  // namespace radfuse::dicom
