// SPDX-License-Identifier: Apache-2.0
// The messages between the program, its helpers and their children: a head of fixed size, then so many bytes of text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace radfuse::isolation {

/// No request and no answer is longer; whoever promises more is talking nonsense.
inline constexpr std::uint64_t kLongest = std::uint64_t{256} << 20;
inline constexpr std::uint32_t kMark = 0x52464d53;  // "RFMS"

struct Message {
  std::uint32_t code = 0;  ///< 0 = an answer or a request; otherwise the exit code of the Error whose message `text` is
  std::string text;
};

struct Head {
  std::uint32_t mark = kMark;
  std::uint32_t code = 0;
  std::uint64_t length = 0;
};
static_assert(sizeof(Head) == 16);

std::string packed(const Message& message);
/// Of what arrived so far: the whole message, or nothing yet. `nonsense` is set when it can never become one.
std::optional<Message> unpacked(std::string_view bytes, bool& nonsense);

/// Writes all of it, through interruptions; false when the other side is gone.
bool send_all(int fd, std::string_view bytes, bool is_socket);
/// One read, appended: false at the end, or when the other side is gone.
bool receive_some(int fd, std::string& bytes);
/// Waits at most `milliseconds` until something can be read (or the other side is gone); false when nothing came.
bool wait_readable(int fd, int milliseconds);

}  // namespace radfuse::isolation
