import Synchronization
import Transformer

@testable import Inference

/// Time that only moves when told to.
final class ToyClock: MonotonicClock {
  private let now = Mutex<Int64>(1_000)
  func nanoseconds() -> Int64 { now.withLock { $0 } }
  func advance(_ nanoseconds: Int64) { now.withLock { $0 += nanoseconds } }
}

/// A model whose logits are a hash of the whole sequence (or of its last `memory` tokens, which makes
/// answers repeat themselves), read back through the pages it was told to use: a wrong page, a lost
/// token or a stale cache changes the answer.
final class ToyModel: StepModel {
  enum Fault: Error { case broken }

  let vocabulary: Int
  let contextLength: Int
  let pageLength: Int
  let pages: Int
  let maximumTokens: Int
  let work: WorkEstimate
  private let clock: ToyClock?
  private let fault: (@Sendable (_ step: Int) -> Bool)?
  private let notANumber: Bool
  private let memory: Int
  private let nanosecondsPerToken: Int64
  private let nanosecondsPerStep: Int64
  private var store: [Int32]
  private var steps = 0
  /// Called at the start of each step.
  var onStep: ((Batch) -> Void)?

  init(
    vocabulary: Int = 40, contextLength: Int = 128, pageLength: Int = 4, pages: Int = 64,
    maximumTokens: Int = 64, clock: ToyClock? = nil, notANumber: Bool = false,
    memory: Int = .max, workPerPosition: Int = 3, nanosecondsPerToken: Int64 = 1_003,
    nanosecondsPerStep: Int64 = 0,
    fault: (@Sendable (Int) -> Bool)? = nil
  ) {
    self.vocabulary = vocabulary
    self.contextLength = contextLength
    self.pageLength = pageLength
    self.pages = pages
    self.maximumTokens = maximumTokens
    self.clock = clock
    self.notANumber = notANumber
    self.memory = memory
    work = WorkEstimate(perToken: 1000, perPosition: workPerPosition, perLogitRow: 500)
    self.nanosecondsPerToken = nanosecondsPerToken
    self.nanosecondsPerStep = nanosecondsPerStep
    self.fault = fault
    store = Array(repeating: -1, count: pages * pageLength)
  }

  func step(_ batch: Batch, logits: UnsafeMutableBufferPointer<Float>) throws {
    onStep?(batch)
    steps += 1
    precondition(!batch.tokens.isEmpty && batch.tokens.count <= maximumTokens)
    clock?.advance(
      nanosecondsPerStep + Int64(batch.tokens.count) * nanosecondsPerToken + Int64(steps % 7))
    if fault?(steps) == true { throw Fault.broken }
    for row in batch.tokens.indices {
      store[slot(batch.pageTables[batch.sequences[row]], Int(batch.positions[row]))] =
        batch.tokens[row]
    }
    for (index, row) in batch.logitRows.enumerated() {
      let table = batch.pageTables[batch.sequences[row]]
      var hash: UInt64 = 0
      let last = Int(batch.positions[row])
      for position in max(0, last - min(last, memory - 1))...last {
        hash = CounterGenerator(seed: hash).bits(at: UInt64(store[slot(table, position)]))
      }
      for token in 0..<vocabulary {
        logits[index * vocabulary + token] =
          notANumber ? .nan : 6 * Float(CounterGenerator(seed: hash).uniform(at: token))
      }
    }
  }

  func copyPage(from source: Int32, to target: Int32, positions: Int) {
    // No more than was asked for: a longer copy must not hide a wrong count.
    for position in 0..<positions {
      store[Int(target) * pageLength + position] = store[Int(source) * pageLength + position]
    }
  }

  private func slot(_ table: [Int32], _ position: Int) -> Int {
    Int(table[position / pageLength]) * pageLength + position % pageLength
  }
}

/// Token 0 ends an answer; the others are letters, and some are parts of characters.
struct ToyTexts: TokenTexts {
  static let snowman = Array("☃".utf8)
  let endOfGeneration: Set<Int32>

  init(ends: Bool = true) { endOfGeneration = ends ? [0] : [] }

  func outputBytes(of token: Int32) -> [UInt8] {
    switch token {
    case 0: []
    case 1...3: [Self.snowman[Int(token) - 1]]
    default: Array("<\(token)>".utf8)
    }
  }
}

extension EngineOptions {
  static func toy(
    sequences: Int = 4, budget: Int = 16, queue: Int = 100, cache: Bool = true,
    speculation: SpeculationOptions = .off, stepMilliseconds: Double = 50
  )
    -> EngineOptions
  {
    EngineOptions(
      threads: 1, maximumSequences: sequences, tokenBudget: budget,
      maximumStepMilliseconds: stepMilliseconds, maximumQueue: queue, prefixCache: cache,
      speculation: speculation)
  }
}

/// What a generation told, all of it.
struct Answer: Equatable {
  var text = ""
  var tokens: [TokenLogprob] = []
  var pieces: [String] = []
  var finished: Finished?

  init(_ generation: Generation) async {
    for await event in generation.events {
      switch event {
      case .piece(let piece, let logprobs):
        text += piece
        pieces.append(piece)
        tokens += logprobs ?? []
      case .finished(let end): finished = end
      }
    }
  }
}
