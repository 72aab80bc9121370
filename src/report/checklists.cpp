// SPDX-License-Identifier: Apache-2.0
// CLEAR, item by item: what the run can show.
#include "radfuse/report/checklists.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "format.hpp"
#include "protocol.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"
#include "settings.hpp"

namespace radfuse {
namespace {

struct Topic {
  std::string_view section, topic;
};
// Kocak B, Baessler B, Bakas S, et al. Insights Imaging 2023;14:75 (CC BY 4.0), topics shortened.
constexpr Topic kTopics[] = {
    {"Title", "Title names the radiomic methodology"},
    {"Abstract", "Structured summary"},
    {"Keywords", "Keywords for radiomics"},
    {"Introduction", "Scientific or clinical background"},
    {"Introduction", "Rationale for radiomics"},
    {"Introduction", "Objectives"},
    {"Study design", "Adherence to guidelines or checklists"},
    {"Study design", "Ethics: approval, consent, data protection"},
    {"Study design", "Sample size"},
    {"Study design", "Nature of the study"},
    {"Study design", "Eligibility criteria"},
    {"Study design", "Flowchart of the technical pipeline"},
    {"Data", "Data source"},
    {"Data", "Data overlap"},
    {"Data", "Data split"},
    {"Data", "Imaging protocol"},
    {"Data", "Non-radiomic predictors"},
    {"Data", "Reference standard (outcome)"},
    {"Segmentation", "Segmentation strategy"},
    {"Segmentation", "Operators"},
    {"Pre-processing", "Image pre-processing"},
    {"Pre-processing", "Resampling"},
    {"Pre-processing", "Discretisation"},
    {"Pre-processing", "Image types (original, filtered, transformed)"},
    {"Feature extraction", "Extraction method"},
    {"Feature extraction", "Feature classes"},
    {"Feature extraction", "Number of features"},
    {"Feature extraction", "Statement on default configuration"},
    {"Data preparation", "Missing data"},
    {"Data preparation", "Class imbalance"},
    {"Data preparation", "Segmentation reliability"},
    {"Data preparation", "Feature scaling"},
    {"Data preparation", "Dimension reduction"},
    {"Modelling", "Algorithms"},
    {"Modelling", "Training and tuning"},
    {"Modelling", "Confounders"},
    {"Modelling", "Model selection"},
    {"Evaluation", "Testing technique (internal, external)"},
    {"Evaluation", "Performance metrics"},
    {"Evaluation", "Uncertainty"},
    {"Evaluation", "Statistical comparison of performance"},
    {"Evaluation", "Comparison with non-radiomic and combined methods"},
    {"Evaluation", "Interpretability"},
    {"Results", "Baseline characteristics"},
    {"Results", "Flowchart of eligibility"},
    {"Results", "Feature statistics"},
    {"Results", "Model performance"},
    {"Results", "Comparison with non-radiomic and combined methods"},
    {"Discussion", "Overview of findings"},
    {"Discussion", "Previous work and differences"},
    {"Discussion", "Practical implications"},
    {"Discussion", "Strengths and limitations"},
    {"Open science", "Sharing images and segmentations"},
    {"Open science", "Sharing feature data"},
    {"Open science", "Sharing pre-processing settings"},
    {"Open science", "Sharing modelling code"},
    {"Open science", "Sharing final models"},
    {"Open science", "Sharing a ready-to-use system"},
};
static_assert(std::size(kTopics) == 58);

class Clear {
 public:
  explicit Clear(const ReportInput& input) : input_(input), results_(input.results) {
    for (std::size_t i = 0; i < std::size(kTopics); ++i)
      items_.push_back({.number = static_cast<int>(i) + 1, .section = kTopics[i].section, .topic = kTopics[i].topic});
  }

  std::vector<ChecklistItem> fill() {
    design();
    images();
    features();
    models();
    results();
    authors();
    return items_;
  }

 private:
  void shown(int number, const std::string& evidence, const std::string& source) {
    set(number, ItemStatus::automatic, evidence, source);
  }
  void set(int number, ItemStatus status, const std::string& evidence, const std::string& source) {
    ChecklistItem& item = items_[static_cast<std::size_t>(number - 1)];
    item.status = status;
    item.evidence = evidence;
    item.source = source;
  }
  // The key as the study file has it, when it has it.
  void keyed(int number, const std::string& path, ItemStatus status = ItemStatus::automatic) {
    const std::string block = settings_block(results_.settings, path);
    if (!block.empty() && block != "[]" && block != "{}") set(number, status, block, "study file: " + path);
  }
  // The first chain step of the list that the study has.
  std::vector<std::string> steps(std::initializer_list<std::string_view> wanted) const {
    std::vector<std::string> found;
    for (const std::string& step : settings_values(results_.settings, "select", "step"))
      if (std::ranges::find(wanted, step) != wanted.end()) found.push_back(step);
    return found;
  }

