// SPDX-License-Identifier: Apache-2.0
// Which network made each deep feature, and on which cases that network was fitted: what 4_deep/encoders.csv and
// 4_deep/networks.csv tell, and the rules that keep a network's own training cases from passing for new ones.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "radfuse/base/named.hpp"
#include "radfuse/table/csv.hpp"
#include "radfuse/table/feature_table.hpp"
#include "radfuse/table/folds.hpp"

namespace radfuse {

/// Vectors of two networks lie in two spaces and cannot stand in one column; probabilities of two can.
enum class EncodedKind { vector, score };
inline constexpr Named<EncodedKind> kEncodedKinds[] = {
    {"vector", EncodedKind::vector, "coordinates that mean something to one network only"},
    {"score", EncodedKind::score, "a probability of the outcome, the same scale for every network of the set"},
};

/// One row of encoders.csv: whose features these are, and which network made them.
struct Encoded {
  std::string table;    ///< features.deep.csv, or features.deep.fold-<repeat>-<fold>.csv
  std::string set;      ///< name of the set in the study
  std::string columns;  ///< what its columns begin with: deep.<set>.<image>
  EncodedKind kind = EncodedKind::vector;
  std::string encoder;  ///< the first 12 digits of the SHA-256 of the network's file
  std::string case_id, reader;
  bool fitted = false;  ///< the network learned from a case of this patient
};

/// A network, and the cases that it was fitted on (none: it came from outside).
struct FittedEncoder {
  std::string encoder, set;
  std::string file;  ///< below the stage's folder; empty when it came from outside
  bool supervised = false;
  std::vector<std::string> cases;  ///< sorted
};

struct Encoders {
  std::vector<Encoded> rows;
  std::vector<FittedEncoder> networks;
};

/// encoders.csv: table,set,columns,kind,encoder,case_id,reader,fitted.
std::string encoders_to_csv(const std::vector<Encoded>& rows);
/// networks.csv: encoder,set,file,supervised,case_id; a row for each case, one with an empty case for a network that
/// was not fitted.
std::string networks_to_csv(const std::vector<FittedEncoder>& networks);
/// Throws InputError that names file, line and column.
Encoders read_encoders(const CsvTable& encoders, const CsvTable& networks);

/// Only the rows of one table; all networks.
Encoders of_table(const Encoders& encoders, std::string_view table);

/// Which cases of a table must not have been seen by which networks.
struct EncoderRules {
  std::span<const KnownCase> known;            ///< every case of the cohort
  std::span<const std::string> held_out = {};  ///< cases of an outer fold: no network may have seen their patients
};
/// Throws InputError that names the set and the cases unless, for every column that begins with "deep.": each row says
/// which network made it; all vectors of a set come from one network; no network was fitted on a patient of another
/// split than training; and no case that models may learn from has features of a supervised network that was fitted on
/// a case of its patient. `file` is for messages.
void check_encoders(const FeatureTable& table, const Encoders& encoders, const EncoderRules& rules,
                    std::string_view file);

}  // namespace radfuse
