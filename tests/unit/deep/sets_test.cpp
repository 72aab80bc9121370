// SPDX-License-Identifier: Apache-2.0
// Who is fitted on whom, and who answers for whom.
#include "sets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "fitting.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/table/folds.hpp"
#include "tables.hpp"
#include "temporary_folder.hpp"

namespace radfuse::deep {
namespace {

constexpr const char* kStudy = R"(study: {name: t, seed: 3, output: out}
cohort: {manifest: m.csv, outcome: {column: y}, site: site, split: {column: split}}
images: {us: {image: img, mask: msk, dimension: 2d}}
deep:
  - {name: frozen, image: us, network: resnet18, random_weights: true}
  - {name: ae, image: us, network: attention_autoencoder_2d, refit: each_fold}
  - {name: cnn, image: us, network: cnn_2d, folds: 3, refit: each_fold}
  - {name: other, image: us, network: cnn_2d, folds: 3}
select: [{step: scale}]
train: {models: {cnn: [deep.cnn]}, validation: {folds: 4, repeats: 2, inner_folds: 2}}
)";

// 24 training patients of one case, two of them with a second case, one of these without an outcome; one training
// case whose patient is all without; 6 test cases.
struct SetsTest : testing::Test {
  SetsTest() {
    write_file(folder / "s.yaml", kStudy);
    study = read_study(folder / "s.yaml");
    write_file(study.output / "1_import/files.csv", "file,sha256\n");
    cohort.image_names = {"us"};
    for (int i = 0; i < 30; ++i) add(name(i), name(i), i % 3 == 0, i < 24 ? Split::train : Split::test);
    add("P00b", "P00", 1, Split::train);
    add("P01b", "P01", -1, Split::train);
    add("X", "X", -1, Split::train);
    std::ranges::sort(cohort.rows, {}, &CaseRow::case_id);
    options.quiet = true;
    progress = std::make_unique<Progress>(study, "t", options);
    hashes = std::make_unique<FileHashes>(study.output);
    run = std::make_unique<StageRun>(study, stage_info(StageId::deep), options, *progress, *hashes);
    sets = plan_sets(*run, cohort);
    std::int64_t number = 0;
    for (Set& set : sets)
      for (SetNetwork& network : set.networks)
        if (network.sha256.empty()) network.sha256 = std::to_string(100000000000 + ++number) + std::string(52, '0');
  }
  static std::string name(int i) { return (i < 10 ? "P0" : "P") + std::to_string(i); }
  void add(const std::string& id, const std::string& patient, int outcome, Split split) {
    CaseRow row;
    row.case_id = id;
    row.patient_id = patient;
    row.outcome = outcome;
    row.split = split;
    row.images.resize(1);
    cohort.rows.push_back(row);
  }
  static std::set<std::string> cases_of(const SetNetwork& network) {
    std::set<std::string> cases;
    for (const CaseRow* row : network.rows) cases.insert(row->case_id);
    return cases;
  }
  const SetNetwork& answering(const Set& set, std::size_t table, const std::string& case_id) const {
    return set.networks[set.tables[table].network_for(*cohort.find(case_id))];
  }

