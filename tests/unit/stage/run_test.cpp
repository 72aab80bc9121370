// SPDX-License-Identifier: Apache-2.0
// The case loop: records, resume, shards, failures, and what makes a stage current, stale or edited.
#include "radfuse/stage/run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/hash.hpp"
#include "radfuse/stage/manifest.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

constexpr const char* kStudy = R"(study: {name: t, seed: 3, output: out}
cohort:
  manifest: m.csv
  outcome: {column: y}
  site: site
  split: {column: split}
  clinical: [age, sex]
images: {us: {image: img, mask: msk, dimension: 2d}}
radiomics:
  rois: {lesion: {from: mask}}
  discretise: {method: fixed_bin_number, bins: 8}
)";
constexpr const char* kManifest =
    "case_id,reader,y,site,split,age,sex,img,msk\n"
    "B,r1,1,x,train,50,M,b.png,bm.png\n"
    "A,r1,0,x,train,40,F,a.png,am.png\n"
    "C,r1,1,y,test,,M,c.png,cm.png\n";

struct StageTest : testing::Test {
  StageTest() {
    write_file(folder / "s.yaml", kStudy);
    write_file(folder / "m.csv", kManifest);
    study = read_study(folder / "s.yaml");
    write_file(study.output / "1_import/cohort.csv", "x");
    write_file(study.output / "1_import/files.csv", "file,sha256\n");
    options.quiet = true;
    options.threads = 2;
  }

  // One run of the radiomics stage over four units; each gives one row, and "bad" fails.
  StageRun& go() {
    hashes = std::make_unique<FileHashes>(study.output);
    progress = std::make_unique<Progress>(study, "t", options);
    run = std::make_unique<StageRun>(study, stage_info(StageId::radiomics), options, *progress, *hashes);
    calls = 0;
    run->for_each_case(
        {{"A", {"1"}}, {"B", {depends_of_b}}, {"bad", {"1"}}, {"C", {"1"}}}, [&](const CaseUnit& unit) -> CaseRecord {
          ++calls;
          if (unit.id == "bad") throw CaseError("the mask is empty");
          CaseRecord record;
          record.rows.push_back({{unit.id, "lesion", ""}, {0.1, std::numeric_limits<double>::quiet_NaN()}});
          record.diagnostics.push_back(
              {{unit.id, "lesion", ""}, "us", {128, std::numeric_limits<double>::quiet_NaN()}});
          record.diagnostics.push_back({{unit.id, "lesion", ""}, "ct", {0.5, 1}});
          record.notes.push_back({{unit.id, "lesion", ""}, "rad.y", "one_grey_level"});
          write_file(run->folder() / ("x/" + unit.id), unit.id);
          record.files = {{"x/" + unit.id, ""}};
          return record;
        });
    return *run;
  }
  std::string table() {
    run->write_features("features.radiomics", {"rad.x", "rad.y"});
    run->write_diagnostics("features.radiomics", {"img_dim_x_init_img", "mean_int_init_img"});
    return read_file(run->folder() / "features.radiomics.csv");
  }

  test::TemporaryFolder folder;
  Study study;
  Options options;
  std::unique_ptr<FileHashes> hashes;
  std::unique_ptr<Progress> progress;
  std::unique_ptr<StageRun> run;
  std::atomic<int> calls{0};
  std::string depends_of_b = "1";
};

TEST_F(StageTest, OneBadCaseDoesNotEndTheLoop) {
  go();
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(run->counts().failed, 1u);
  EXPECT_EQ(table(), "case_id,roi,reader,rad.x,rad.y\nA,lesion,,0.1,\nB,lesion,,0.1,\nC,lesion,,0.1,\n");
  EXPECT_EQ(read_file(run->folder() / "status.csv"),
            "case,status,message\nA,ok,\nB,ok,\nbad,failed,the mask is empty\nC,ok,\n");
  EXPECT_THAT(read_file(run->folder() / "features.radiomics.notes.csv"),
              testing::HasSubstr("A,lesion,,rad.y,one_grey_level\n"));
}

TEST_F(StageTest, DiagnosticsAreMergedFromTheRecordsSortedByCaseAndImage) {
  go();
  table();
  EXPECT_EQ(read_file(run->folder() / "features.radiomics.diagnostics.csv"),
            "case_id,roi,reader,image,img_dim_x_init_img,mean_int_init_img\n"
            "A,lesion,,ct,0.5,1\nA,lesion,,us,128,\nB,lesion,,ct,0.5,1\nB,lesion,,us,128,\n"
            "C,lesion,,ct,0.5,1\nC,lesion,,us,128,\n");
}

TEST_F(StageTest, ResumeDoesOnlyWhatIsMissingChangedOrFailed) {
  go();
  const std::string first = table();
  go();
  EXPECT_EQ(calls, 1);  // the failed case is tried again
  depends_of_b = "2";
  go();
  EXPECT_EQ(calls, 2);
  std::filesystem::remove(run->folder() / "cases/A.json");
  write_file(run->folder() / "x/C", "edited");
  write_file(run->folder() / "cases/B.json", "{\"unit\": \"B\"");  // a torn record
  go();
  EXPECT_EQ(calls, 4);
  EXPECT_EQ(table(), first);
}

TEST_F(StageTest, StrictEndsAtTheFirstFailure) {
  options.strict = true;
  options.threads = 1;
  EXPECT_THROW(go(), CaseError);
}

