// SPDX-License-Identifier: Apache-2.0
// The manifest: what concerns one case stays with the case, what concerns the study is told at once.
#include "radfuse/stage/manifest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "radfuse/base/discretion.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "temporary_folder.hpp"

namespace radfuse {
namespace {

constexpr const char* kHead = "case_id,patient_id,reader,y,site,split,age,sex,img,msk\n";
constexpr const char* kCohort =
    "study: {name: t, seed: 3}\n"
    "cohort: {manifest: m.csv, outcome: {column: y}, site: site, split: {column: split}, clinical: [age, sex]}\n"
    "images: {us: {image: img, mask: msk, dimension: 2d}}\n";
constexpr const char* kTrain =
    "select: [{step: combat}]\n"
    "train: {models: {c: [clin]}}\n";

Manifest read(const std::string& rows, const std::string& study = kCohort) {
  const test::TemporaryFolder folder;
  write_file(folder / "s.yaml", study);
  write_file(folder / "m.csv", kHead + rows);
  return read_manifest(read_study(folder / "s.yaml"));
}

std::string refusal(const std::string& rows, const std::string& study = kCohort) {
  try {
    read(rows, study);
  } catch (const InputError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Manifest, CategoriesNumbersAndMissingValues) {
  const Manifest m = read("B,,r,1,x,train,50,M,b,bm\nA,,r,0,x,test,,F,a,am\nC,,r,0,x,test,70,,c,cm\n");
  EXPECT_THAT(m.clinical_columns, testing::ElementsAre("age", "sex=M"));
  ASSERT_EQ(m.rows.size(), 3u);
  EXPECT_EQ(m.rows[0].row.case_id, "A");
  EXPECT_EQ(m.rows[0].row.clinical[0], std::nullopt);
  EXPECT_EQ(m.rows[0].row.clinical[1], 0.0);
  EXPECT_EQ(m.rows[1].row.clinical[1], 1.0);
  EXPECT_EQ(m.rows[2].row.clinical[1], std::nullopt);
  EXPECT_EQ(m.rows[0].row.patient_id, "A");
  EXPECT_EQ(m.rows[1].images[0].masks.at(0).filename(), "bm");
}

TEST(Manifest, ABadCellIsThatCasesProblem) {
  const Manifest m = read("A,,r,0,x,train,4o,F,a,am\nB,,r,1,x,train,50,M,b,bm\nC,,r,0,x,trian,60,M,,cm\n");
  EXPECT_THAT(revealed(m.rows[0].problem), testing::HasSubstr("m.csv:2:7: age: '4o' is not a number"));
  EXPECT_EQ(m.rows[1].problem, "");
  EXPECT_THAT(m.rows[2].problem, testing::HasSubstr("img: is empty"));
}

TEST(Manifest, WhatConcernsTheStudyIsToldAtOnce) {
  const std::string text = refusal("A,,r,0,x,train,1,F,a,am\nA,,r,0,x,train,1,F,a,am\nB/x,,r,0,x,train,1,F,a,am\n");
  EXPECT_THAT(text, testing::HasSubstr("m.csv:4:1: case_id: 'B/x' cannot name a case"));
  const std::string twice = refusal("A,,r,0,x,train,1,F,a,am\nA,,r,0,x,train,1,F,a,am\nB,,r,0,x,train,1,F,a,am\n");
  EXPECT_THAT(twice, testing::HasSubstr("m.csv:3: case A of reader r stands already in line 2"));
  EXPECT_THAT(twice, testing::HasSubstr("every case has the value '0'; a model needs both classes"));
}

TEST(Manifest, PatientsStayOnOneSide) {
  EXPECT_THAT(refusal("A,p,r,0,x,train,1,F,a,am\nB,p,r,1,x,test,1,F,b,bm\n"),
              testing::HasSubstr("patient p stands in two splits"));
}

TEST(Manifest, ASiteThatComBatNeverSawIsToldBeforeTheWork) {
  const std::string rows = "A,,r,0,x,train,1,F,a,am\nB,,r,1,x,train,1,F,b,bm\nC,,r,1,z,external,1,F,c,cm\n";
  EXPECT_THAT(refusal(rows, std::string(kCohort) + kTrain), testing::HasSubstr("no training case of the site z"));
  EXPECT_EQ(
      refusal(rows, std::string(kCohort) + "select: [{step: combat, unseen: skip}]\ntrain: {models: {c: [clin]}}\n"),
      "accepted");
}

TEST(Manifest, MissingColumnsAreAllNamed) {
  const test::TemporaryFolder folder;
  write_file(folder / "s.yaml", kCohort);
  write_file(folder / "m.csv", "case_id,y,agee\nA,1,3\n");
  try {
    read_manifest(read_study(folder / "s.yaml"));
    FAIL();
  } catch (const InputError& error) {
    for (const char* part : {"no column 'site'", "no column 'split'", "no column 'age'", "did you mean 'agee'?"})
      EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

TEST(Manifest, TheDrawnSplitIsStratifiedByPatientAndStable) {
  std::string rows;
  for (int p = 0; p < 40; ++p)
    for (int k = 0; k < 2; ++k) {
      const std::string id = "c" + std::to_string(p) + "_" + std::to_string(k);
      rows += id + ",p" + std::to_string(p) + ",r," + (p % 4 == 0 ? "1" : "0") + (p < 30 ? ",x" : ",ext") + ",,1,F," +
              id + "," + id + "\n";
    }
  const std::string study =
      "study: {name: t, seed: 3}\n"
      "cohort: {manifest: m.csv, outcome: {column: y}, site: site, split: {random: {train: 0.75, external: {sites: "
      "[ext]}}}}\n"
      "images: {us: {image: img, mask: msk, dimension: 2d}}\n";
  const Manifest m = read(rows, study);
  std::map<std::string, std::set<Split>> sides;
  std::map<std::pair<Split, int>, int> counts;
  for (const ManifestRow& row : m.rows) {
    sides[row.row.patient_id].insert(row.row.split);
    ++counts[{row.row.split, row.row.outcome}];
    EXPECT_EQ(row.row.split == Split::external, row.row.site == "ext");
  }
  for (const auto& [patient, split] : sides) EXPECT_EQ(split.size(), 1u);
  // 30 inside patients: 8 positive -> 6 train; 22 negative -> 16.5, rounded away from zero to 17 train; two cases each
  EXPECT_EQ((counts[{Split::train, 1}]), 12);
  EXPECT_EQ((counts[{Split::train, 0}]), 34);
  const Manifest again = read(rows, study);
  for (std::size_t i = 0; i < m.rows.size(); ++i) EXPECT_EQ(again.rows[i].row.split, m.rows[i].row.split);
}

}  // namespace
}  // namespace radfuse
