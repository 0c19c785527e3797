import Foundation
import Synchronization
import Testing

@testable import Inference

struct EmbeddingQueueTests {
  @Test func `requests take turns, and a step stays in its budget`() {
    var queue = EmbeddingQueue()
    queue.add(1, lengths: [10, 10, 10, 10])
    queue.add(2, lengths: [5])
    queue.add(3, lengths: [30, 2])
    let steps = steps(&queue, budget: 32)
    #expect(steps[0].map(\.request) == [1, 2, 1])
    // The input that did not fit comes first, and a small one fills the rest.
    #expect(steps[1].map(\.tokens) == [30, 2])
    #expect(steps.joined().filter { $0.request == 1 }.map(\.input) == [0, 1, 2, 3])
    #expect(steps.joined().count == 7 && queue.isEmpty)
  }

  @Test func `an input over the budget goes alone`() {
    var queue = EmbeddingQueue()
    queue.add(1, lengths: [100, 1])
    queue.add(2, lengths: [3])
    #expect(queue.take(budget: 8).map(\.tokens) == [100])
    #expect(Set(queue.take(budget: 8).map(\.tokens)) == [1, 3])
  }

  @Test(arguments: 0..<20)
  func `every input is computed once, whatever comes and goes`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    var queue = EmbeddingQueue()
    var waiting: Set<[Int]> = []
    var id: UInt64 = 0
    for _ in 0..<400 {
      switch Int.random(in: 0..<5, using: &random) {
      case 0, 1:
        id += 1
        let lengths = (0...Int.random(in: 0..<6, using: &random)).map { _ in
          Int.random(in: 1...40, using: &random)
        }
        queue.add(id, lengths: lengths)
        for input in lengths.indices { waiting.insert([Int(id), input]) }
      case 2 where id > 0:
        let gone = UInt64.random(in: 1...id, using: &random)
        queue.remove(gone)
        waiting = waiting.filter { $0[0] != Int(gone) }
      default:
        let entries = queue.take(budget: 50)
        #expect(entries.count == 1 || entries.reduce(0) { $0 + $1.tokens } <= 50)
        #expect(entries.isEmpty == waiting.isEmpty)
        for entry in entries {
          #expect(waiting.remove([Int(entry.request), entry.input]) != nil)
        }
      }
    }
    for entry in steps(&queue, budget: 50).joined() {
      #expect(waiting.remove([Int(entry.request), entry.input]) != nil)
    }
    #expect(waiting.isEmpty)
  }

  private func steps(_ queue: inout EmbeddingQueue, budget: Int) -> [[EmbeddingQueue.Entry]] {
    var steps: [[EmbeddingQueue.Entry]] = []
    while !queue.isEmpty { steps.append(queue.take(budget: budget)) }
    return steps
  }
}

/// Vectors that tell which sequence they are of; time moves as it is told to.
private final class ToyEncoder: EmbeddingStepModel {
  let maximumTokens = 1 << 16
  let perToken = 100
  let perPair = 1
  let clock: ToyClock?
  let gate: DispatchSemaphore?
  let entered = DispatchSemaphore(value: 0)
  let value: Float

  init(clock: ToyClock? = nil, gate: DispatchSemaphore? = nil, value: Float = 1) {
    self.clock = clock
    self.gate = gate
    self.value = value
  }

  func vectors(of sequences: [[Int32]]) -> [[Float]] {
    entered.signal()
    gate?.wait()
    clock?.advance(Int64(sequences.reduce(0) { $0 + $1.count } * 1_009))
    return sequences.map { [Float($0.count), $0.reduce(0) { $0 + Float($1) }, value] }
  }
}

@Suite(.timeLimit(.minutes(20)))
struct EmbeddingEngineTests {
  private func engine(
    _ step: ToyEncoder, time: MachineTime = MachineTime(), requests: Int = 64, budget: Int = 20
  ) throws -> EmbeddingEngine {
    EmbeddingEngine(
      model: try EmbeddingFixture().model, step: step,
      options: EmbeddingOptions(threads: 1, tokenBudget: budget, maximumRequests: requests),
      time: time)
  }

  @Test func `two engines on one machine share its time without counting any twice`() async throws {
    let time = MachineTime()
    let embedding = try engine(ToyEncoder(), time: time)
    let decoding = Engine(
      step: ToyModel(), texts: ToyTexts(ends: false), options: .toy(),
      clock: SystemMonotonicClock(),
      time: time, seeds: { 42 })
    let start = time.drain().to
    let handedOut = try await withThrowingTaskGroup(of: Int64.self) { group in
      for index in 0..<40 {
        group.addTask {
          try await embedding.embed(
            (0...index % 5).map { .text(String(repeating: "a ", count: 1 + $0)) }, id: "e\(index)"
          ).computeNanoseconds
        }
        let generation = try decoding.submit(
          GenerationRequest(id: "g\(index)", prompt: [5, 6], maxTokens: 5, sampling: .greedy))
        group.addTask { await generation.finished().computeNanoseconds }
      }
      return try await group.reduce(0, +)
    }
    embedding.shutdown()
    decoding.shutdown()
    let report = time.drain()
    #expect(report.from == start && report.shares.isEmpty)
    #expect(report.finishedNanoseconds == handedOut && handedOut > 0)
    #expect(report.finishedNanoseconds + report.idleNanoseconds == report.to - report.from)
  }

