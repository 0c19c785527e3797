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
/// Each thread has a share of a loop's tasks and takes those first, then what others have left. A
/// share holds the loop's number in its high half and the tasks not yet taken in its low half. A
/// thread takes a task by lowering a share with compare-and-swap; having one, it may use `body` and
/// `tasks`, since `run` returns only when all tasks are completed. A late worker finds nothing to
/// take and touches nothing.
final class ParallelLoop: @unchecked Sendable {
  typealias Body = (_ task: Int, _ worker: Int) -> Void

  private let threads: Int
  private let pinned: Bool
  /// One a thread.
  private let shares: PaddedAtomics
  /// [0] the number of the last loop, which workers watch; [1] completed tasks.
  private let shared = PaddedAtomics(count: 2)
  /// One a thread: the address of what it will read soon, or 0.
  private let upcoming: PaddedAtomics
  private var ownFetching = Fetching()
  private let sleepers = Atomic<Int>(0)
  private let ownerSleeps = Atomic<Bool>(false)
  private let busy = Atomic<Bool>(false)
  private let held = Atomic<Bool>(false)
  private let stopping = Atomic<Bool>(false)
  private var number: UInt64 = 0
  private var tasks = 0
  private var body: UnsafePointer<Body>?
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private let finish: UnsafeMutablePointer<pthread_cond_t>

  /// Looks before sleeping, some 15 to 50 ns each: about the time between two steps of an engine.
  private static let idleLooks = 4_000
  /// The same while the pool is held: a step's longest part without a loop.
  private static let heldLooks = 50_000
  /// The same of the thread that runs the loop, whose workers may have lost their cores.
  private static let ownerLooks = 4_000

