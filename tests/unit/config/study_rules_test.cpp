// SPDX-License-Identifier: Apache-2.0
// Rules across sections: each broken one is reported before a run starts, with the key to change.
#include "study_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/config/fields_io.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

using testing::HasSubstr;

// What is wrong with a study whose deep: section ends with these lines; empty: nothing.
std::string problems(const std::string& deep, const std::string& dimension = "3d", const std::string& mask = "m") {
  const test::TemporaryFolder folder;
  const std::string weights = "    random_weights: true\n";
  write_file(folder.path() / "study.yaml",
             "study: {name: s}\n"
             "cohort: {manifest: cohort.csv, outcome: {column: y}, split: {column: split}}\n"
             "images:\n  ct: {image: i, dimension: " +
                 dimension + (mask.empty() ? "" : ", mask: " + mask) +
                 "}\n"
                 "deep:\n  - name: d\n    image: ct\n" +
                 deep + (deep.find("resnet") != std::string::npos ? weights : ""));
  try {
    read_study(folder.path() / "study.yaml");
  } catch (const StudyError& error) {
    return error.what();
  }
  return "";
}

TEST(StudyRules, LetWhatFitsTogetherPass) {
  for (const char* deep :
       {"    network: resnet18\n", "    network: resnet18\n    slices: 2.5d\n",
        "    network: resnet18\n    slices: three_planes\n    aggregate: maximum\n",
        "    network: resnet18_3d\n    slices: 3d\n", "    network: attention_autoencoder_3d\n    slices: 3d\n",
        "    network: cnn_lstm\n    slices: n_largest\n    count: 8\n",
        "    network: cnn_lstm\n    slices: all\n    pictures: {grad_cam: true}\n",
        "    network: resnet18\n    masking: soft\n    soft_mm: 3\n    pictures: {maps_of: layer1}\n"})
    EXPECT_EQ(problems(deep), "") << deep;
  EXPECT_EQ(problems("    network: resnet18\n", "2d"), "");
}

TEST(StudyRules, HoldNetworksAgainstSlices) {
  EXPECT_THAT(problems("    network: resnet18_3d\n"),
              HasSubstr("resnet18_3d takes blocks of a volume: write slices: 3d"));
  EXPECT_THAT(problems("    network: cnn_3d\n    slices: all\n"), HasSubstr("write slices: 3d"));
  EXPECT_THAT(problems("    network: resnet18\n    slices: 3d\n"), HasSubstr("resnet18 takes images, not blocks"));
  EXPECT_THAT(problems("    network: cnn_lstm\n"), HasSubstr("write slices: all or n_largest"));
  EXPECT_THAT(problems("    network: attention_autoencoder_2d\n    slices: 2.5d\n"), HasSubstr("one grey channel"));
}

TEST(StudyRules, HoldSlicesAgainstTheImage) {
  for (const char* slices : {"n_largest", "2.5d", "three_planes"})
    EXPECT_THAT(problems("    network: resnet18\n    slices: " + std::string(slices) + "\n", "2d"),
                HasSubstr("needs a volume; image ct is 2d"))
        << slices;
  EXPECT_THAT(problems("    network: cnn_lstm\n    slices: all\n    pictures: {grad_cam: true}\n", "2d"),
              HasSubstr("cnn_lstm needs a volume"));
  EXPECT_THAT(problems("    network: resnet18\n", "3d", ""), HasSubstr("images.ct.mask"));
}

TEST(StudyRules, RefuseSettingsWithoutEffect) {
  EXPECT_THAT(problems("    network: resnet18\n    count: 5\n"), HasSubstr("deep.d.count"));
  EXPECT_THAT(problems("    network: resnet18\n    soft_mm: 2\n"), HasSubstr("deep.d.soft_mm"));
  EXPECT_THAT(problems("    network: resnet18\n    aggregate: mean_maximum\n"), HasSubstr("nothing to aggregate"));
  EXPECT_THAT(problems("    network: attention_autoencoder_2d\n    pictures: {maps_of: layer1}\n"),
              HasSubstr("only encoders have"));
  EXPECT_THAT(problems("    network: attention_autoencoder_2d\n    pictures: {grad_cam: true}\n"),
              HasSubstr("attention_autoencoder_2d does not learn it here"));
}

TEST(StudyRules, HoldRefitAgainstTheNetwork) {
  const std::string train = "select: [{step: scale}]\ntrain: {models: {m: [deep.d]}}\n";
  EXPECT_EQ(problems("    network: cnn_2d\n    refit: each_fold\n" + train), "");
  EXPECT_THAT(problems("    network: cnn_2d\n    refit: each_fold\n"), HasSubstr("needs a train: section"));
  EXPECT_THAT(problems("    network: torchscript\n    weights: {file: a.pt, sha256: " + std::string(64, 'a') +
                       "}\n    refit: each_fold\n" + train),
              HasSubstr("nothing to refit"));
  EXPECT_THAT(problems("    network: cnn_2d\n    slices: all\n    aggregate: maximum\n"),
              HasSubstr("one score for all images"));
}

TEST(StudyRules, ModelsNameSetsThatThereAre) {
  const std::string set = "    network: cnn_2d\nselect: [{step: scale}]\n";
  for (const char* block : {"deep", "deep.d", "deep.d.ct", "deep.d.ct.score", "deep.d.score"})
    EXPECT_EQ(problems(set + "train: {models: {m: [" + block + "]}}\n"), "") << block;
  for (const char* block : {"deep.e", "deep.d.mr", "deep.e.score", "deep.dd"})
    EXPECT_THAT(problems(set + "train: {models: {m: [" + std::string(block) + "]}}\n"), HasSubstr("names no set"))
        << block;
}

