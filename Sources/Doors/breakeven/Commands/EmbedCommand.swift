import ArgumentParser
import Foundation
import Inference

/// Texts to vectors on this machine, without the service.
struct EmbedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed", abstract: "Turn texts into vectors on this machine, without the service.")
  @OptionGroup var format: OutputOptions
  @Option(help: "A folder with safetensors as sentence-transformers saves it, or a GGUF file.")
  var model: String
  @Option(help: "A text a line, or a JSON array of texts; standard input when not given.")
  var input: String?
  @Option(help: "Threads that compute (all cores).") var threads: Int?
  @Option(help: "Embed everything this many times, to measure.") var rounds = 1
  @Flag(help: "Cut texts that are too long off instead of refusing them.") var truncate = false

  /// The most bytes of input.
  private static let maximumBytes = 256 << 20

  func validate() throws {
    guard (1...10_000).contains(rounds) else {
      throw ValidationError("--rounds: give 1 to 10000")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads: give 1 to 256")
    }
  }

  func run() async throws {
    let texts = try texts()
    let loaded = try EmbeddingModel(path: model)
    var options = EmbeddingOptions(
      maximumInputs: max(1, texts.count), maximumRequestTokens: 1 << 30)
    if let threads { options.threads = threads }
    let engine = EmbeddingEngine(model: loaded, options: options)
    defer { engine.shutdown() }
    var seconds: [Double] = []
    var result: EmbeddingResult?
    for _ in 0..<rounds {
      let clock = SystemMonotonicClock()
      let start = clock.nanoseconds()
      result = try await engine.embed(
        texts.map { .text($0) }, id: "embed", truncating: truncate)
      seconds.append(Double(clock.nanoseconds() - start) / 1e9)
    }
    guard let result else { return }
    try show(result, texts, loaded, seconds)
  }

  private func show(
    _ result: EmbeddingResult, _ texts: [String], _ loaded: EmbeddingModel, _ seconds: [Double]
  ) throws {
    if format.json {
      return Output.line(
        try Output.jsonLine(
          EmbeddingsJSON(
            model: loaded.name, dimensions: loaded.dimensions, embeddings: result.vectors,
            promptTokens: result.promptTokens,
            computeSeconds: Double(result.totalComputeNanoseconds) / 1e9, roundSeconds: seconds)))
    }
    Output.table(
      ["TEXT", "TOKENS", "VECTOR"],
      zip(zip(texts, result.promptTokens), result.vectors).map { text, vector in
        let start = vector.prefix(4).map { String(format: "%.4f", $0) }.joined(separator: " ")
        let line = text.0.split(whereSeparator: \.isNewline).joined(separator: " ")
        return [String(line.prefix(40)), "\(text.1)", "\(start) …"]
      }, right: [1])
    Output.note(
      String(
        format: "%d texts, %d tokens, %.3f s", texts.count, result.promptTokens.reduce(0, +),
        seconds.min() ?? 0))
  }

  private func texts() throws -> [String] {
    let data: Data
    if let input {
      guard let handle = FileHandle(forReadingAtPath: input) else {
        throw CommandError("--input: '\(input)' cannot be read; check the path")
      }
      data = try handle.read(upToCount: Self.maximumBytes + 1) ?? Data()
    } else {
      data = try FileHandle.standardInput.read(upToCount: Self.maximumBytes + 1) ?? Data()
    }
    guard data.count <= Self.maximumBytes else {
      throw CommandError("--input: is over \(Self.maximumBytes) bytes; embed it in parts")
    }
    if let array = try? JSONDecoder().decode([String].self, from: data) { return array }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CommandError("--input: is not UTF-8")
    }
    return text.split(whereSeparator: \.isNewline).map(String.init)
  }
}

private struct EmbeddingsJSON: Encodable {
  let model: String
  let dimensions: Int
  let embeddings: [[Float]]
  let promptTokens: [Int]
  /// Of the last round, by the cost clock.
  let computeSeconds: Double
  let roundSeconds: [Double]
}
