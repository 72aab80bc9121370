// SPDX-License-Identifier: Apache-2.0
// predictions.csv.
#include "radfuse/learn/predictions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"

namespace radfuse {
namespace {

const std::string kHeader = "case_id,patient_id,site,split,model,learner,kind,repeat,fold,outcome,probability\n";

Prediction oof(const std::string& case_id, int repeat, double probability) {
  return {.case_id = case_id,
          .patient_id = "P" + case_id,
          .site = "A",
          .split = Split::train,
          .model = "rad",
          .learner = Learner::xgboost,
          .kind = PredictionKind::oof,
          .repeat = repeat,
          .fold = 2,
          .outcome = 1,
          .probability = probability};
}

class File : public testing::Test {
 protected:
  std::filesystem::path written(const std::string& text) {
    write_file(file_, text);
    return file_;
  }
  void TearDown() override { std::filesystem::remove(file_); }
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() /
      (std::string("radfuse_predictions_") + testing::UnitTest::GetInstance()->current_test_info()->name() + ".csv");
};

TEST(Predictions, ExactText) {
  Prediction final = oof("c1", 0, 0.1);
  final.kind = PredictionKind::final;
  final.split = Split::external;
  final.fold = 0;
  final.outcome = -1;
  EXPECT_EQ(to_csv({oof("c2", 1, 0.25), final, oof("c1", 2, 0.5), oof("c1", 1, 1.0 / 3)}),
            kHeader +
                "c1,Pc1,A,external,rad,xgboost,final,,,,0.1\n"
                "c1,Pc1,A,train,rad,xgboost,oof,1,2,1,0.3333333333333333\n"
                "c2,Pc2,A,train,rad,xgboost,oof,1,2,1,0.25\n"
                "c1,Pc1,A,train,rad,xgboost,oof,2,2,1,0.5\n");
}

TEST_F(File, ReadsBack) {
  Prediction odd = oof("c,3", 1, 1e-300);
  odd.site = "St. \"Mary\", Leeds";
  odd.kind = PredictionKind::resubstitution;
  odd.repeat = odd.fold = 0;
  odd.outcome = 0;
  const std::vector<Prediction> all{oof("c1", 1, 0.1 + 0.2), odd};
  EXPECT_EQ(read_predictions(written(to_csv(all))), all);
}

TEST_F(File, NamesTheBadCell) {
  for (const auto& [row, wanted] : std::vector<std::pair<std::string, std::string>>{
           {"c1,P1,A,train,rad,xgboost,oof,1,2,1,1.5", ":2: probability is '1.5'"},
           {"c1,P1,A,train,rad,xgboost,oof,1,2,2,0.5", ":2: outcome is '2'"},
           {"c1,P1,A,trian,rad,xgboost,oof,1,2,1,0.5", ":2: split is 'trian', not one of train, validation"},
           {"c1,P1,A,train,rad,svm,oof,1,2,1,0.5", ":2: learner is 'svm'"}}) {
    try {
      read_predictions(written(kHeader + row + "\n"));
      ADD_FAILURE() << "accepted " << row;
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(wanted));
    }
  }
}

TEST(Predictions, MeanOverRepeats) {
  std::vector<Prediction> all{oof("c2", 1, 0.2), oof("c1", 2, 0.5), oof("c2", 2, 0.4), oof("c1", 1, 0.25)};
  Prediction other = oof("c1", 1, 0.9);
  other.model = "deep";
  all.push_back(other);
  other = oof("c1", 0, 0.9);
  other.kind = PredictionKind::resubstitution;
  all.push_back(other);
  const auto means = mean_out_of_fold(all, "rad", Learner::xgboost);
  ASSERT_EQ(means.size(), 2U);
  EXPECT_EQ(means[0].case_id, "c1");
  EXPECT_DOUBLE_EQ(means[0].probability, 0.375);
  EXPECT_EQ(means[0].repeat, 0);
  EXPECT_DOUBLE_EQ(means[1].probability, 0.3);
  EXPECT_TRUE(mean_out_of_fold(all, "rad", Learner::logistic).empty());
}

}  // namespace
}  // namespace radfuse