TEST(StudyRules, BatchesAreColumnsOfTheCohort) {
  const auto said = [](const std::string& step) {
    return problems("    network: cnn_2d\nselect: [{step: " + step + "}]\n");
  };
  EXPECT_THAT(said("combat"), HasSubstr("combat needs cohort.site"));
  EXPECT_THAT(said("site_scale, method: quantile"), HasSubstr("site_scale needs cohort.site"));
  EXPECT_THAT(said("combat, batch: [scanner]"), HasSubstr("batch 'scanner' must stand in cohort.clinical"));
  EXPECT_THAT(said("combat, batch: [y]"), HasSubstr("the outcome must not be a batch"));
  EXPECT_THAT(said("lasso, fold_column: fold"), HasSubstr("fold_column 'fold' must stand in cohort.clinical"));
  EXPECT_THAT(said("combat, unseen: reference"), HasSubstr("unseen: reference needs the site"));
}

// A step whose own keys repeat the word "step" could not be written at all.
TEST(StudyRules, EveryStepCanBeNamedAndReadsBack) {
  for (const Choice& step : kSteps) {
    std::vector<StepParams> steps, again;
    const auto read = [](const std::string& text, std::vector<StepParams>& into) {
      config::Problems problems("study.yaml", text);
      config::read_yaml(
          text, [&](Fields& f) { f.list("select", into, ""); }, problems);
      return problems.empty() ? std::string() : problems.text();
    };
    EXPECT_EQ(read("select:\n  - {step: " + std::string(step.name) + "}\n", steps), "") << step.name;
    const std::string text = config::canonical_text([&](Fields& f) { f.list("select", steps, ""); });
    EXPECT_EQ(read(text, again), "") << text;
    EXPECT_EQ(config::canonical_text([&](Fields& f) { f.list("select", again, ""); }), text);
  }
}

TEST(StudyRules, SelectionFrequencyNeedsModelsAndSamplesToCompare) {
  const test::TemporaryFolder folder;
  const auto problems_of = [&](const std::string& rest) -> std::string {
    write_file(folder.path() / "study.yaml",
               "study: {name: s}\n"
               "cohort: {manifest: cohort.csv, outcome: {column: y}, split: {column: split}, clinical: [age]}\n" +
                   rest);
    try {
      read_study(folder.path() / "study.yaml");
    } catch (const StudyError& error) {
      return error.what();
    }
    return "";
  };
  const std::string train = "select: [{step: scale}]\ntrain: {models: {clinical: [clin]}}\n";
  EXPECT_EQ(problems_of(train + "selection_frequency: {bootstraps: 2}\n"), "");
  EXPECT_THAT(problems_of(train + "selection_frequency: {bootstraps: 1}\n"), HasSubstr("0, or 2 and more"));
  EXPECT_THAT(problems_of("selection_frequency: {bootstraps: 20}\n"), HasSubstr("needs a train: section"));
}

TEST(StudyRules, AsIsTakesOneScore) {
  const auto said = [](const std::string& network, const std::string& train) {
    return problems("    network: " + network + "\nselect: [{step: scale}]\ntrain: {" + train + "}\n");
  };
  EXPECT_EQ(said("cnn_2d", "models: {m: [deep.d.score]}, learners_of: {m: [as_is]}"), "");
  EXPECT_EQ(said("cnn_2d", "models: {m: [deep]}, learners: [as_is]"), "");
  EXPECT_THAT(said("attention_autoencoder_2d", "models: {m: [deep.d]}, learners_of: {m: [as_is]}"),
              HasSubstr("as_is takes one probability"));
  EXPECT_THAT(said("cnn_2d", "models: {m: [deep.d, deep.d.score]}, learners_of: {m: [as_is]}"),
              HasSubstr("as_is takes one probability"));
  EXPECT_THAT(said("cnn_2d", "models: {m: [deep.d]}, learners: [as_is, logistic]"), HasSubstr("as_is stands alone"));
  EXPECT_THAT(said("cnn_2d", "models: {m: [deep.d]}, learners_of: {m: [as_is, logistic]}"),
              HasSubstr("as_is stands alone"));
  EXPECT_THAT(said("cnn_2d", "models: {m: [deep.d]}, learners_of: {n: [logistic]}"),
              HasSubstr("no model of this name"));
  EXPECT_THAT(said("cnn_2d", "models: {m: [deep.d]}, learners_of: {m: [logistik]}"),
              HasSubstr("unknown learner 'logistik'"));
}

TEST(StudyRules, AttributionNeedsAModelThatCanBeLookedThrough) {
  const auto said = [](const std::string& network, const std::string& rest) {
    return problems("    network: " + network + "\nselect: [{step: scale}]\n" + rest + "\n");
  };
  const std::string looks = "\nattribution: {model: m}";
  EXPECT_EQ(said("cnn_2d", "train: {models: {m: [deep.d]}}" + looks), "");
  EXPECT_THAT(said("cnn_2d", "train: {models: {n: [deep.d]}}" + looks), HasSubstr("there is no model 'm'"));
  EXPECT_THAT(said("cnn_2d", "train: {models: {m: [deep.d]}, learners: [xgboost]}" + looks),
              HasSubstr("trees have steps"));
  EXPECT_THAT(said("attention_autoencoder_2d", "train: {models: {m: [deep.d]}}" + looks), HasSubstr("to look through"));
  EXPECT_THAT(problems("    network: cnn_2d" + looks + "\n"), HasSubstr("attribution needs a train: section"));
}

}  // namespace
}  // namespace radfuse
