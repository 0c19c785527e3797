import Billing
import Gateway
import Inference
import Ledger
import Logging
import Store
import Synchronization
import TestSupport
import Testing
import Tokenizers

/// A model whose clock hands out what the test put there.
private final class ClockModel: LocalModel {
  let name = "small"
  let fingerprint = "fp"
  let contextLength = 1
  let vocabularySize = 1
  let toolCallFormat = ToolCallFormat.generic
  private let shares = Mutex<[ClockReport.Share]>([])

  func put(_ request: String, _ nanoseconds: Int64) {
    shares.withLock { $0.append(ClockReport.Share(request: request, nanoseconds: nanoseconds)) }
  }

  func chatPrompt(messages: [ChatMessage], tools: [TemplateValue]) throws -> [Int32] { [] }
  func textPrompt(_ text: String) -> [Int32] { [] }
  func text(of tokens: [Int32]) -> String { "" }
  func submit(_ request: GenerationRequest) throws(EngineRefusal) -> Generation {
    throw .shuttingDown
  }
  func load() -> EngineLoad { EngineLoad() }

  func drainClock() async -> ClockReport? {
    let taken = shares.withLock { shares in
      defer { shares = [] }
      return shares
    }
    return ClockReport(from: 0, to: 0, shares: taken, finishedNanoseconds: 0, idleNanoseconds: 0)
  }
}

@Suite struct MachineClockTests {
  @Test func `choices of one request are booked to it, and the rest of the interval is idle`()
    async throws
  {
    let time = HandClock()
    let books = try TestBooks(time)
    let model = ClockModel()
    let clock = MachineClockService(
      configuration: GatewayConfiguration(), store: books, rate: Sample.rate("3600"),
      locals: [model], time: time, logger: Logger(label: "test"))
    try await clock.open()
    try await books.createCustomer(Sample.customer())
    try await books.createKey(Sample.key(), credit: Sample.money("5"))
    try await books.setPrice(Sample.price())
    guard case .admitted(let admission) = try await books.admit(Sample.request("r1")) else {
      Issue.record("not admitted")
      return
    }
    time.advance(seconds: 10)
    model.put("r1", 1_000_000_000)
    model.put("r1#1", 2_000_000_000)
    await clock.close()
    _ = try await books.settle(
      Sample.settlement(
        admission, compute: ComputeShare(machine: "local", nanoseconds: 500_000_000)))
    time.advance(seconds: 1)
    await clock.close()
    let event = try #require(try await books.books.usageEvent("r1"))
    #expect(event.computeNanoseconds == 3_500_000_000)
    let totals = try await books.books.totals(
      from: Sample.start, to: Sample.start.advanced(bySeconds: 60), by: .none)
    #expect(totals.first { $0.account == .computeUsed }?.amount == Sample.money("3.5"))
    #expect(totals.first { $0.account == .idleCapacity }?.amount == Sample.money("7.5"))
    #expect(try await books.books.verify().findings.isEmpty)
  }
}
