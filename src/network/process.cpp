// SPDX-License-Identifier: Apache-2.0
// The settings of the process and of its threads.
#include "process.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <torch/version.h>

#include <string_view>
#include <vector>

#include "libtorch.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/network/prepare.hpp"
#include "tensors.hpp"

namespace radfuse::network {
namespace {

// OpenBLAS exports these; LibTorch builds with another BLAS have no such symbols.
template <class Function>
Function of_openblas(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

std::string corename() {
  const auto name = of_openblas<char* (*)()>("openblas_get_corename");
  return name != nullptr ? name() : "";
}

// Nothing is computed: the library's choice does not matter.
bool only_tells(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--help" || argument == "-h" || argument == "--version") return true;
  }
  return argc < 2;
}

// OpenBLAS chooses when it is loaded, which is before main; here it chooses once more, as long as nothing is computed.
void choose_a_better_core() {
  constexpr const char* kCore = "OPENBLAS_CORETYPE";
  const auto forget = of_openblas<void (*)()>("gotoblas_dynamic_quit");
  const auto choose = of_openblas<void (*)()>("gotoblas_dynamic_init");
  const std::string core = getenv(kCore) == nullptr ? better_core(corename()) : "";
  if (core.empty() || forget == nullptr || choose == nullptr) return;
  setenv(kCore, core.c_str(), 1);
  forget();
  choose();
  unsetenv(kCore);  // other programs choose for themselves
}

// OpenBLAS has a pool of threads of its own.
void one_blas_thread() {
  if (const auto set = of_openblas<void (*)(int)>("openblas_set_num_threads")) set(1);
}

std::string blas() {
  const auto config = of_openblas<char* (*)()>("openblas_get_config");
  if (config == nullptr)
    return of_openblas<void* (*)()>("MKL_Get_Version_String") != nullptr ? "MKL" : "reference BLAS";
  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Haswell MAX_THREADS=64": the name and number only.
  const std::vector<std::string> words = text::split(config(), ' ');
  return words[0] + (words.size() > 1 ? " " + words[1] : "") + " " + corename();
}

}  // namespace

// OpenBLAS knows processors by their model number; on one that is younger than itself, or that a virtual machine hides,
// it falls back to code of 2004 without AVX (3 to 5 times slower). The instructions themselves say what would run.
std::string better_core(std::string_view chosen) {
  const std::string name = text::lower(chosen);
  if (name != "prescott" && name != "generic" && name != "core2") return "";
  if (__builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512dq") != 0)
    return "SkylakeX";
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) return "Haswell";
  return "";
}

void prepare_process() {
  choose_a_better_core();
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 64 << 20);
  mallopt(M_ARENA_MAX, 1);
  at::globalContext().setDeterministicAlgorithms(true, false);
  settle_thread();
}

void prepare_process(int argc, char** argv) {
  if (only_tells(argc, argv)) return;
  prepare_process();
}

std::string library_version() {
  return std::string(TORCH_VERSION) + " (" + instruction_set() + ", " + blas() + ")";
}

void settle_thread() {
  static const bool once = (one_blas_thread(), true);
  (void)once;
  at::set_num_threads(1);
  at::globalContext().setFlushDenormal(true);
}

}  // namespace radfuse::network
