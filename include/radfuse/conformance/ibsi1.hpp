// SPDX-License-Identifier: Apache-2.0
// Every value of the IBSI's chapter 1 reference tables, computed anew and compared.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "radfuse/radiomics/params.hpp"
#include "radfuse/volume/volume.hpp"

namespace radfuse::conformance {

/// A row of reference.csv.
struct ReferenceRow {
  std::string configuration, family, aggregation, feature, tag;
  std::string printed;  ///< the reference as printed: its digits count when the tolerance is 0
  double value = 0, tolerance = 0;
  bool has_value() const { return !printed.empty(); }
  bool is_diagnostic() const { return family == "Diagnostics"; }
};
/// Throws InputError.
std::vector<ReferenceRow> read_reference(const std::filesystem::path& file);

/// The largest difference that counts as agreement: the tolerance; where it is 0, half a unit of the last digit
/// printed, of three significant digits at least; the zeros that end a feature's whole number are not significant.
double allowed(const ReferenceRow& row);
/// False for NaN.
bool reproduces(double computed, const ReferenceRow& row);

/// The digital phantom, and A to E on the CT phantom, as the IBSI prescribes them.
struct Configuration {
  std::string name;
  std::string phantom;  ///< folder with image.nii.gz and mask.nii.gz
  RadiomicsParams params;
};
std::vector<Configuration> ibsi1_configurations();

/// Features and diagnostics of a volume by the IBSI's tags, aggregation included; NaN where undefined.
std::map<std::string, double> values_by_tag(const Volume& image, const Mask& mask, const RadiomicsParams& params);

struct Result {
  ReferenceRow reference;
  std::optional<double> value;  ///< nothing: the program does not produce this row
  bool pass = false;            ///< never true without a reference value
};
struct Score {
  std::size_t passed = 0, total = 0;
};
/// The CT phantom's region from its structure set beside its NIfTI mask, in voxels.
struct MaskDifference {
  std::size_t dicom = 0, nifti = 0, differing = 0;
};
struct Conformance {
  std::vector<Result> compared, without_reference;
  Score features, diagnostics;
  std::optional<MaskDifference> masks;  ///< when the DICOM form was read
  bool all_passed() const { return features.passed == features.total && diagnostics.passed == diagnostics.total; }
};
/// Compares the values of one configuration with its rows and adds the outcome to `out`.
void compare(const std::vector<ReferenceRow>& reference, const std::string& configuration,
             const std::map<std::string, double>& values, Conformance& out);
/// `data` is the folder `ibsi1`, or the one that holds it. Throws InputError for what is missing or cannot be read.
Conformance ibsi1(const std::filesystem::path& data, int threads);
/// Configurations A to E on the CT phantom's DICOM form: ct_phantom/dicom/image (a series) and dicom/rtstruct (a
/// structure set). ct_phantom/mask.nii.gz is read for the difference only.
Conformance ibsi1_dicom(const std::filesystem::path& data, int threads);

/// configuration,family,aggregation,tag,reference,tolerance,value,difference,pass; rows without a reference come last.
std::string to_csv(const Conformance& conformance);

}  // namespace radfuse::conformance
