#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A fixed set of threads for data-parallel loops.
///
/// Each thread has a share of a loop's tasks; one that is done takes what others have left, so a slow
/// core does less, and `run` never waits for a worker that has not taken a task. Workers spin for
/// some tens of microseconds after a loop, longer while the pool is held, then sleep: an idle pool
/// uses no processor. One loop at a time: `run` from two threads at once, or from inside `run`, traps.
package final class ThreadPool: @unchecked Sendable {
  package let threads: Int
  /// Working memory of the loop that runs.
  let scratch = Scratch()
  private let loop: ParallelLoop
  private let pinned: Bool
  private var owner: pthread_t?
  /// Working memory of the product that runs: its activations.
  let inputScratch = Scratch()
  private var workers: [pthread_t] = []

  /// - Parameters:
  ///   - threads: counts the thread that runs the loops; 1 runs everything on it. At most 1,024.
  ///   - pinned: ties each thread to a processor of its own, where the system lets it, and the
  ///     thread that holds the pool to the first one.
  package init(threads: Int, pinned: Bool = false) {
    precondition((1...1024).contains(threads), "a pool has 1 to 1024 threads, not \(threads)")
    self.threads = threads
    self.pinned = pinned && !ThreadAffinity.processors.isEmpty
    loop = ParallelLoop(threads: threads, pinned: pinned)
    for index in 1..<max(threads, 1) { workers.append(loop.startWorker(index)) }
  }

  deinit {
    loop.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Tells the threads of the next product: where waiting, each fetches what it will read first.
  package func prepareProduct(of matrices: [WeightMatrix]) {
    guard threads > 1 else { return }
    let slices = RowSlices(rows: matrices.map(\.rows), threads: threads)
    for worker in 0..<threads {
      let task = loop.firstTask(of: worker, slices.count)
      guard task < slices.count else { return }
      let (matrix, rows) = slices[task]
      loop.setUpcoming(matrices[matrix].address(ofRow: rows.lowerBound), of: worker)
    }
  }

  /// Runs body(0..<tasks), on this thread too; returns when all are done.
  package func run(_ tasks: Int, _ body: (Int) -> Void) {
    runOnWorkers(tasks) { task, _ in body(task) }
  }

  /// Wakes the workers and keeps them awake between loops, for a bounded time, until `release`: for
  /// the length of a step of many short loops.
  package func hold() {
    if pinned { pinOwner() }
    if threads > 1 { loop.hold() }
  }

  package func release() { loop.release() }

  private func pinOwner() {
    let caller = pthread_self()
    if let owner, pthread_equal(owner, caller) != 0 { return }
    ThreadAffinity.pin(to: 0)
    owner = caller
  }

  /// As `run`; the second argument is the running thread's number in 0..<threads.
  package func runOnWorkers(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
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