  init(threads: Int, pinned: Bool) {
    self.threads = threads
    self.pinned = pinned
    shares = PaddedAtomics(count: threads)
    upcoming = PaddedAtomics(count: threads)
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
      shared[1].pointee.store(0, ordering: .relaxed)
      number = (number + 1) & 0xFFFF_FFFF
      for worker in 0..<threads {
        let count = firstTask(of: worker + 1, tasks) - firstTask(of: worker, tasks)
        shares[worker].pointee.store(number << 32 | UInt64(count), ordering: .releasing)
      }
      announce()
      work(worker: 0)
      awaitCompletion(of: tasks)
      self.body = nil
    }
  }

  /// Tells a thread where the next loop with much to read begins for it: waiting, it fetches from
  /// there on.
  func setUpcoming(_ address: UnsafeRawPointer, of worker: Int) {
    upcoming[worker].pointee.store(UInt64(UInt(bitPattern: address)), ordering: .relaxed)
  }

  /// Until `release`, workers wait awake, for a bounded time. Wakes them.
  func hold() {
    held.store(true, ordering: .relaxed)
    number = (number + 1) & 0xFFFF_FFFF
    announce()
  }

  func release() { held.store(false, ordering: .relaxed) }

  func firstTask(of worker: Int, _ tasks: Int) -> Int {
    (tasks * worker + threads - 1) / threads
  }

  /// Tells the workers of a new number.
  private func announce() {
    shared[0].pointee.store(number, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { broadcast(wake) }
  }

  func stop() {
    stopping.store(true, ordering: .sequentiallyConsistent)
    broadcast(wake)
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
    if pinned { ThreadAffinity.pin(to: worker) }
    var seen: UInt64 = 0
    var fetching = Fetching()
    while let number = awaitNumber(after: seen, upcoming[worker], &fetching) {
      seen = number
      work(worker: worker)
    }
  }

  private func work(worker: Int) {
    for offset in 0..<threads {
      let other = worker + offset
      let share = other < threads ? other : other - threads
      if let task = take(from: share) { return work(worker, from: offset, task) }
    }
  }

  /// Having taken `first` of the share at `offset`, works until no task is left.
  private func work(_ worker: Int, from offset: Int, _ first: Int) {
    let tasks = self.tasks
    let done = perform(first, worker, from: offset)
    let completed = shared[1].pointee.add(done, ordering: .sequentiallyConsistent).newValue
    if completed == tasks, ownerSleeps.load(ordering: .sequentiallyConsistent) {
      broadcast(finish)
    }
  }

  /// Returns how many tasks were done. Not inlined: no reference to the body may outlive this call.
  @inline(never)
  private func perform(_ first: Int, _ worker: Int, from offset: Int) -> UInt64 {
    let body = body!.pointee
    body(first, worker)
    var done: UInt64 = 1
    for offset in offset..<threads {
      let other = worker + offset
      let share = other < threads ? other : other - threads
      while let task = take(from: share) {
        body(task, worker)
        done += 1
      }
    }
    return done
  }

  /// A task that the thread now must perform.
  private func take(from share: Int) -> Int? {
    var seen = shares[share].pointee.load(ordering: .acquiring)
    while seen & 0xFFFF_FFFF > 0 {
      let (taken, current) = shares[share].pointee.compareExchange(
        expected: seen, desired: seen - 1, ordering: .acquiringAndReleasing)
      if taken { return firstTask(of: share + 1, tasks) - Int(seen & 0xFFFF_FFFF) }
      seen = current
    }
    return nil
  }

  /// Waits for another number than `seen`; nil when the pool ends.
  private func awaitNumber(
    after seen: UInt64, _ upcoming: UnsafeMutablePointer<Atomic<UInt64>>,
    _ fetching: inout Fetching
  ) -> UInt64? {
    var looks = 0
    while looks < Self.idleLooks || (looks < Self.heldLooks && held.load(ordering: .relaxed)) {
      let number = shared[0].pointee.load(ordering: .acquiring)
      if number != seen { return number }
      if stopping.load(ordering: .relaxed) { return nil }
      fetching.fetch(upcoming)
      looks += 1
    }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    sleepers.add(1, ordering: .sequentiallyConsistent)
    defer { sleepers.subtract(1, ordering: .sequentiallyConsistent) }
    while true {
      if stopping.load(ordering: .sequentiallyConsistent) { return nil }
      let number = shared[0].pointee.load(ordering: .sequentiallyConsistent)
      if number != seen { return number }
      pthread_cond_wait(wake, lock)
    }
  }

  private func broadcast(_ condition: UnsafeMutablePointer<pthread_cond_t>) {
    pthread_mutex_lock(lock)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(lock)
  }

  /// The thread that holds the last task may have lost its core: after a while, leave it this one.
  private func awaitCompletion(of tasks: Int) {
    var fetching = ownFetching
    defer { ownFetching = fetching }
    for _ in 0..<Self.ownerLooks {
      if shared[1].pointee.load(ordering: .acquiring) == tasks { return }
      fetching.fetch(upcoming[0])
    }
    pthread_mutex_lock(lock)
    ownerSleeps.store(true, ordering: .sequentiallyConsistent)
    while shared[1].pointee.load(ordering: .sequentiallyConsistent) < tasks {
      pthread_cond_wait(finish, lock)
    }
    ownerSleeps.store(false, ordering: .relaxed)
    pthread_mutex_unlock(lock)
  }
}

/// How far a thread has fetched what it will read soon.
private struct Fetching {
  private var address: UInt64 = 0
  private var done = 0

  /// What fits the second-level cache beside other things.
  private static let most = 64 << 10

  /// Fetches a little, or pauses.
  mutating func fetch(_ upcoming: UnsafeMutablePointer<Atomic<UInt64>>) {
    let target = upcoming.pointee.load(ordering: .relaxed)
    if target != address {
      address = target
      done = 0
    }
    guard target != 0, done < Self.most, let start = UnsafeRawPointer(bitPattern: UInt(target))
    else { return ck_pause() }
    ck_fetch(start + done)
    done += Int(CK_FETCH_BYTES)
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