  @Test func `a step waits while another engine has the machine`() async throws {
    let time = MachineTime()
    let gate = DispatchSemaphore(value: 0)
    let (first, second) = (ToyEncoder(gate: gate), ToyEncoder())
    let (one, other) = (try engine(first, time: time), try engine(second, time: time))
    async let slow = one.embed([.text("a")], id: "slow")
    await wait(first.entered)
    async let quick = other.embed([.text("a")], id: "quick")
    // The second engine asks for its turn, and does not get it.
    while time.waiting == 0 { await Task.yield() }
    #expect(second.entered.wait(timeout: .now()) == .timedOut)
    gate.signal()
    let (slowResult, quickResult) = (try await slow, try await quick)
    #expect(slowResult.vectors == quickResult.vectors)
    one.shutdown()
    other.shutdown()
  }

  @Test func `a request's time is its share by work, and drains hand out the rest`() async throws {
    let clock = ToyClock()
    let time = MachineTime(clock: clock)
    let gate = DispatchSemaphore(value: 0)
    let step = ToyEncoder(clock: clock, gate: gate)
    let engine = try engine(step, time: time, budget: 3)
    _ = time.drain()
    async let result = engine.embed([.text("a"), .text("a")], id: "r")
    await wait(step.entered)
    gate.signal()
    await wait(step.entered)
    // The first of two steps is over, the second holds.
    let middle = engine.drainClock()
    #expect(middle.shares == [.init(request: "r", nanoseconds: 3 * 1_009)])
    gate.signal()
    let end = try await result
    #expect(end.computeNanoseconds == 3 * 1_009 && end.totalComputeNanoseconds == 6 * 1_009)
    #expect(end.promptTokens == [3, 3])
    engine.shutdown()
  }

  @Test func `a cancelled task ends its request at the next step and tells what it used`()
    async throws
  {
    let clock = ToyClock()
    let gate = DispatchSemaphore(value: 0)
    let step = ToyEncoder(clock: clock, gate: gate)
    let engine = try engine(step, time: MachineTime(clock: clock), budget: 3)
    let task = Task { try await engine.embed((0..<9).map { _ in .text("a") }, id: "r") }
    await wait(step.entered)
    task.cancel()
    for _ in 0..<9 { gate.signal() }
    let error = await #expect(throws: EmbeddingInterruption.self) { _ = try await task.value }
    #expect(error?.reason == .cancelled)
    let used = try #require(error)
    #expect(used.promptTokens % 3 == 0 && used.promptTokens < 27)
    #expect(used.totalComputeNanoseconds == Int64(used.promptTokens) * 1_009)
    #expect(engine.load.running == 0 && engine.load.finished == 1)
    engine.shutdown()
  }

  @Test func `a full queue refuses with a time to try again`() async throws {
    let gate = DispatchSemaphore(value: 0)
    let step = ToyEncoder(gate: gate)
    let engine = try engine(step, requests: 1)
    async let first = engine.embed([.text("a")], id: "r")
    await wait(step.entered)
    let error = await #expect(throws: EngineRefusal.self) {
      _ = try await engine.embed([.text("b")], id: "s")
    }
    #expect(error?.code == .queueFull && (error?.retryAfterSeconds ?? 0) >= 1)
    gate.signal()
    #expect(try await first.vectors.count == 1)
    engine.shutdown()
  }

  @Test(arguments: [false, true])
  func `shutting down ends every request and refuses new ones`(finishing: Bool) async throws {
    let gate = DispatchSemaphore(value: 0)
    let step = ToyEncoder(gate: gate)
    let engine = try engine(step, budget: 3)
    let task = Task { try await engine.embed([.text("a"), .text("b"), .text("c")], id: "r") }
    await wait(step.entered)
    for _ in 0..<3 { gate.signal() }
    engine.shutdown(finishing: finishing)
    switch await task.result {
    case .success(let result): #expect(result.vectors.count == 3)
    case .failure(let error):
      #expect(!finishing && (error as? EmbeddingInterruption)?.reason == .cancelled)
    }
    await #expect(throws: EngineRefusal.shuttingDown) {
      _ = try await engine.embed([.text("a")], id: "r")
    }
    engine.shutdown()
  }

  @Test func `a model whose output is no number fails the request`() async throws {
    let engine = try engine(ToyEncoder(value: .nan))
    let error = await #expect(throws: EmbeddingInterruption.self) {
      _ = try await engine.embed([.text("a"), .text("b")], id: "r")
    }
    guard case .failed(let message) = error?.reason else { throw try #require(error) }
    #expect(message.contains("not a number"))
    engine.shutdown()
  }

  @Test func `a request without inputs, or with too many, is refused`() async throws {
    let model = try EmbeddingFixture().model
    let engine = EmbeddingEngine(
      model: model,
      options: EmbeddingOptions(threads: 1, maximumInputs: 3, maximumRequestTokens: 8))
    for inputs in [[], [EmbeddingInput](repeating: .text("a"), count: 4)] {
      let error = await #expect(throws: EngineRefusal.self) {
        _ = try await engine.embed(inputs, id: "r")
      }
      #expect(error?.code == .invalidRequest && error?.field == "input")
    }
    let error = await #expect(throws: EngineRefusal.self) {
      _ = try await engine.embed([.text("a a a"), .text("a a a")], id: "r")
    }
    #expect(error?.message.contains("10 tokens in all, but at most 8") == true)
    engine.shutdown()
  }

  /// Waits for a signal without holding up the tasks that will give it.
  private func wait(_ signal: DispatchSemaphore) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        signal.wait()
        continuation.resume()
      }
    }
  }
}
