import Billing
import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Puts the WAL on disk, then lets the callers that waited for it go on. One flush serves all commits
/// that gathered while the last one ran.
final class WALFlusher: Sendable {
  private struct Waiting {
    var jobs: [Job] = []
    var isIdle = false
    var isStopping = false
  }

  private let path: String
  private let waiting = Mutex(Waiting())
  private let wake = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  init(path: String) { self.path = path }

  func start() {
    let thread = Thread { [self] in run() }
    thread.name = "books flusher"
    thread.start()
  }

  func stop() {
    waiting.withLock { $0.isStopping = true }
    wake.signal()
    done.wait()
  }

  func flush(then jobs: [Job]) {
    let isIdle = waiting.withLock { waiting in
      waiting.jobs.append(contentsOf: jobs)
      defer { waiting.isIdle = false }
      return waiting.isIdle
    }
    if isIdle { wake.signal() }
  }

  private func run() {
    var descriptor: Int32 = -1
    // After a failed sync the kernel may have dropped what it could not write: no later success can be
    // trusted, so every durable operation is refused until the books are opened anew.
    var failure: BillingError?
    while let jobs = next() {
      if failure == nil { failure = sync(&descriptor) }
      for job in jobs {
        if let failure { job.fail(failure) }
        job.resume()
      }
    }
    if descriptor >= 0 { close(descriptor) }
    done.signal()
  }

  private func next() -> [Job]? {
    while true {
      let jobs = waiting.withLock { waiting -> [Job]? in
        if waiting.jobs.isEmpty {
          waiting.isIdle = !waiting.isStopping
          return waiting.isStopping ? nil : []
        }
        defer { waiting.jobs = [] }
        return waiting.jobs
      }
      guard let jobs else { return nil }
      if !jobs.isEmpty { return jobs }
      wake.wait()
    }
  }

  private func sync(_ descriptor: inout Int32) -> BillingError? {
    if descriptor < 0 { descriptor = open(path, O_RDWR | O_CLOEXEC) }
    guard descriptor >= 0, syncData(descriptor) == 0 else {
      return BillingError(
        .storageUnavailable,
        "the disk did not confirm the books (\(String(cString: strerror(errno)))); check it, then start again"
      )
    }
    return nil
  }

  private func syncData(_ descriptor: Int32) -> Int32 {
    while true {
      #if canImport(Darwin)
        let code = fcntl(descriptor, F_FULLFSYNC)
      #else
        let code = fdatasync(descriptor)
      #endif
      if code == 0 || errno != EINTR { return code }
    }
  }
}
