internal import CKernels
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What the threads of a pool share.
///
/// `ticket` holds the loop's number in its high half and the tasks not yet taken in its low half. A
/// thread takes a task by lowering it with compare-and-swap; having one, it may use `body` and
/// `tasks`, since `run` returns only when all tasks are completed. A late worker finds nothing to
/// take and touches nothing.
final class ParallelLoop: @unchecked Sendable {
  typealias Body = (_ task: Int, _ worker: Int) -> Void

  private let ticket = Atomic<UInt64>(0)
  private let completed = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let ownerSleeps = Atomic<Bool>(false)
  private let busy = Atomic<Bool>(false)
  private let stopping = Atomic<Bool>(false)
  private var tasks = 0
  private var body: UnsafePointer<Body>?
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private let finish: UnsafeMutablePointer<pthread_cond_t>

  /// Looks before sleeping: tens of microseconds.
  private static let spinLimit = 2_000

  init() {
    lock = .allocate(capacity: 1)
    lock.initialize(to: pthread_mutex_t())
    wake = .allocate(capacity: 1)
    wake.initialize(to: pthread_cond_t())
    finish = .allocate(capacity: 1)
    finish.initialize(to: pthread_cond_t())
    let results = [
      pthread_mutex_init(lock, nil), pthread_cond_init(wake, nil), pthread_cond_init(finish, nil),
    ]
    precondition(results == [0, 0, 0], "cannot make a lock: errors \(results)")
  }

  deinit {
    for condition in [wake, finish] {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  func claim() {
    let taken = busy.exchange(true, ordering: .acquiring)
    precondition(!taken, "a thread pool runs one loop at a time")
  }

  func unclaim() { busy.store(false, ordering: .releasing) }

  func run(_ tasks: Int, _ body: @escaping Body) {
    precondition(tasks <= Int(UInt32.max), "too many tasks: \(tasks)")
    withUnsafePointer(to: body) { body in
      self.tasks = tasks
      self.body = body
      completed.store(0, ordering: .relaxed)
      let number = (ticket.load(ordering: .relaxed) >> 32) &+ 1
      ticket.store(number << 32 | UInt64(tasks), ordering: .sequentiallyConsistent)
      wakeSleepers()
      work(worker: 0)
      awaitCompletion(of: tasks)
      self.body = nil
    }
  }

  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    wakeSleepers()
  }

  func startWorker(_ index: Int) -> pthread_t {
    let start = Unmanaged.passRetained(WorkerStart(loop: self, index: index)).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
      let result = pthread_create(&thread, nil, { runWorker($0) }, start)
      precondition(result == 0, "cannot start a thread: error \(result)")
      return thread!
    #else
      var thread = pthread_t()
      let result = pthread_create(&thread, nil, { runWorker($0!) }, start)
      precondition(result == 0, "cannot start a thread: error \(result)")
      return thread
    #endif
  }

  fileprivate func serve(worker: Int) {
    while awaitTasks() { work(worker: worker) }
  }

  private func work(worker: Int) {
    while let (task, tasks) = take() {
      perform(task, worker)
      let done = completed.add(1, ordering: .sequentiallyConsistent).newValue
      if done == tasks, ownerSleeps.load(ordering: .sequentiallyConsistent) { broadcast(finish) }
    }
  }

  // Not inlined: no reference to the body may outlive this call.
  @inline(never)
  private func perform(_ task: Int, _ worker: Int) { body!.pointee(task, worker) }

  /// A task and the number of all, which is the loop's only while it is not completed.
  private func take() -> (task: Int, tasks: Int)? {
    var seen = ticket.load(ordering: .acquiring)
    while seen & 0xFFFF_FFFF > 0 {
      let (taken, current) = ticket.compareExchange(
        expected: seen, desired: seen - 1, ordering: .acquiringAndReleasing)
      if taken { return (tasks - Int(seen & 0xFFFF_FFFF), tasks) }
      seen = current
    }
    return nil
  }

  /// Waits until there may be a task to take; false when the pool ends.
  private func awaitTasks() -> Bool {
    for _ in 0..<Self.spinLimit {
      if stopping.load(ordering: .relaxed) { return false }
      if ticket.load(ordering: .relaxed) & 0xFFFF_FFFF > 0 { return true }
      ck_pause()
    }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      if stopping.load(ordering: .sequentiallyConsistent) { return false }
      if ticket.load(ordering: .sequentiallyConsistent) & 0xFFFF_FFFF > 0 { return true }
      pthread_cond_wait(wake, lock)
    }
  }

  private func wakeSleepers() {
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { broadcast(wake) }
  }

  private func broadcast(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
    pthread_mutex_lock(lock)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(lock)
  }

  /// The thread that holds the last task may have lost its core: after a while, leave it this one.
  private func awaitCompletion(of tasks: Int) {
    for _ in 0..<Self.spinLimit {
      if completed.load(ordering: .acquiring) == tasks { return }
      ck_pause()
    }
    pthread_mutex_lock(lock)
    ownerSleeps.store(true, ordering: .sequentiallyConsistent)
    while completed.load(ordering: .sequentiallyConsistent) < tasks {
      pthread_cond_wait(finish, lock)
    }
    ownerSleeps.store(false, ordering: .relaxed)
    pthread_mutex_unlock(lock)
  }
}

private final class WorkerStart {
  let loop: ParallelLoop
  let index: Int

  init(loop: ParallelLoop, index: Int) {
    self.loop = loop
    self.index = index
  }
}

private func runWorker(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
  let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
  start.loop.serve(worker: start.index)
  return nil
}
