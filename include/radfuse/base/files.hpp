// SPDX-License-Identifier: Apache-2.0
// Durable files: a reader sees the whole old file or the whole new one, whatever happens in between.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace radfuse {

/// From here on nothing is written below `folder` through a symbolic link that leads out of it: OutputError names the
/// link. `folder` itself may be one; it is made when it is missing. A link in the place of a file is replaced.
void set_output_root(const std::filesystem::path& folder);
/// For files that are opened by others and written in place (a log, a lock): makes the folder, and throws OutputError
/// when the file itself, below the declared root, is a symbolic link.
void require_writable_place(const std::filesystem::path& file);

/// The whole file. Throws InputError (missing, not a file, unreadable).
std::string read_file(const std::filesystem::path& file);

/// Temporary file in the same folder, write, fsync, rename, fsync of the folder. Makes missing folders.
/// Throws OutputError with the system's reason; the temporary file is removed then.
void write_file(const std::filesystem::path& file, std::string_view bytes);

/// The same for bytes that need not be in memory at once: `produce` hands them to `put`, part by part.
using Put = std::function<void(std::string_view bytes)>;
void write_file_in_parts(const std::filesystem::path& file, const std::function<void(const Put& put)>& produce);

/// For libraries that insist on a file name: `write` fills a temporary file (same folder, same extension), which is
/// then made durable and renamed.
void publish_file(const std::filesystem::path& file,
                  const std::function<void(const std::filesystem::path& temporary)>& write);

/// Removes what interrupted writers left below `folder`; call it only while holding the folder's lock.
void remove_temporaries(const std::filesystem::path& folder);
/// Those that one process left (by its number); call it after that process has ended.
void remove_temporaries_of(const std::filesystem::path& folder, int process);

/// Makes the folder and its parents; throws OutputError.
void make_folder(const std::filesystem::path& folder);

}  // namespace radfuse