  void design() {
    shown(7, "this checklist", "checklists/clear.csv");
    const auto findings = check_leakage(results_.cohort, results_.fitted);
    if (!findings.empty()) {
      const auto dirty = std::ranges::count_if(findings, [](const LeakFinding& f) { return !f.clean(); });
      shown(14,
            std::to_string(findings.size()) + " fitted objects checked: " +
                (dirty == 0 ? "none learned from a held-out case or patient"
                            : std::to_string(dirty) + " learned from held-out cases or patients"),
            "report.html, What could be wrong");
    }
    std::vector<std::string> counts;
    for (const auto& split : kSplits) {
      const auto n = std::ranges::count_if(results_.cohort.reference_rows(),
                                           [&](const CaseRow* row) { return row->split == split.value; });
      if (n > 0) counts.push_back(std::string(split.name) + " " + std::to_string(n));
    }
    const std::string how = settings_block(results_.settings, "cohort.split");
    shown(15, text::join(counts, ", ") + "; whole patients only" + (how.empty() ? "" : "; " + how),
          "1_import/cohort.csv; study file: cohort.split");
    if (const auto facts = protocol_facts(results_); !facts.empty())
      shown(16, "by site: " + text::join(facts, ", "), "report.html, What was studied; 1_import/acquisition.csv");
    if (!results_.cohort.clinical_columns.empty())
      set(17, ItemStatus::from_study, text::join(results_.cohort.clinical_columns, ", "),
          "study file: cohort.clinical");
    keyed(18, "cohort.outcome", ItemStatus::from_study);
  }

  void images() {
    keyed(19, "segment");
    keyed(22, "radiomics.resample");
    keyed(23, "radiomics.discretise");
    keyed(24, "radiomics.filters");
    keyed(21, "radiomics.resegment");
    if (!settings_block(results_.settings, "radiomics").empty())
      shown(28, "every key, defaults included, is written out in the report", "report.html, Methods");
    std::vector<std::string> reliability, where;
    if (!results_.quality.empty()) {
      reliability.push_back(std::to_string(results_.quality.size()) + " masks compared with drawn ones (Dice)");
      where.push_back("2_segment/quality.csv");
    }
    if (!steps({"reliability"}).empty()) {
      reliability.push_back("features tested between readers: the step reliability of the chain");
      where.push_back("5_select/selection.csv");
    }
    if (!reliability.empty()) shown(31, text::join(reliability, "; "), text::join(where, "; "));
  }

  void features() {
    std::vector<std::string> blocks;
    std::size_t columns = 0;
    for (const FeatureBlock& block : results_.blocks) {
      blocks.push_back(block.block + " " + std::to_string(block.columns));
      columns += block.columns;
    }
    if (columns > 0) shown(27, text::join(blocks, ", "), "feature tables");
    std::vector<std::string> software;
    for (const auto& [name, version] : results_.versions) software.push_back(name + " " + version);
    if (columns > 0 && !software.empty()) shown(25, text::join(software, ", "), "*.prov.json");
    std::vector<std::string> classes;
    if (const auto families = settings_block(results_.settings, "radiomics.families"); !families.empty())
      classes.push_back("radiomics: " + families);
    for (const std::string& name : settings_values(results_.settings, "deep", "name"))
      classes.push_back("deep features: " + name);
    if (!classes.empty()) shown(26, text::join(classes, "; "), "study file: radiomics.families, deep");
    if (!steps({"impute"}).empty()) shown(29, "the step impute of the chain", "study file: select");
    if (!steps({"scale"}).empty()) shown(32, "the step scale of the chain", "study file: select");
    const auto reducing = steps({"variance", "correlation", "univariate", "lasso", "mrmr", "rfe", "pca"});
    if (!reducing.empty()) shown(33, text::join(reducing, ", then "), "study file: select; 5_select/selection.csv");
    if (!steps({"combat"}).empty()) shown(36, "site effects: the step combat of the chain", "study file: select");
    if (!results_.selection.empty())
      shown(46, std::to_string(results_.selection.size()) + " rows: what became of each feature, with the statistic",
            "5_select/selection.csv");
  }

