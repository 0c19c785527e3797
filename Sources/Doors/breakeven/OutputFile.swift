import Foundation

/// A file that a command writes. A regular file appears whole or not at all; a device or a pipe is
/// written to, never replaced.
final class OutputFile {
  private let handle: FileHandle
  private let path: String
  private let partial: String?

  /// - Throws: names `option` and the path that cannot be written.
  init(path: String, option: String) throws {
    var status = stat()
    let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    let written = isSpecial ? path : path + ".part"
    let descriptor = open(written, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw CommandError(
        "\(option): cannot write '\(path)': \(String(cString: strerror(errno))); check the folder and its permissions"
      )
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    self.path = path
    partial = isSpecial ? nil : written
  }

  func write(_ data: Data) throws {
    do {
      try handle.write(contentsOf: data)
    } catch {
      throw CommandError("'\(path)' could not be written: \(error.localizedDescription)")
    }
  }

  func finish() throws {
    guard let partial else { return try handle.close() }
    do {
      try handle.synchronize()
      try handle.close()
    } catch {
      throw CommandError("'\(path)' could not be written: \(error.localizedDescription)")
    }
    guard rename(partial, path) == 0 else {
      throw CommandError("'\(path)' could not be written: \(String(cString: strerror(errno)))")
    }
  }
}
