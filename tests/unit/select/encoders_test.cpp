// SPDX-License-Identifier: Apache-2.0
// What a selection is refused: vectors of several networks, features of a network for those it learned from.
#include "radfuse/select/encoders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"
#include "radfuse/select/dataset.hpp"

namespace radfuse {
namespace {

using testing::AllOf, testing::HasSubstr, testing::Not;

// P1 to P4 train (P4 is patient P3's second case), T1 tests. The set cnn has a score: fold networks f1 (fitted on P3
// and P4) and f2 (on P1 and P2), and w on all four.
struct EncodersTest : testing::Test {
  EncodersTest() {
    for (const auto& [id, outcome] : {std::pair("P1", 1), {"P2", 0}, {"P3", 1}, {"P4", 0}, {"T1", 1}}) {
      CaseRow row;
      row.case_id = id;
      row.patient_id = std::string(id) == "P4" ? "P3" : id;
      row.outcome = outcome;
      row.split = std::string(id) == "T1" ? Split::test : Split::train;
      cohort.rows.push_back(row);
      keys.push_back({id, "", ""});
    }
    scores.networks = {{"f1", "cnn", "model/cnn.fold-1.safetensors", true, {"P3", "P4"}},
                       {"f2", "cnn", "model/cnn.fold-2.safetensors", true, {"P1", "P2"}},
                       {"w", "cnn", "model/cnn.safetensors", true, {"P1", "P2", "P3", "P4"}}};
    for (const auto& [id, encoder] : {std::pair("P1", "f1"), {"P2", "f1"}, {"P3", "f2"}, {"P4", "f2"}, {"T1", "w"}})
      scores.rows.push_back({"features.deep.csv", "cnn", "deep.cnn.us", EncodedKind::score, encoder, id, "", false});
    vectors.networks = {{"a", "ae", "model/ae.safetensors", false, {"P1", "P2", "P3", "P4"}}};
    for (const RowKey& key : keys)
      vectors.rows.push_back(
          {"features.deep.csv", "ae", "deep.ae.us", EncodedKind::vector, "a", key.case_id, "", key.case_id != "T1"});
  }