  test::TemporaryFolder folder;
  Study study;
  Cohort cohort;
  Options options;
  std::unique_ptr<Progress> progress;
  std::unique_ptr<FileHashes> hashes;
  std::unique_ptr<StageRun> run;
  std::vector<Set> sets;
};

TEST_F(SetsTest, ANetworkFromOutsideIsOneForAll) {
  ASSERT_EQ(sets[0].networks.size(), 1U);
  EXPECT_TRUE(sets[0].networks[0].rows.empty());
  EXPECT_EQ(sets[0].columns(), "deep.frozen.us");
  EXPECT_EQ(answering(sets[0], 0, "P00").name, "");
  EXPECT_EQ(sets[0].networks[0].encoder().size(), 12U);
}

TEST_F(SetsTest, AnAutoencoderLearnsFromAllTrainingCasesAndServesAll) {
  const Set& ae = sets[1];
  EXPECT_EQ(ae.networks[0].name, "ae");
  EXPECT_EQ(ae.networks[0].rows.size(), 27U);  // outcomes do not matter
  EXPECT_EQ(ae.networks.size(), 1U + 8U);      // and one for each of 2 x 4 outer folds
  for (const CaseRow& row : cohort.rows) EXPECT_EQ(answering(ae, 0, row.case_id).name, "ae");
}

TEST_F(SetsTest, TrainingCasesAreScoredByANetworkThatNeverSawTheirPatient) {
  const Set& cnn = sets[2];
  EXPECT_EQ(cnn.networks.size(), 4U * 9U);
  EXPECT_EQ(cnn.networks[0].rows.size(), 25U);  // training, with an outcome
  std::set<std::string> names, left_out;
  for (const CaseRow& row : cohort.rows) {
    const SetNetwork& network = answering(cnn, 0, row.case_id);
    if (row.split == Split::train && row.case_id != "X") {
      EXPECT_FALSE(network.knows(row.patient_id)) << row.case_id;
      EXPECT_NE(network.name, "cnn") << row.case_id;
      names.insert(network.name);
    } else {
      EXPECT_EQ(network.name, "cnn") << row.case_id;  // also the training case that teaches nothing
    }
  }
  EXPECT_THAT(names, testing::ElementsAre("cnn.fold-1", "cnn.fold-2", "cnn.fold-3"));
  EXPECT_EQ(answering(cnn, 0, "P01b").name, answering(cnn, 0, "P01").name);  // no outcome, but its patient taught
}

TEST_F(SetsTest, FoldsAreTheSameForSetsWithTheSameNumber) {
  for (const CaseRow& row : cohort.rows)
    EXPECT_EQ(cases_of(answering(sets[2], 0, row.case_id)), cases_of(answering(sets[3], 0, row.case_id)));
  EXPECT_EQ(sets[3].tables.size(), 1U);  // refit: once
}

TEST_F(SetsTest, OuterFoldsAreThoseOfTrain) {
  std::vector<FoldMember> members;
  for (const CaseRow* row : learning_rows(cohort)) members.push_back(fold_member(*row));
  for (const std::size_t s : {1U, 2U}) {
    ASSERT_EQ(sets[s].tables.size(), 9U);
    for (std::size_t t = 1; t < 9; ++t) {
      const SetTable& table = sets[s].tables[t];
      EXPECT_EQ(table.file, fold_table(table.repeat, table.fold));
      const auto fold_of = draw_outer_folds(members, 4, 3, table.repeat);
      std::set<std::string> held_out;
      for (std::size_t i = 0; i < members.size(); ++i)
        if (fold_of[i] == table.fold - 1) held_out.insert(members[i].patient);
      EXPECT_FALSE(held_out.empty());
      for (const CaseRow& row : cohort.rows) {
        const SetNetwork& network = answering(sets[s], t, row.case_id);
        for (const std::string& patient : held_out) EXPECT_FALSE(network.knows(patient)) << network.name;
        if (held_out.contains(row.patient_id)) {
          EXPECT_EQ(network.name, sets[s].networks[table.whole].name);
        }
        if (s == 2 && row.split == Split::train && row.outcome >= 0) {
          EXPECT_FALSE(network.knows(row.patient_id));
        }
      }
    }
  }
}

TEST_F(SetsTest, WhatIsWrittenPassesTheCheckOfSelectAndTrain) {
  std::vector<const CaseRow*> rows;
  for (const CaseRow& row : cohort.rows) rows.push_back(&row);
  Encoders encoders{.rows = {}, .networks = fitted_encoders(sets)};
  for (const Set& set : sets)
    for (const SetTable& table : set.tables) add_encoded(set, table, rows, encoders.rows);
  std::vector<RowKey> keys;
  for (const CaseRow* row : rows) keys.push_back({row->case_id, "", row->reader});
  const std::vector<std::string> columns = {"deep.frozen.us.0", "deep.frozen.us.1", "deep.ae.us.0", "deep.cnn.us.score",
                                            "deep.other.us.score"};
  const FeatureTable table(columns, keys, Eigen::MatrixXd::Constant(std::ssize(keys), 5, 0.5));
  const auto known = known_cases(cohort);
  EXPECT_NO_THROW(
      check_encoders(table, of_table(encoders, "features.deep.csv"), {.known = known}, "features.deep.csv"));
  const FeatureTable fold = keep_columns(table, std::vector<std::string>{"deep.ae.us.0", "deep.cnn.us.score"});
  for (std::size_t t = 1; t < 9; ++t) {
    const std::string file = sets[1].tables[t].file;
    std::vector<std::string> held_out;
    for (const CaseRow& row : cohort.rows)
      if (row.split == Split::train && row.outcome >= 0 &&
          !sets[2].networks[sets[2].tables[t].whole].knows(row.patient_id))
        held_out.push_back(row.case_id);
    EXPECT_NO_THROW(check_encoders(fold, of_table(encoders, file), {.known = known, .held_out = held_out}, file));
  }
  // The same table passed off as the study's own is refused: one of its folds held other cases out.
  for (Encoded& row : encoders.rows)
    if (row.table == "features.deep.csv" && row.set == "cnn") row.encoder = sets[2].networks[0].encoder();
  EXPECT_THROW(check_encoders(table, of_table(encoders, "features.deep.csv"), {.known = known}, "x"), InputError);
}

TEST_F(SetsTest, TooFewPatientsNameTheSet) {
  Cohort few = cohort;
  std::erase_if(few.rows, [](const CaseRow& row) { return row.outcome == 1 && row.case_id > "P03"; });
  try {
    plan_sets(*run, few);
    ADD_FAILURE() << "two positive patients made three folds";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("deep set "));
  }
}

TEST(Durations, AreWordsForPeople) {
  EXPECT_EQ(duration_text(0.2), "about 1 second");
  EXPECT_EQ(duration_text(40), "about 40 seconds");
  EXPECT_EQ(duration_text(150), "about 2.5 minutes");
  EXPECT_EQ(duration_text(4 * 3600), "about 4 hours");
  EXPECT_EQ(duration_text(1e6), "about 12 days");
}

}  // namespace
}  // namespace radfuse::deep
