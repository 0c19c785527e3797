import Foundation
import Gateway
import Inference
import Synchronization
import Tokenizers

/// A model whose answers are known: `w0 w1 w2 w3 w4 ` and the end, one token a word, for every
/// prompt. A prompt's tokens are its bytes. Certain words of the prompt change what happens:
/// `forever` never ends, `break` fails after two tokens, `full` is refused by the queue, `late` waits past any
/// deadline, and what
/// stands between `say(` and `)say` is said back, three characters a token.
final class ToyModel: LocalModel {
  static let words = 5
  static let nanosecondsPerToken: Int64 = 1000

  let name: String
  let fingerprint = "fp_toy"
  let contextLength: Int
  let vocabularySize = 256
  let toolCallFormat: ToolCallFormat
  /// How many generations have been cancelled.
  let cancelled = Atomic(0)
  let started = Atomic(0)
  private let requests = Mutex<GenerationRequest?>(nil)
  var lastRequest: GenerationRequest? { requests.withLock { $0 } }

  init(
    _ name: String = "small", contextLength: Int = 4096, toolCallFormat: ToolCallFormat = .hermes
  ) {
    self.toolCallFormat = toolCallFormat
    self.name = name
    self.contextLength = contextLength
  }

  func chatPrompt(messages: [ChatMessage], tools: [TemplateValue]) throws -> [Int32] {
    var text = ""
    for message in messages {
      guard case .text(let content) = message.content else { continue }
      text += "<\(message.role)>\(content)"
    }
    return textPrompt(text)
  }

  func textPrompt(_ text: String) -> [Int32] { text.utf8.map { Int32($0) } }

  func text(of tokens: [Int32]) -> String {
    String(decoding: tokens.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
  }

  func submit(_ request: GenerationRequest) throws(EngineRefusal) -> Generation {
    let prompt = text(of: request.prompt)
    if prompt.contains("full") { throw .queueFull(retryAfterSeconds: 7) }
    started.wrappingAdd(1, ordering: .relaxed)
    requests.withLock { $0 = request }
    let (events, source) = AsyncStream<GenerationEvent>.makeStream()
    let end = GenerationEnd()
    let stopped = Mutex(false)
    Task {
      let finished = await Self.run(request, prompt, source, stopped)
      end.set(finished)
      source.yield(.finished(finished))
      source.finish()
    }
    source.onTermination = { if case .cancelled = $0 { stopped.withLock { $0 = true } } }
    return Generation(events: events, end: end) { [self] in
      cancelled.wrappingAdd(1, ordering: .relaxed)
      stopped.withLock { $0 = true }
    }
  }

  private static func run(
    _ request: GenerationRequest, _ prompt: String,
    _ source: AsyncStream<GenerationEvent>.Continuation,
    _ stopped: borrowing Mutex<Bool>
  ) async -> Finished {
    var count = 0
    var reason = Finished.Reason.stop
    var stopText: String?
    if prompt.contains("late"), request.deadlineSeconds != nil {
      return Finished(
        reason: .expired, promptTokens: request.prompt.count, cachedTokens: 0, completionTokens: 0,
        computeNanoseconds: 0, totalComputeNanoseconds: 0, firstTokenNanoseconds: 0,
        totalNanoseconds: 2_000_000)
    }
    let said = Self.pieces(of: prompt)
    while true {
      if stopped.withLock({ $0 }) {
        reason = .cancelled
        break
      }
      if prompt.contains("break"), count == 2 {
        reason = .failed("toy")
        break
      }
      if count == said?.count ?? words, !prompt.contains("forever") { break }
      if count == request.maxTokens {
        reason = .length
        break
      }
      let word = said?[count] ?? "w\(count) "
      if let stop = request.stop.first(where: { word.contains($0) }) {
        stopText = stop
        break
      }
      source.yield(.piece(text: word, tokens: request.logprobs.map { [logprob(word, top: $0)] }))
      count += 1
      // A step takes a while, so that an endless answer does not fill the memory.
      if count > words { try? await Task.sleep(for: .milliseconds(1)) } else { await Task.yield() }
    }
    let compute = Int64(count + 1) * nanosecondsPerToken
    var finished = Finished(
      reason: reason, promptTokens: request.prompt.count, cachedTokens: 0, completionTokens: count,
      computeNanoseconds: compute, totalComputeNanoseconds: compute,
      firstTokenNanoseconds: 1_000_000, totalNanoseconds: 2_000_000)
    finished.stopText = stopText
    return finished
  }

  private static func pieces(of prompt: String) -> [String]? {
    guard let start = prompt.range(of: "say("), let end = prompt.range(of: ")say") else {
      return nil
    }
    var rest = prompt[start.upperBound..<end.lowerBound]
    var pieces: [String] = []
    while !rest.isEmpty {
      pieces.append(String(rest.prefix(3)))
      rest = rest.dropFirst(3)
    }
    return pieces
  }

  private static func logprob(_ word: String, top: Int) -> TokenLogprob {
    TokenLogprob(
      token: 1, text: word, bytes: Array(word.utf8), logprob: -0.5,
      top: (0..<top).map {
        TokenLogprob.Alternative(
          token: Int32($0), text: "a\($0)", bytes: [97], logprob: $0 == 0 ? -0.5 : -.infinity)
      })
  }

  func load() -> EngineLoad { EngineLoad() }

  func drainClock() async -> ClockReport? {
    ClockReport(from: 0, to: 0, shares: [], finishedNanoseconds: 0, idleNanoseconds: 0)
  }
}
