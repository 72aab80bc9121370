// SPDX-License-Identifier: Apache-2.0
// The CSV reader: what it takes, it writes and reads again the same; cells for people are never formulas.
#include "fuzzing.hpp"
#include "radfuse/base/text.hpp"
#include "radfuse/table/csv.hpp"

using namespace radfuse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzzing::try_to([&] {
    const CsvTable table = parse_csv(fuzzing::view(data, size), "fuzz.csv");
    const CsvTable again = parse_csv(to_csv(table), "again.csv");
    // A row that is one empty cell is written as an empty line, which is none.
    const bool blank_rows = table.header.size() == 1;
    fuzzing::require(again.header == table.header, "the same header");
    fuzzing::require(blank_rows || again.rows == table.rows, "the same rows");
    for (const auto& row : table.rows)
      for (const std::string& cell : row) {
        const std::string shown = csv_shown(cell);
        fuzzing::require(shown.empty() || std::string_view("=+-@\t\r").find(shown[0]) == std::string_view::npos ||
                             text::to_double(shown).has_value(),
                         "no formula");
        fuzzing::require(text::printable(shown) == shown, "printable, and printing changes nothing more");
      }
  });
  return 0;
}
