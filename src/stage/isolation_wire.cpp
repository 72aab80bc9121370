// SPDX-License-Identifier: Apache-2.0
// Messages between processes.
#include "isolation_wire.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "radfuse/base/error.hpp"

namespace radfuse::isolation {
namespace {

bool is_known(std::uint32_t code) {
  constexpr ExitCode kCodes[] = {ExitCode::done,        ExitCode::usage,          ExitCode::input, ExitCode::output,
                                 ExitCode::some_failed, ExitCode::none_succeeded, ExitCode::bug,   ExitCode::try_again};
  for (const ExitCode known : kCodes)
    if (static_cast<std::uint32_t>(known) == code) return true;
  return false;
}

}  // namespace

std::string packed(const Message& message) {
  const Head head{kMark, message.code, message.text.size()};
  std::string bytes(sizeof head, '\0');
  std::memcpy(bytes.data(), &head, sizeof head);
  return bytes + message.text;
}

std::optional<Message> unpacked(std::string_view bytes, bool& nonsense) {
  nonsense = false;
  if (bytes.size() < sizeof(Head)) return std::nullopt;
  Head head;
  std::memcpy(&head, bytes.data(), sizeof head);
  bytes.remove_prefix(sizeof head);
  nonsense = head.mark != kMark || head.length > kLongest || !is_known(head.code) || bytes.size() > head.length;
  if (nonsense || bytes.size() < head.length) return std::nullopt;
  return Message{head.code, std::string(bytes)};
}

bool send_all(int fd, std::string_view bytes, bool is_socket) {
  while (!bytes.empty()) {
    const ssize_t done =
        is_socket ? send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) : write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

bool receive_some(int fd, std::string& bytes) {
  std::array<char, 65536> part;
  while (true) {
    const ssize_t got = read(fd, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    return true;
  }
}

bool wait_readable(int fd, int milliseconds) {
  pollfd one{fd, POLLIN, 0};
  return poll(&one, 1, milliseconds) > 0;
}

}  // namespace radfuse::isolation
