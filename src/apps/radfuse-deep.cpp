// SPDX-License-Identifier: Apache-2.0
// radfuse-deep: deep features of every case and reader.
#include "radfuse/deep/deep.hpp"
#include "radfuse/network/prepare.hpp"
#include "radfuse/stage/stage_main.hpp"

int main(int argc, char** argv) {
  radfuse::network::prepare_process(argc, argv);
  radfuse::set_library_version("LibTorch", radfuse::network::library_version());
  return radfuse::stage_main(argc, argv, radfuse::StageId::deep, radfuse::deep::extract_cohort);
}
