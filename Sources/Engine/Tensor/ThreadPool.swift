#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A fixed set of threads for data-parallel loops.
///
/// `run` hands out task numbers one by one, so a slow core takes fewer, and it never waits for a
/// worker that has not taken a task. Workers spin for some microseconds after a loop, since the next
/// usually follows at once, then sleep. One loop at a time: `run` from two threads at once, or from
/// inside `run`, traps.
package final class ThreadPool: @unchecked Sendable {
  package let threads: Int
  /// Working memory of the loop that runs.
  let scratch = Scratch()
  /// Working memory of the product that runs: its activations.
  let inputScratch = Scratch()
  private let loop = ParallelLoop()
  private var workers: [pthread_t] = []

  /// `threads` counts the calling thread; 1 runs everything on it. At most 1,024.
  package init(threads: Int) {
    precondition((1...1024).contains(threads), "a pool has 1 to 1024 threads, not \(threads)")
    self.threads = threads
    for index in 1..<max(threads, 1) { workers.append(loop.startWorker(index)) }
  }

  deinit {
    loop.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Runs body(0..<tasks), on this thread too; returns when all are done.
  package func run(_ tasks: Int, _ body: (Int) -> Void) {
    runOnWorkers(tasks) { task, _ in body(task) }
  }

  /// As `run`; the second argument is the running thread's number in 0..<threads.
  func runOnWorkers(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard tasks > 0 else { return }
    loop.claim()
    defer { loop.unclaim() }
    if tasks == 1 || threads == 1 {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { loop.run(tasks, $0) }
  }
}
