import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file mapped read-only into memory for as long as this object lives.
///
/// A file that another process shortens while it is mapped ends this process (SIGBUS): model files
/// are replaced by renaming, never written in place.
package final class MappedFile: FetchedBytes, @unchecked Sendable {
  package let path: String
  /// All bytes of the file; page-aligned.
  package let bytes: UnsafeRawBufferPointer
  private let descriptor: Int32

  package init(path: String) throws(ModelFileError) {
    // Without O_NONBLOCK a named pipe would wait here for somebody to write to it.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure(path, "cannot be opened") }
    do {
      bytes = try Self.map(descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  private static func map(
    _ descriptor: Int32, _ path: String
  ) throws(ModelFileError) -> UnsafeRawBufferPointer {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path, "cannot be examined") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw ModelFileError(
        .unreadable, path: path, field: "file", message: "is not a regular file; name a model file")
    }
    let size = Int(status.st_size)
    guard size > 0 else { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw failure(path, "cannot be mapped into memory") }
    return UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    close(descriptor)
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }

  /// Traps when `part` is not within ``bytes``.
  package func copy(_ part: UnsafeRawBufferPointer, into: UnsafeMutableRawPointer) -> Bool {
    guard let base = bytes.baseAddress, let start = part.baseAddress else { return part.isEmpty }
    let offset = start - base
    precondition(offset >= 0 && part.count <= bytes.count - offset, "bytes of another owner")
    var done = 0
    while done < part.count {
      let count = pread(descriptor, into + done, part.count - done, off_t(offset + done))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  /// Pages wholly inside `bytes` leave this process; reading them maps them again.
  package func release(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
    let first = (UInt(bitPattern: start) + page - 1) / page * page
    let end = (UInt(bitPattern: start) + UInt(bytes.count)) / page * page
    guard first < end else { return }
    madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_DONTNEED)
  }

  private static func failure(_ path: String, _ what: String) -> ModelFileError {
    let reason = String(cString: strerror(errno))
    return ModelFileError(
      .unreadable, path: path, field: "file",
      message: "\(what) (\(reason)); check the path and its permissions")
  }
}