  void models() {
    std::set<std::string> learners;
    for (const FinalModel& model : results_.models) learners.insert(std::string(name_of(kLearners, model.learner)));
    if (!learners.empty())
      shown(34, text::join(std::vector<std::string>(learners.begin(), learners.end()), ", "), "6_train/models.csv");
    keyed(35, "train.validation");
    class_balance();
    if (!results_.models.empty()) {
      shown(37,
            std::to_string(results_.models.size()) +
                " models were named before the run and all are reported; settings were chosen by inner folds",
            "study file: train; 6_train/models.csv");
      shown(57, "JSON of every final model", "6_train/model/");
    }
    if (std::ranges::any_of(results_.models, [](const FinalModel& m) { return !m.coefficients.empty(); }))
      shown(43, "coefficients of the logistic models", "figures/coefficients_*.csv");
  }

  void class_balance() {
    std::size_t positive = 0, negative = 0;
    for (const CaseRow* row : results_.cohort.reference_rows())
      if (row->split == Split::train) {
        positive += row->outcome == 1 ? 1u : 0u;
        negative += row->outcome == 0 ? 1u : 0u;
      }
    shown(30,
          "training cases: " + std::to_string(positive) + " positive, " + std::to_string(negative) +
              " negative; class weights: " + std::string(name_of(kClassWeights, results_.train.class_weight)),
          "1_import/cohort.csv; study file: train.class_weight");
  }

  void results() {
    std::set<Split> splits;
    for (const Performance& row : input_.evaluation.performance)
      if (row.n > 0) splits.insert(row.judged.split);
    std::vector<std::string> names;
    for (const Split split : splits) names.push_back(split_text(split));
    if (!names.empty()) shown(38, text::join(names, ", "), "metrics.csv");
    shown(39,
          "AUC, sensitivity, specificity, predictive values, accuracy at a threshold fixed in training" +
              std::string(input_.evaluate.calibration ? ", calibration" : "") +
              (input_.evaluate.decision_curve ? ", net benefit" : ""),
          "metrics.csv");
    shown(40,
          percent(input_.evaluation.level) +
              " intervals: DeLong for AUC (cross-validation: corrected resampled t); Wilson (95 %) for shares",
          "metrics.csv");
    if (!input_.evaluation.comparisons.empty()) {
      shown(41,
            "DeLong's paired test (cross-validation: corrected resampled t-test), " +
                std::to_string(input_.evaluation.comparisons.size()) + " comparisons",
            "comparisons.csv");
    }
    if (non_radiomic() && input_.evaluation.models.size() > 1) {
      shown(42, "models of this study: " + text::join(input_.evaluation.models, ", "), "study file: train.models");
      shown(48, "performance of each of them on the same cases", "metrics.csv, comparisons.csv");
    }
    if (!results_.cohort.clinical_columns.empty())
      shown(44, "clinical values by split and outcome", "report.html, What was studied");
    shown(47, std::to_string(input_.evaluation.performance.size()) + " rows", "metrics.csv");
    if (!results_.blocks.empty()) {
      std::vector<std::string> files;
      for (const FeatureBlock& block : results_.blocks) files.push_back(block.file);
      shown(54, "ready to be shared: " + text::join(files, ", "), "feature tables");
    }
    shown(55, "ready to be shared: the study file", "report.html, Methods");
  }

  // Is there a model of clinical columns alone?
  bool non_radiomic() const {
    return std::ranges::any_of(results_.train.models, [](const auto& model) {
      return std::ranges::all_of(model.second, [](const std::string& block) { return block.starts_with("clin"); });
    });
  }

  // The authors' own words go beside what the run shows.
  void authors() {
    for (const auto& [name, words] : input_.params.checklist) {
      const auto number = text::to_int(name);
      if (!number || *number < 1 || *number > 58) continue;
      ChecklistItem& item = items_[static_cast<std::size_t>(*number - 1)];
      const std::string text = text::join(words, " ");
      if (item.status == ItemStatus::author) {
        set(item.number, ItemStatus::from_study, text, "study file: report.checklist");
      } else {
        item.evidence = text + " (" + item.evidence + ")";
        item.source += "; study file: report.checklist";
      }
    }
  }

  const ReportInput& input_;
  const StudyResults& results_;
  std::vector<ChecklistItem> items_;
};

}  // namespace

std::vector<ChecklistItem> clear_checklist(const ReportInput& input) {
  return Clear(input).fill();
}

std::string to_csv(const std::vector<ChecklistItem>& items) {
  std::string csv = csv_line({"item", "section", "topic", "status", "evidence", "source"});
  for (const ChecklistItem& item : items)
    csv += csv_line({std::to_string(item.number), std::string(item.section), std::string(item.topic),
                     std::string(name_of(kItemStatuses, item.status)), item.evidence, item.source});
  return csv;
}

}  // namespace radfuse
