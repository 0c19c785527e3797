#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes a whole file under a temporary name, flushes it and renames it into place.
enum AtomicFile {
  static func write(_ bytes: [UInt8], to path: String) throws(ModelFileError) {
    let temporary = path + ".partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(temporary, "cannot be created") }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Self.system(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      guard count > 0 || (count < 0 && errno == EINTR) else {
        let error = failure(temporary, "cannot be written")
        close(descriptor)
        unlink(temporary)
        throw error
      }
      written += max(count, 0)
    }
    guard fsync(descriptor) == 0, close(descriptor) == 0, rename(temporary, path) == 0 else {
      let error = failure(path, "cannot be put in place")
      unlink(temporary)
      throw error
    }
  }

  private static func system(_ file: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(file, start, count)
    #elseif canImport(Musl)
      Musl.write(file, start, count)
    #else
      Darwin.write(file, start, count)
    #endif
  }

  private static func failure(_ path: String, _ what: String) -> ModelFileError {
    let reason = String(cString: strerror(errno))
    return ModelFileError(
      .unreadable, path: path, field: "file",
      message: "\(what) (\(reason)); check the folder, its permissions and the free space")
  }
}
