// SPDX-License-Identifier: Apache-2.0
// Counting the cells of a sparse matrix.
#include "count_list.hpp"

#include <algorithm>

namespace radfuse::radiomics {
namespace {

constexpr unsigned kLevelShift = 40;
/// Rare cells that wait to be sorted.
constexpr std::size_t kBuffer = std::size_t{1} << 17;

}  // namespace

CountTable::CountTable(int levels, std::size_t most, std::size_t usual)
    : width_(std::min(usual + 1, most / (static_cast<std::size_t>(levels) + 1))),
      table_(width_ * (static_cast<std::size_t>(levels) + 1), 0) {}

void CountTable::add_rare(int level, std::int64_t number) {
  unsorted_.push_back(static_cast<std::uint64_t>(level) << kLevelShift | static_cast<std::uint64_t>(number));
  if (unsorted_.size() >= std::max(kBuffer, sorted_.size())) sort_rare();
}

void CountTable::sort_rare() {
  std::sort(unsorted_.begin(), unsorted_.end());
  std::vector<Cell> all;
  auto old = sorted_.begin();
  const auto append = [&all](const Cell& cell) {
    if (!all.empty() && all.back().key == cell.key)
      all.back().count += cell.count;
    else
      all.push_back(cell);
  };
  for (const std::uint64_t key : unsorted_) {
    while (old != sorted_.end() && old->key <= key) append(*old++);
    append({key, 1});
  }
  while (old != sorted_.end()) append(*old++);
  sorted_ = std::move(all);
  unsorted_.clear();
}

CountList CountTable::take() {
  sort_rare();
  CountList list;
  auto append_rare_below = [&, rare = sorted_.begin()](std::uint64_t level) mutable {
    for (; rare != sorted_.end() && (rare->key >> kLevelShift) < level; ++rare)
      list.push_back({static_cast<int>(rare->key >> kLevelShift),
                      static_cast<std::int64_t>(rare->key & ((std::uint64_t{1} << kLevelShift) - 1)),
                      static_cast<double>(rare->count)});
  };
  for (std::size_t cell = 0; cell < table_.size(); ++cell) {
    if (table_[cell] == 0) continue;
    const std::size_t level = cell / width_;
    append_rare_below(level);
    list.push_back(
        {static_cast<int>(level), static_cast<std::int64_t>(cell % width_), static_cast<double>(table_[cell])});
    table_[cell] = 0;
  }
  append_rare_below(std::uint64_t{1} << 17);
  sorted_.clear();
  return list;
}

}  // namespace radfuse::radiomics
