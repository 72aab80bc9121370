// SPDX-License-Identifier: Apache-2.0
// radfuse-attribution: where a trained model that counts deep features looks.
#include "radfuse/deep/deep.hpp"
#include "radfuse/network/prepare.hpp"
#include "radfuse/stage/stage_main.hpp"

int main(int argc, char** argv) {
  radfuse::network::prepare_process(argc, argv);
  radfuse::set_library_version("LibTorch", radfuse::network::library_version());
  return radfuse::stage_main(argc, argv, radfuse::StageId::attribution, radfuse::deep::attribute_cohort);
}
