// SPDX-License-Identifier: Apache-2.0
// radfuse-bench-encoders [THREADS [IMAGES [NAME ...]]]: ms for each image of every encoder's features(), one image of
// 224 x 224 pixels (blocks of 64 x 64 x 64) at a time, random weights. Least of three runs; CSV on standard output.
#include <time.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

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

int number(const char* text, int otherwise) {
  int value = otherwise;
  std::from_chars(text, text + std::char_traits<char>::length(text), value);
  return std::max(1, value);
}

}  // namespace
}  // namespace radfuse

int main(int argc, char** argv) {
  using namespace radfuse;
  network::prepare_process();
  const std::vector<std::string> words(argv + std::min(argc, 3), argv + argc);
  std::printf("network,threads,wall_ms,cpu_ms\n");
  for (const auto& row : kArchitectures)
    if (words.empty() || std::find(words.begin(), words.end(), row.name) != words.end())
      time_encoder(row, argc > 1 ? number(argv[1], 1) : 1, static_cast<std::size_t>(argc > 2 ? number(argv[2], 8) : 8));
  return 0;
}