TEST_F(StageTest, ShardsThenMergeGiveTheSameBytes) {
  go();
  const std::string whole = table();
  std::filesystem::remove_all(study.output / "3_radiomics");
  for (std::size_t i = 0; i < 3; ++i) {
    options.shard = Shard{i, 3};
    go();
    EXPECT_FALSE(run->whole());
    EXPECT_EQ(calls, i == 0 ? 2 : 1);
  }
  options.shard.reset();
  go();
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(table(), whole);
}

TEST_F(StageTest, NamedCasesMustExist) {
  options.cases = {"Aa"};
  EXPECT_THROW(go(), StudyError);
  options.cases = {"A"};
  go();
  EXPECT_EQ(calls, 1);
}

TEST_F(StageTest, AFileIsMadeOnceForItsInputs) {
  go();
  int made = 0;
  const auto make = [&](const std::filesystem::path& temporary) {
    ++made;
    write_file(temporary, "weights");
  };
  run->ensure_file("model/net", {"a"}, make);
  run->ensure_file("model/net", {"a"}, make);
  EXPECT_EQ(made, 1);
  run->ensure_file("model/net", {"b"}, make);
  EXPECT_EQ(made, 2);
  write_file(run->folder() / "model/net", "torn");
  run->ensure_file("model/net", {"b"}, make);
  EXPECT_EQ(made, 3);
  EXPECT_EQ(read_file(run->folder() / "model/net"), "weights");
}

TEST_F(StageTest, CurrentStaleEdited) {
  const StageInfo& info = stage_info(StageId::radiomics);
  const auto state = [&] {
    FileHashes fresh(study.output);
    return check_current(info, study, fresh);
  };
  EXPECT_EQ(state().why, "no results yet");
  go();
  table();
  for (const std::string& output : outputs_of(info, study))
    write_provenance(info, study, output, hash_inputs(info, study, *hashes));
  EXPECT_EQ(state().state, Currency::State::current);

  write_file(study.output / "1_import/cohort.csv", "y");
  EXPECT_EQ(state().why, "1_import/cohort.csv changed");
  write_file(study.output / "1_import/cohort.csv", "x");
  EXPECT_EQ(state().state, Currency::State::current);

  study.radiomics->discretise->bins = 9;
  EXPECT_EQ(state().why, "its settings changed");
  study.radiomics->discretise->bins = 8;
  study.study.name = "another name";  // changes no feature
  EXPECT_EQ(state().state, Currency::State::current);

  write_file(run->folder() / "features.radiomics.csv", "edited by hand");
  EXPECT_EQ(state().state, Currency::State::edited);
}

TEST_F(StageTest, WhatTheStudyNoLongerAsksForGoesUnlessItWasEdited) {
  const StageInfo& info = stage_info(StageId::select);
  const auto folder = study.output / "5_select";
  for (const char* name : {"map.csv", "reliability.csv", "chain.json", "notes_of_mine.csv"})
    write_file(folder / name, "text");
  for (const char* name : {"map.csv", "reliability.csv", "chain.json"}) write_provenance(info, study, name, {});
  write_file(folder / "reliability.csv", "edited by hand");
  EXPECT_EQ(remove_outdated(info, study), std::vector<std::string>{});
  study.report.maps = false;
  EXPECT_EQ(remove_outdated(info, study), std::vector<std::string>{"map.csv"});
  EXPECT_FALSE(std::filesystem::exists(folder / "map.csv"));
  EXPECT_FALSE(std::filesystem::exists(provenance_path(folder / "map.csv")));
  for (const char* name : {"reliability.csv", "chain.json", "notes_of_mine.csv"})
    EXPECT_TRUE(std::filesystem::exists(folder / name)) << name;
}

TEST(Records, ReadBackExactly) {
  const test::TemporaryFolder folder;
  StoredRecord record{"P@r", "key", true, "", {}};
  record.content.rows = {{{"P", "lesion", "r"}, {0.1, 1e-300, std::numeric_limits<double>::quiet_NaN(), -0.0, 3}}};
  record.content.notes = {{{"P", "lesion", "r"}, "c", "why \"quoted\""}};
  record.content.diagnostics = {{{"P", "lesion", "r"}, "us", {0.1, std::numeric_limits<double>::quiet_NaN()}}};
  record.content.facts = {{"dice", "0.5"}};
  record.content.files = {{"a", "b"}};
  write_file(folder / "r.json", to_json(record));
  const auto back = read_record(folder / "r.json");
  ASSERT_TRUE(back);
  EXPECT_EQ(to_json(*back), to_json(record));
  EXPECT_TRUE(std::signbit(back->content.rows[0].second[3]));
  for (const std::string torn : {"", "{", "[]", "{\"unit\":1}"}) {
    write_file(folder / "r.json", torn);
    EXPECT_FALSE(read_record(folder / "r.json")) << torn;
  }
}

TEST(Options, Shards) {
  EXPECT_EQ(parse_shard("2/3").index, 2u);
  for (const char* bad : {"3/3", "-1/3", "1", "1/0", "a/b", "1/2/3"}) EXPECT_THROW(parse_shard(bad), StudyError) << bad;
}

TEST(Hashes, ForgetWhatChanged) {
  const test::TemporaryFolder folder;
  FileHashes hashes(folder.path());
  EXPECT_EQ(hashes.of(folder / "a"), "missing");
  write_file(folder / "a", "1");
  EXPECT_EQ(hashes.of(folder / "a"), sha256("1"));
  write_file(folder / "a", "2");  // same size, same second
  EXPECT_EQ(hashes.of(folder / "a"), sha256("2"));
  write_file(folder / "d/x", "1");
  const std::string before = hashes.of(folder / "d");
  write_file(folder / "d/y", "1");
  EXPECT_NE(hashes.of(folder / "d"), before);
}

}  // namespace
}  // namespace radfuse
