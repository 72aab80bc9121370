// SPDX-License-Identifier: Apache-2.0
// RFC 4180, strictly.
#include "radfuse/table/csv.hpp"

#include <algorithm>
#include <set>

#include "radfuse/base/error.hpp"
#include "radfuse/base/files.hpp"
#include "radfuse/base/text.hpp"
#include "walk_csv.hpp"

namespace radfuse {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr std::size_t kMostColumns = 100'000;

// Walks the text once; knows where it is for messages.
class Parser {
 public:
  Parser(std::string_view text, const std::filesystem::path& file) : text_(text), file_(file) {
    if (text_.size() > kMostBytes) fail("is larger than 1 GiB");
    if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff"))
      fail("is UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")");
    while (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);  // some tools put one before each other's
  }

  // `on_row(cells, line)` is called for each row as it is read.
  template <class OnHeader, class OnRow>
  void walk(const OnHeader& on_header, const OnRow& on_row) {
    if (at_end()) fail("is empty; a header line is needed");
    std::vector<std::string> header = record();
    check_header(header);
    const std::size_t width = header.size();
    on_header(std::move(header));
    while (!at_end()) {
      const std::size_t line = line_;
      std::vector<std::string> row = record();
      if (row.size() == 1 && row[0].empty()) continue;  // a blank line
      if (row.size() != width)
        fail_at(line, 1,
                "has " + std::to_string(row.size()) + " cells, the header has " + std::to_string(width) +
                    (row.size() > 1 ? "" : "; the separator must be a comma"));
      on_row(std::move(row), line);
    }
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }

  std::vector<std::string> record() {
    std::vector<std::string> cells;
    for (;;) {
      cells.push_back(cell());
      if (cells.size() > kMostColumns) fail_at(line_, 1, "has more than 100,000 cells");
      if (at_end()) return cells;
      const char c = text_[at_++];
      if (c == ',') {
        if (at_end()) {
          cells.emplace_back();
          return cells;
        }
        continue;
      }
      if (c == '\r' && !at_end() && text_[at_] == '\n') ++at_;
      ++line_;  // c was a line end: cell() stops at nothing else
      line_start_ = at_;
      return cells;
    }
  }

  std::string cell() { return !at_end() && text_[at_] == '"' ? quoted() : plain(); }

  std::string plain() {
    const std::size_t from = at_;
    for (; !at_end(); ++at_) {
      const char c = text_[at_];
      if (c == ',' || c == '\n' || (c == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n')) break;
      if (c == '\r') fail_here("a carriage return without a line feed; save the file with LF or CRLF line ends");
      if (c == '\0') fail_here("a NUL byte; this is not a text file");
      if (c == '"')
        fail_here("a quote inside an unquoted cell; put the whole cell in quotes and double the inner ones");
    }
    return std::string(text_.substr(from, at_ - from));
  }

  std::string quoted() {
    const std::size_t opened_line = line_;
    std::string value;
    for (++at_;; ++at_) {
      if (at_end()) fail_at(opened_line, 1, "opens a quote that is never closed");
      const char c = text_[at_];
      if (c == '\0') fail_here("a NUL byte; this is not a text file");
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      }
      if (c != '"') {
        value += c;
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        value += '"';
        ++at_;
      } else {
        break;
      }
    }
    ++at_;
    const bool ended = at_end() || text_[at_] == ',' || text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n");
    if (!ended) fail_here("text after a closing quote");
    return value;
  }

  void check_header(const std::vector<std::string>& header) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (header[i].empty()) fail_at(1, 1, "column " + std::to_string(i + 1) + " has no name");
      if (!seen.insert(header[i]).second) fail_at(1, 1, "two columns are called '" + text::printable(header[i]) + "'");
    }
  }

  [[noreturn]] void fail(const std::string& what) { throw InputError(file_.string() + ": " + what); }
  [[noreturn]] void fail_at(std::size_t line, std::size_t column, const std::string& what) {
    throw InputError(file_.string() + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + what);
  }
  [[noreturn]] void fail_here(const std::string& what) { fail_at(line_, at_ - line_start_ + 1, what); }

  std::string_view text_;
  std::filesystem::path file_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

}  // namespace

std::size_t CsvTable::column(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::find(header, name) - header.begin());
}

std::size_t CsvTable::require_column(std::string_view name, std::string_view purpose) const {
  const std::size_t at = column(name);
  if (at == header.size())
    throw InputError(file.string() + ":1: no column '" + text::printable(name) + "' (" + std::string(purpose) + ")" +
                     text::did_you_mean(name, header) + "; columns: " + text::join(header, ", "));
  return at;
}

CsvTable parse_csv(std::string_view text, const std::filesystem::path& file_for_messages) {
  CsvTable table;
  table.file = file_for_messages;
  Parser(text, file_for_messages)
      .walk([&](std::vector<std::string> header) { table.header = std::move(header); },
            [&](std::vector<std::string> row, std::size_t line) {
              table.rows.push_back(std::move(row));
              table.lines.push_back(line);
            });
  return table;
}

void walk_csv(std::string_view text, const std::filesystem::path& file_for_messages,
              const std::function<void(std::vector<std::string>)>& on_header,
              const std::function<void(std::vector<std::string>, std::size_t line)>& on_row) {
  Parser(text, file_for_messages).walk(on_header, on_row);
}

CsvTable read_csv(const std::filesystem::path& file) {
  return parse_csv(read_file(file), file);
}

std::string csv_cell(std::string_view text) {
  // A byte-order mark at the start of a file would not be read as part of its first cell.
  const bool has_mark = text.starts_with("\xef\xbb\xbf");
  if (!has_mark && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_shown(std::string_view text) {
  const bool is_formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
  return (is_formula && !text::to_double(text) ? "'" : "") + text::printable(text);
}

std::string csv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i != 0) line += ',';
    line += csv_cell(cells[i]);
  }
  return line + '\n';
}

std::string to_csv(const CsvTable& table) {
  std::string all = csv_line(table.header);
  for (const auto& row : table.rows) all += csv_line(row);
  return all;
}

}  // namespace radfuse
