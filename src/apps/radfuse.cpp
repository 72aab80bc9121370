// SPDX-License-Identifier: Apache-2.0
// radfuse: the front door.
#include "radfuse/front/front.hpp"

int main(int argc, char** argv) {
  return radfuse::front_main(argc, argv);
}
