import CKernels
import Foundation
import Synchronization
import Testing

@testable import Tensor

@Suite("Thread pool")
struct ThreadPoolTests {
  @Test("Every task runs exactly once and its writes are seen", arguments: [1, 2, 3, 8])
  func everyTaskOnce(threads: Int) {
    let pool = ThreadPool(threads: threads)
    for tasks in [0, 1, 2, 7, 64, 1000] {
      let buffer = FloatBuffer(count: tasks)
      nonisolated(unsafe) let pointer = buffer.pointer
      pool.run(tasks) { pointer[$0] += Float($0 + 1) }
      #expect((0..<tasks).allSatisfy { pointer[$0] == Float($0 + 1) })
    }
  }

  @Test("Thousands of loops in a row neither lose nor repeat a task")
  func manyLoops() {
    let pool = ThreadPool(threads: 4)
    let sum = Atomic<Int>(0)
    var expected = 0
    for loop in 0..<3000 {
      let tasks = loop % 9
      expected += tasks * (tasks + 1) / 2
      pool.run(tasks) { sum.add($0 + 1, ordering: .relaxed) }
    }
    #expect(sum.load(ordering: .relaxed) == expected)
  }

  @Test("Workers have numbers under the number of threads")
  func workerNumbers() {
    let pool = ThreadPool(threads: 3)
    let bad = Atomic<Int>(0)
    pool.runOnWorkers(500) { _, worker in
      if !(0..<3).contains(worker) { bad.add(1, ordering: .relaxed) }
    }
    #expect(bad.load(ordering: .relaxed) == 0)
  }

  @Test("Pools come and go, and several work at once")
  func manyPools() async {
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let sum = Atomic<Int>(0)
          ThreadPool(threads: 2).run(100) { sum.add($0, ordering: .relaxed) }
          return sum.load(ordering: .relaxed)
        }
      }
      for await sum in group { #expect(sum == 4950) }
    }
  }

  @Test("A thread that is held up leaves its share to the others", arguments: [2, 3])
  func stealing(threads: Int) {
    let pool = ThreadPool(threads: threads)
    for _ in 0..<50 {
      let others = Atomic<Int>(0)
      // The first task of this thread's share waits for all others, its own share's too.
      pool.run(12) { task in
        if task == 0 {
          while others.load(ordering: .acquiring) < 11 {}
        } else {
          others.add(1, ordering: .releasing)
        }
      }
      #expect(others.load(ordering: .relaxed) == 11)
    }
  }

  @Test("A held pool runs loops; holding and releasing may come in any order")
  func holding() {
    let pool = ThreadPool(threads: 3)
    let sum = Atomic<Int>(0)
    pool.release()
    for _ in 0..<200 {
      pool.hold()
      pool.hold()
      for _ in 0..<3 { pool.run(7) { sum.add($0, ordering: .relaxed) } }
      pool.release()
    }
    #expect(sum.load(ordering: .relaxed) == 200 * 3 * 21)
  }

  @Test("An idle pool uses no processor, not even one that was never released")
  func idle() async {
    await #expect(processExitsWith: .success) {
      let pool = ThreadPool(threads: 4)
      pool.hold()
      pool.run(8) { _ in }
      usleep(100_000)
      let before = clock()
      usleep(200_000)
      precondition(clock() - before < CLOCKS_PER_SEC / 100)
      withExtendedLifetime(pool) {}
    }
  }

  @Test("Pinned threads compute as others do")
  func pinned() async {
    // The thread that holds a pinned pool stays where it is: not one of the tests' own.
    await #expect(processExitsWith: .success) {
      let pool = ThreadPool(threads: 3, pinned: true)
      let sum = Atomic<Int>(0)
      for _ in 0..<100 {
        pool.hold()
        pool.run(10) { sum.add($0, ordering: .relaxed) }
        pool.release()
      }
      precondition(sum.load(ordering: .relaxed) == 4500)
      #if os(Linux)
        var processors = [Int32](repeating: 0, count: 4)
        precondition(ck_list_processors(&processors, 4) == 1)
      #endif
    }
  }

  @Test("A loop inside a loop traps")
  func notReentrant() async {
    await #expect(processExitsWith: .failure) {
      let pool = ThreadPool(threads: 2)
      pool.run(2) { _ in pool.run(2) { _ in } }
    }
  }

  @Test("Slices cover every row of every matrix once", arguments: [1, 2, 3, 16])
  func slices(threads: Int) {
    for rows in [[1], [0, 5, 0], [576, 192, 192], [1536, 1536], [49152], [16, 17, 15, 0], []] {
      let slices = RowSlices(rows: rows, threads: threads)
      var next = rows.map { _ in 0 }
      for task in 0..<slices.count {
        let (index, range) = slices[task]
        #expect(range.lowerBound == next[index] && !range.isEmpty)
        next[index] = range.upperBound
      }
      #expect(next == rows)
    }
  }

  @Test("A buffer is zeroed and aligned to 64 bytes", arguments: [0, 1, 15, 1000])
  func buffers(count: Int) {
    let buffer = FloatBuffer(count: count)
    #expect(UInt(bitPattern: buffer.pointer) % 64 == 0)
    #expect((0..<count).allSatisfy { buffer.pointer[$0] == 0 })
  }
}
