import ArgumentParser
import Bench
import Foundation

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure an OpenAI-compatible address, or a model file, down to cost per million.",
    discussion: """
      With a URL: sends streamed requests at rising levels and reports, for each, tokens a second, \
      time to first token (TTFT: request sent to first content), time between pieces of content \
      (ITL), time per output token (TPOT: last minus first content over completion tokens minus \
      one), whole time (E2E) with mean, p50, p90 and p99, failures by status, goodput (requests a \
      second that met every bound of --goodput), and what a million tokens cost at --machine-price. \
      Tokens are those of the answers' usage; without it a piece of content counts as one. \
      With --against, a second address is measured in turns with the first. The level marked * is \
      the cheapest that keeps the bounds.

      With a path: prompt processing, decoding of one stream and of batches, inside this process.
      """)
  @Argument(help: "Such as http://127.0.0.1:8080/v1, or a GGUF file or model folder.")
  var target: String
  @OptionGroup var format: OutputOptions
  @OptionGroup(title: "Lengths and price") var common: CommonBenchOptions
  @OptionGroup(title: "An address") var address: AddressBenchOptions
  @OptionGroup(title: "A model file") var model: ModelBenchOptions

  func run() async throws {
    let file = try common.output.map { try OutputFile(path: $0, option: "--output") }
    let json: any Encodable
    do {
      if target.contains("://") {
        let report = try await AddressBench(self).run()
        if !format.json { report.print() }
        json = AddressReportJSON(report)
      } else {
        let report = try await ModelBench(self).run()
        if !format.json { report.print() }
        json = report
      }
    } catch let error as BenchError {
      throw CommandError(error.description)
    }
    if format.json { try Output.json(json) }
    try file?.write(Data(Output.jsonLine(json).utf8 + [UInt8(ascii: "\n")]))
    try file?.finish()
  }
}

struct CommonBenchOptions: ParsableArguments {
  @Option(help: "Tokens of a prompt: 256, or any of 64..512 (256; a file: 512).")
  var promptTokens: String?
  @Option(help: "Tokens of an answer at most: 128, or any of 64..256 (128).")
  var outputTokens: String?
  @Option(help: "Levels: how many requests at once, or how many sequences in a batch.")
  var concurrency = "1,2,4,8,16"
  @Option(help: "Rounds of each level (1; a file: 5).") var rounds: Int?
  @Option(help: "What the machine costs: '2.5 CNY/h', '60 USD/day', '400 EUR/month'.")
  var machinePrice: String?
  @Option(help: "Fixes prompts, lengths and arrivals.") var seed: UInt64 = 1
  @Option(help: "Also write the report as JSON to this file.") var output: String?

  func price() throws -> MachinePrice? {
    try machinePrice.map { try MachinePrice(parsing: $0, option: "--machine-price") }
  }

  func prompts(default fallback: Int) throws -> TokenLengths {
    try TokenLengths(parsing: promptTokens ?? "\(fallback)", option: "--prompt-tokens")
  }

  func answers() throws -> TokenLengths {
    try TokenLengths(parsing: outputTokens ?? "128", option: "--output-tokens")
  }

  func rounds(default fallback: Int) throws -> Int {
    let count = rounds ?? fallback
    guard (1...1000).contains(count) else { throw CommandError("--rounds: 1 to 1000") }
    return count
  }

  func levels() throws -> [Int] {
    try Self.list(concurrency, option: "--concurrency") { text in
      Int(text).flatMap { (1...Bench.maximumConcurrency).contains($0) ? $0 : nil }
    }
  }

  /// Values between commas, at most 64.
  static func list<Value>(
    _ text: String, option: String, _ parse: (String) -> Value?
  ) throws -> [Value] {
    let parts = text.split(separator: ",").map { $0.filter { $0 != " " } }
    let values = parts.compactMap(parse)
    guard values.count == parts.count, (1...64).contains(values.count) else {
      throw CommandError("\(option): '\(text.prefix(40))' is not a list such as 1,2,4")
    }
    return values
  }
}

struct AddressBenchOptions: ParsableArguments {
  enum API: String, ExpressibleByArgument, CaseIterable { case chat, completions }

  @Option(help: "The model to ask (the first that the address lists).") var model: String?
  @Option(help: "The key; better in the environment, as OPENAI_API_KEY.") var apiKey: String?
  @Option(help: "A second address, measured in turns with the first.") var against: String?
  @Option(help: "Its model.") var againstModel: String?
  @Option(help: "Its key; better in the environment, as AGAINST_API_KEY.") var againstKey: String?
  @Option(help: "Requests of a level and round (four times the level, at least 8).")
  var requests: Int?
  @Option(help: "Levels as requests a second instead, such as 1,2,4; sent whatever is answered.")
  var rate: String?
  @Option(help: "With --rate: poisson or constant.") var arrivals = Arrivals.poisson
  @Option(help: "Tokens that all prompts of a round begin with, on top of --prompt-tokens.")
  var sharedPrefix = 0
  @Option(
    help: "A JSONL file of requests: {\"messages\": …, \"max_tokens\": …} or {\"prompt\": …}.")
  var dataset: String?
  @Option(help: "chat or completions.") var api = API.chat
  @Option var temperature = 0.0
  @Option(help: "JSON members added to every request, such as '{\"ignore_eos\": true}'.")
  var extraBody: String?
  @Option(help: "Bounds of a good request, such as ttft:500ms,tpot:50ms (also itl, e2e).")
  var goodput: String?
  @Option(help: "Percent of requests that must keep the bounds for a level to be marked.")
  var attainment = 95.0
  @Option(help: "Requests before the first level, not counted.") var warmup = 2
  @Option(help: "Seconds after which a request counts as failed.") var timeout = 300.0
}

extension Arrivals: ExpressibleByArgument {}

struct ModelBenchOptions: ParsableArguments {
  enum Part: String, CaseIterable { case prompt, decode, batches }

  @Option(help: "Threads that compute (all cores).") var threads: Int?
  @Option(help: "Tokens computed in one step (the engine's default).") var tokenBudget: Int?
  @Flag(help: "Guess tokens ahead where it pays, as a service does.") var speculation = false
  @Option(help: "Tokens in the cache before decoding is measured.") var depth = 128
  @Option(help: "What to measure: any of prompt, decode, batches.")
  var parts = "prompt,decode,batches"
}
