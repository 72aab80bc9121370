// SPDX-License-Identifier: Apache-2.0
// radfuse-bench-encoders [THREADS [IMAGES [NAME ...]]]: ms for each image of every encoder's features(), one image of
// 224 x 224 pixels (blocks of 64 x 64 x 64) at a time, random weights. Least of three runs; CSV on standard output.
// radfuse-bench-encoders bfloat16 [NAME ...]: ms for each image in float32 and in bfloat16, and what bfloat16 changes.
// radfuse-bench-encoders ceiling: the GFLOP/s that one core can do at all.
#include <immintrin.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "encoders.hpp"
#include "libtorch.hpp"
#include "radfuse/base/error.hpp"
#include "radfuse/network/encoder.hpp"
#include "radfuse/network/prepare.hpp"
#include "radfuse/weights/architectures.hpp"

namespace radfuse {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Multiplications and additions in registers: ten chains, so that none waits for itself.
__attribute__((target("avx2,fma"))) double gflop_per_second() {
  constexpr int kChains = 10, kRounds = 20'000'000;
  __m256 chain[kChains];
  for (int i = 0; i < kChains; ++i) chain[i] = _mm256_set1_ps(static_cast<float>(i));
  const __m256 factor = _mm256_set1_ps(0.999F), term = _mm256_set1_ps(0.001F);
  const double begin = cpu_seconds();
  for (int round = 0; round < kRounds; ++round)
#pragma GCC unroll 10
    for (__m256& link : chain) link = _mm256_fmadd_ps(link, factor, term);
  const double seconds = cpu_seconds() - begin;
  float sum = 0;
  for (const __m256& link : chain) sum += _mm256_cvtss_f32(link);
  return sum > 0 ? 16e-9 * kChains * kRounds / seconds : 0;
}

int tell_ceiling() {
  if (__builtin_cpu_supports("avx2") == 0 || __builtin_cpu_supports("fma") == 0) {
    std::fprintf(stderr, "the ceiling is measured with AVX2 and FMA, which this processor lacks\n");
    return 1;
  }
  double most = 0;
  for (int run = 0; run < 3; ++run) most = std::max(most, gflop_per_second());
  std::printf("gflop_per_s\n%.1f\n", most);
  return 0;
}

std::vector<Patch> images_for(Architecture architecture, std::size_t count) {
  const bool block = weights::dimensions(architecture) == 3;
  const int side = block ? 64 : architecture == Architecture::resnet20_cifar ? 32 : 224;
  std::vector<Patch> images;
  for (std::size_t n = 0; n < count; ++n) {
    Patch image = block ? Patch::block(1, side, side, side) : Patch(1, side, side);
    for (std::size_t i = 0; i < image.values.size(); ++i)
      image.values[i] = 0.5F + 0.5F * std::sin(0.01F * static_cast<float>(i + 31 * n));
    images.push_back(std::move(image));
  }
  return images;
}

void time_encoder(const Named<Architecture>& row, int threads, std::size_t count) {
  EncoderParams params;
  params.architecture = row.value;
  params.random_weights = true;
  const network::Encoder net = network::Encoder::load(params, "", 1);
  const std::vector<Patch> images = images_for(row.value, count);
  net.features(std::span(images).first(1), 1);
  double wall = 1e9, cpu = 1e9;
  for (int run = 0; run < 3; ++run) {
    const double w = wall_seconds(), c = cpu_seconds();
    net.features(images, threads);
    wall = std::min(wall, wall_seconds() - w);
    cpu = std::min(cpu, cpu_seconds() - c);
  }
  const double per_image = 1000.0 / static_cast<double>(count);
  std::printf("%s,%d,%.2f,%.2f\n", std::string(row.name).c_str(), threads, wall * per_image, cpu * per_image);
  std::fflush(stdout);
}

// Both by the same functions of named tensors; the error is the relative L2 norm over the features of one image.
void compare_precisions(const Named<Architecture>& row) {
  const torch::NoGradGuard without;
  const network::Layout layout{row.value, row.value == Architecture::efficientnet_lite0};
  const bool block = weights::dimensions(row.value) == 3;
  const network::Parameters parameters = network::folded(
      layout, network::random_parameters(row.value, {.channels = weights::own_channels(row.value), .classes = 0}, 1));
  std::vector<std::int64_t> shape{1, network::input_channels(row.value, parameters)};
  shape.resize(block ? 5 : 4, block ? 64 : row.value == Architecture::resnet20_cifar ? 32 : 224);
  const torch::Tensor image =
      torch::sin(torch::arange(torch::zeros(shape).numel(), torch::kFloat32) * 0.01).view(shape);
  const std::vector<std::string> wanted{std::string(weights::default_end_point(row.value))};
  torch::Tensor features[2];
  double least[2] = {1e9, 1e9};
  for (int run = 0; run < 6; ++run)
    for (const int low : {0, 1}) {
      const network::Autocast guard(low == 1 ? Precision::bfloat16 : Precision::float32, torch::kCPU);
      const double begin = wall_seconds();
      const auto points = network::forward(layout, parameters, image, wanted);
      least[low] = std::min(least[low], wall_seconds() - begin);
      features[low] = network::pooled(points.back().second.to(torch::kFloat32), Pooling::average);
    }
  const double error = ((features[1] - features[0]).norm() / features[0].norm()).item<double>();
  std::printf("%s,%.1f,%.1f,%.2f,%.4f\n", std::string(row.name).c_str(), 1000 * least[0], 1000 * least[1],
              least[0] / least[1], error);
  std::fflush(stdout);
}

bool asked_for(const Named<Architecture>& row, const std::vector<std::string>& words) {
  return words.empty() || std::find(words.begin(), words.end(), row.name) != words.end();
}

int number(const char* text, int otherwise) {
  int value = otherwise;
  std::from_chars(text, text + std::char_traits<char>::length(text), value);
  return std::max(1, value);
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  using namespace radfuse;
  if (argc == 2 && std::string(argv[1]) == "ceiling") return tell_ceiling();
  network::prepare_process();
  if (argc > 1 && std::string(argv[1]) == "bfloat16") {
    std::printf("network,float32_ms,bfloat16_ms,gain,relative_error\n");
    for (const auto& row : kArchitectures)
      if (asked_for(row, {argv + 2, argv + argc})) compare_precisions(row);
    return 0;
  }
  const std::vector<std::string> words(argv + std::min(argc, 3), argv + argc);
  std::printf("network,threads,wall_ms,cpu_ms\n");
  for (const auto& row : kArchitectures)
    if (asked_for(row, words))
      time_encoder(row, argc > 1 ? number(argv[1], 1) : 1, static_cast<std::size_t>(argc > 2 ? number(argv[2], 8) : 8));
  return 0;
}