  FeatureTable table(const std::vector<std::string>& columns) const {
    return FeatureTable(columns, keys, Eigen::MatrixXd::Constant(std::ssize(keys), std::ssize(columns), 0.5));
  }
  // What making a dataset says; empty when it is made.
  std::string said(const std::vector<std::string>& columns, const Encoders& encoders) const {
    const std::vector<FeatureTable> tables = {table(columns)};
    try {
      make_dataset(cohort, tables, encoders, nullptr);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
  std::string said(const Encoders& encoders) const {
    return encoders.rows.front().set == "cnn" ? said({"deep.cnn.us.score"}, encoders)
                                              : said({"deep.ae.us.0", "deep.ae.us.1"}, encoders);
  }

  Cohort cohort;
  std::vector<RowKey> keys;
  Encoders scores, vectors;
};

TEST_F(EncodersTest, OutOfFoldScoresAndVectorsOfOneNetworkPass) {
  EXPECT_EQ(said(scores), "");
  EXPECT_EQ(said(vectors), "");
  EXPECT_EQ(said({"rad.us.mean"}, {}), "");  // no network has a part in these
}

TEST_F(EncodersTest, VectorsOfTwoNetworksAreNeverMixed) {
  vectors.networks.push_back({"b", "ae", "", false, {}});
  vectors.rows[1].encoder = "b";
  vectors.rows[1].fitted = false;
  EXPECT_THAT(said(vectors),
              AllOf(HasSubstr("deep set ae"), HasSubstr("2 networks"), HasSubstr("case P2"), Not(HasSubstr("P1"))));
}

TEST_F(EncodersTest, AScoreOfANetworkThatLearnedFromTheCaseIsRefused) {
  scores.rows[0].encoder = "w";
  scores.rows[0].fitted = true;
  EXPECT_THAT(said(scores), AllOf(HasSubstr("deep set cnn"), HasSubstr("case P1"), HasSubstr("was fitted on")));
}

TEST_F(EncodersTest, ThePatientCountsNotTheCase) {
  scores.networks[1].cases = {"P1", "P2", "P4"};  // P4 is a case of P3's patient
  scores.rows[2].fitted = scores.rows[3].fitted = true;
  EXPECT_THAT(said(scores), HasSubstr("cases P3, P4"));
}

TEST_F(EncodersTest, SupervisedVectorsAreRefusedLikeScores) {
  vectors.networks[0].supervised = true;
  EXPECT_THAT(said(vectors), HasSubstr("cases P1, P2, P3, P4"));
}

TEST_F(EncodersTest, EditedByHandIsCaught) {
  auto edited = scores;
  edited.rows[0].encoder = "w";  // and "fitted" left at no
  EXPECT_THAT(said(edited), HasSubstr("networks.csv the contrary"));
  edited = scores;
  edited.rows.pop_back();
  EXPECT_THAT(said(edited), AllOf(HasSubstr("nothing says"), HasSubstr("T1")));
  edited = scores;
  edited.rows[0].encoder = "unheard of";
  EXPECT_THAT(said(edited), HasSubstr("not in networks.csv"));
  edited = scores;
  edited.rows.push_back(edited.rows.front());
  EXPECT_THAT(said(edited), HasSubstr("stands twice"));
  edited = vectors;
  for (Encoded& row : edited.rows) row.kind = EncodedKind::score;  // to mix them
  EXPECT_THAT(said(edited), HasSubstr("has several columns"));
  EXPECT_THAT(said({"deep.other.us.0"}, scores), HasSubstr("nothing says which network made it"));
  EXPECT_THAT(said({"deep.cnn.us.score"}, {}), HasSubstr("nothing says which network made it"));
}

TEST_F(EncodersTest, NoNetworkMayHaveSeenATestPatient) {
  vectors.networks[0].cases.push_back("T1");
  vectors.rows.back().fitted = true;
  EXPECT_THAT(said(vectors), AllOf(HasSubstr("T1"), HasSubstr("not of the training split")));
}

TEST_F(EncodersTest, TablesReadBack) {
  const auto again = read_encoders(parse_csv(encoders_to_csv(scores.rows), "encoders.csv"),
                                   parse_csv(networks_to_csv(scores.networks), "networks.csv"));
  EXPECT_EQ(encoders_to_csv(again.rows), encoders_to_csv(scores.rows));
  EXPECT_EQ(networks_to_csv(again.networks), networks_to_csv(scores.networks));
  EXPECT_EQ(said(again), "");
  EXPECT_TRUE(of_table(again, "features.deep.fold-1-1.csv").rows.empty());
  EXPECT_EQ(of_table(again, "features.deep.csv").rows.size(), 5U);
  try {
    read_encoders(parse_csv("table,set,columns,kind,encoder,case_id,reader,fitted\nt,s,c,both,e,P1,,no\n", "e.csv"),
                  parse_csv(networks_to_csv({}), "networks.csv"));
    ADD_FAILURE() << "a kind that there is not";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("e.csv:2, column kind: 'both'"));
  }
}

// Outer folds: P1 and P2 against P3 (two cases).
struct FoldFeaturesTest : EncodersTest {
  FoldFeaturesTest() : data(made()) {}
  Dataset made() const {
    const std::vector<FeatureTable> tables = {table({"deep.ae.us.0", "deep.ae.us.1"})};
    return make_dataset(cohort, tables, vectors, nullptr);
  }
  // The fold that holds out P3, with an autoencoder of its own.
  FoldFeatures own(std::vector<std::string> fitted_on) const {
    FoldFeatures own{.file = "features.deep.fold-1-1.csv"};
    own.table = FeatureTable({"deep.ae.us.0", "deep.ae.us.1"}, keys, Eigen::MatrixXd::Constant(5, 2, 7));
    own.encoders.networks = {{"outer", "ae", "", false, fitted_on}};
    for (const RowKey& key : keys) {
      const bool fitted = std::ranges::find(fitted_on, key.case_id) != fitted_on.end();
      own.encoders.rows.push_back(
          {own.file, "ae", "deep.ae.us", EncodedKind::vector, "outer", key.case_id, "", fitted});
    }
    return own;
  }
  Fold holding_out(const std::string& case_id) const {
    Rng rng(1, "any");
    for (const Fold& fold : make_folds(training_split(data), 2, rng))
      for (const Eigen::Index row : fold.held_out)
        if (data.table.rows()[static_cast<std::size_t>(row)].case_id == case_id) return fold;
    throw InputError("no fold");
  }
  Dataset data;
};

TEST_F(FoldFeaturesTest, TheFoldsColumnsTakeThePlaceOfTheStudys) {
  cohort.rows[3].patient_id = "P4";
  data = made();
  EXPECT_EQ(data.readings.row_count(), 0);  // nobody was read twice
  data.readings = data.table;
  const Fold fold = holding_out("P3");
  std::vector<std::string> fit;
  for (const Eigen::Index row : fold.fit.rows())
    fit.push_back(data.table.rows()[static_cast<std::size_t>(row)].case_id);
  const RefittedFold refitted = in_fold(fold, own(fit));
  EXPECT_EQ(refitted.fold.held_out, fold.held_out);
  EXPECT_EQ(refitted.fold.fit.rows(), fold.fit.rows());
  EXPECT_EQ(refitted.data->table.values(), Eigen::MatrixXd::Constant(5, 2, 7));
  EXPECT_EQ(refitted.data->readings.values(), Eigen::MatrixXd::Constant(5, 2, 7));
  EXPECT_EQ(&refitted.fold.fit.data(), refitted.data.get());
  EXPECT_EQ(data.table.values(), Eigen::MatrixXd::Constant(5, 2, 0.5));
}

TEST_F(FoldFeaturesTest, ANetworkThatSawTheHeldOutCasesIsRefusedThoughItKnewNoOutcome) {
  cohort.rows[3].patient_id = "P4";
  data = made();
  try {
    in_fold(holding_out("P3"), own({"P1", "P3"}));
    ADD_FAILURE() << "the held-out case had taught the network";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("fold-1-1"), HasSubstr("case P3")));
  }
}

TEST_F(FoldFeaturesTest, AbsentRowsAndColumnsAreNamed) {
  cohort.rows[3].patient_id = "P4";
  data = made();
  FoldFeatures strange = own({});
  strange.table = FeatureTable({"deep.ae.us.9"}, keys, Eigen::MatrixXd::Constant(5, 1, 7));
  EXPECT_THROW(in_fold(holding_out("P3"), strange), InputError);
  FoldFeatures shorter = own({});
  const std::vector<Eigen::Index> some = {0, 1, 2, 3};
  shorter.table = keep_rows(shorter.table, some);
  EXPECT_THROW(in_fold(holding_out("P3"), shorter), InputError);
}

}  // namespace
}  // namespace radfuse
