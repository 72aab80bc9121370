// SPDX-License-Identifier: Apache-2.0
// RFC 4180, strictly: UTF-8, comma, one header, rectangular. Every cell remembers its line for messages.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace radfuse {

struct CsvTable {
  std::filesystem::path file;  ///< for messages
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> lines;  ///< line of each row's start, the header being line 1

  /// header.size() when absent.
  std::size_t column(std::string_view name) const;
  /// Throws InputError with the file, what it is for and the nearest column name.
  std::size_t require_column(std::string_view name, std::string_view purpose) const;
};

/// Limits: 1 GiB a file, 100,000 columns. Refuses NUL, a lone CR, UTF-16, ragged rows and duplicate column names, with
/// line and column; a UTF-8 byte-order mark and CRLF are accepted.
CsvTable parse_csv(std::string_view text, const std::filesystem::path& file_for_messages);
CsvTable read_csv(const std::filesystem::path& file);

/// Quotes a cell when it must be.
std::string csv_cell(std::string_view text);
/// A text from outside for a table that people open: printable, and with an apostrophe in front when a spreadsheet
/// would take it for a formula (CWE-1236). Numbers stay as they are.
std::string csv_shown(std::string_view text);
/// One line with its LF.
std::string csv_line(const std::vector<std::string>& cells);
std::string to_csv(const CsvTable& table);

}  // namespace radfuse
