// SPDX-License-Identifier: Apache-2.0
// The training rows on their way through a chain that is being fitted.
#pragma once

#include <map>
#include <set>

#include "radfuse/select/evidence.hpp"
#include "state.hpp"

namespace radfuse {

/// Why a column goes, and what was measured.
struct Reason {
  Reason() = default;
  Reason(std::string why, Measured found = {}) : text(std::move(why)), measured(std::move(found)) {}
  Reason(const char* why) : text(why) {}
  std::string text;
  Measured measured;
};
/// By position of the column.
using Reasons = std::map<Eigen::Index, Reason>;

class Working {
 public:
  /// `rows` and `aids` must outlive the fit.
  Working(const TrainingRows& rows, std::span<const std::string> blocks, std::uint64_t seed, const ChainAids& aids);

  const TrainingRows& rows() const { return rows_; }
  const Dataset& data() const { return rows_.data(); }
  const Columns& columns() const { return columns_; }
  const Eigen::VectorXi& outcome() const { return outcome_; }
  std::uint64_t seed() const { return seed_; }
  int threads() const { return aids_.threads; }
  /// Where the fit may leave what it found for people to look at; nullptr: nobody looks.
  ChainEvidence* evidence() const { return aids_.evidence; }
  const TreeImportance& trees() const { return aids_.trees; }
  /// "2 correlation": the step that is being fitted, for messages and the selection table.
  const std::string& step() const { return step_; }
  std::size_t position() const { return position_; }
  void begin(std::size_t position, std::string_view name);

  /// Positions of the columns that belong to one of `blocks` ("rad" has rad.us.x; "rad.us" has it, too).
  std::vector<Eigen::Index> scope(const std::vector<std::string>& blocks) const;
  /// Like scope(), after dropping the columns of these blocks that have a missing value: they cannot be worked with.
  std::vector<Eigen::Index> complete_scope(const std::vector<std::string>& blocks);
  /// Like scope(), after dropping the columns of these blocks that are constant or missing over the training rows: for
  /// steps that let missing values pass.
  std::vector<Eigen::Index> present_scope(const std::vector<std::string>& blocks);
  /// Training values of one column, without the missing ones.
  Eigen::VectorXd present(Eigen::Index position) const;
  std::vector<std::string> names_of(const std::vector<Eigen::Index>& positions) const;
  /// Like complete_scope(), after dropping those that are constant over the training rows, too.
  std::vector<Eigen::Index> varying_scope(const std::vector<std::string>& blocks);
  Eigen::MatrixXd values_of(const std::vector<Eigen::Index>& positions) const;

  /// Drops columns, each with its reason.
  void drop(const Reasons& reasons);
  /// Adds a statistic to what the selection table says of a column that stays.
  void note(Eigen::Index position, const std::string& evidence, const Measured& measured = {});
  /// What was measured of a column that stays goes to the table of all steps only.
  void pass(Eigen::Index position, const Measured& measured);
  void remark(const std::string& text);
  /// Training values of columns of the whole table (covariates need not belong to the chain's blocks).
  Eigen::MatrixXd training_values(const std::vector<std::string>& names) const;
  std::vector<std::string> training_patients() const;
  /// The batch of each training row. Throws InputError that names a case of which it is not known.
  std::vector<std::string> training_batches(const BatchKey& key) const;
  /// Transforms the columns by a step that was fitted on them, and keeps it.
  template <class Step>
  void push(Step step) {
    if constexpr (requires { apply_step(step, columns_); }) {
      apply_step(step, columns_);
    } else {
      std::vector<std::string> known;  // what is said of gaps of new rows
      apply_step(step, columns_, known);
    }
    steps_.emplace_back(std::move(step));
  }
  /// Steps that treat each batch by itself: what they say of the training rows becomes a remark.
  template <class Step>
  void push(Step step, std::span<const std::string> batches) {
    std::vector<std::string> said;
    apply_step(step, columns_, batches, said);
    for (const std::string& text : said) remarks_.push_back(step_ + ", " + text);
    steps_.emplace_back(std::move(step));
  }
  /// The projection's columns go, its components come; `evidence` tells of each component.
  void push(FittedProjection step, const std::vector<std::string>& evidence);
  /// The score comes; `replace`: the columns that it is made of go.
  void push(FittedScore step, bool replace, const std::string& evidence);
  void push(FittedCombat step, const Eigen::MatrixXd& covariates, std::span<const std::string> batches);
  /// For columns that are needed at the entrance without being features.
  void remember_fill(const std::string& column, double value) { fill_.emplace(column, value); }
  /// The medians of the columns that tell batches apart.
  void remember_fill(const BatchKey& key);

  FittedChain finish();

 private:
  void judge(const std::string& feature, bool kept, const Measured& measured, const std::string& reason);
  void drop_incomplete(const std::vector<Eigen::Index>& positions);
  std::vector<FittedStep> needed_steps(std::set<std::string>& wanted) const;

  const TrainingRows& rows_;
  std::uint64_t seed_;
  const ChainAids& aids_;
  std::string step_;
  std::size_t position_ = 0;
  Columns columns_;
  std::vector<std::size_t> origin_;  // of each live column: its row in selection_
  std::vector<SelectionRow> selection_;
  std::vector<std::string> remarks_;
  std::vector<FittedStep> steps_;
  std::map<std::string, double> fill_;
  Eigen::VectorXi outcome_;
};

/// "0.62", "0.0123": numbers in reasons and remarks.
std::string fixed(double value, int decimals);
std::string significant(double value, int digits);
/// "a, b, c and 4 more".
std::string some_of(const std::vector<std::string>& names);
/// Training patients of the rarer class.
int rarer_class(const Working& working);
/// The fold of each training row, of at most `count` folds that are stratified, keep patients whole and are drawn from
/// the stream `name` of the chain's seed. Fewer, and a remark, when a class has fewer patients.
std::vector<int> folds_of_rows(int count, std::string_view name, Working& working);
/// The fold of each training row by a clinical column, as 0.. in the order of its values. Throws InputError with fewer
/// than three folds, a patient in two, or a class that only one fold has.
std::vector<int> given_folds(const std::string& column, Working& working);
/// Does the column's name begin with one of the blocks, up to a dot? deep.<set>.score also means that set's score.
bool in_blocks(std::string_view column, std::span<const std::string> blocks);

void fit_step(const ReliabilityParams& params, Working& working);
void fit_step(const CombatParams& params, Working& working);
void fit_step(const ImputeParams& params, Working& working);
void fit_step(const VarianceParams& params, Working& working);
void fit_step(const ScaleParams& params, Working& working);
void fit_step(const CorrelationParams& params, Working& working);
void fit_step(const WinsoriseParams& params, Working& working);
void fit_step(const CollinearityParams& params, Working& working);
void fit_step(const ClusterParams& params, Working& working);
void fit_step(const PcaParams& params, Working& working);
void fit_step(const EliminationParams& params, Working& working);
void fit_step(const UnivariateParams& params, Working& working);
void fit_step(const MrmrParams& params, Working& working);
void fit_step(const LassoParams& params, Working& working);
void fit_step(const L21Params& params, Working& working);
void fit_step(const StabilityParams& params, Working& working);
void fit_step(const ForwardParams& params, Working& working);
void fit_step(const SiteScaleParams& params, Working& working);

}  // namespace radfuse
