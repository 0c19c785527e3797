import ArgumentParser
import Foundation
import Inference
import Ledger
import Tokenizers

struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Answer one prompt on this machine, without the service.")
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var format: OutputOptions
  @Option(help: "A GGUF file (the workspace's, or the demo model).") var model: String?
  @Option(help: "The prompt.") var prompt: String
  @Flag(help: "Continue the text as it is instead of answering it as a chat message.") var raw =
    false
  @Option(help: "At most this many tokens.") var maxTokens = 256
  @Option(help: "0 takes the most likely token each time.") var temperature: Float = 0
  @Option(help: "Only the K most likely tokens (0: all).") var topK = 0
  @Option(help: "Only the most likely tokens up to this probability.") var topP: Float = 1
  @Option(help: "Fixes the draw.") var seed: UInt64?

  func run() async throws {
    let loaded = try LoadedModel.load(path: model ?? Self.defaultModel(workspace))
    let tokens =
      raw || loaded.template == nil
      ? loaded.promptTokens(prompt)
      : try loaded.chatTokens(
        messages: [ChatMessage(role: "user", content: .text(prompt)).templateValue],
        now: { TemplateDate(unixSeconds: Int(SystemTime().now().seconds)) })
    let engine = try Engine(
      model: loaded, options: EngineOptions(maximumSequences: 1), seeds: SystemSeeds.next)
    defer { engine.shutdown() }
    let generation = try engine.submit(
      GenerationRequest(
        id: "generate", prompt: tokens, maxTokens: maxTokens,
        sampling: SamplingOptions(temperature: temperature, topK: topK, topP: topP, seed: seed)))
    var text = ""
    for await event in generation.events {
      switch event {
      case .piece(let piece, _):
        text += piece
        if !format.json { FileHandle.standardOutput.write(Data(piece.utf8)) }
      case .finished(let finished):
        if case .failed(let why) = finished.reason { throw CommandError(why) }
        if format.json {
          try Output.json(GenerationJSON(text: text, finished))
        } else {
          Output.line()
        }
      }
    }
  }

  private static func defaultModel(_ options: WorkspaceOptions) throws -> String {
    if let space = try? options.open(), let file = space.modelFile { return file }
    guard FileManager.default.fileExists(atPath: Workspace.demoModel.path) else {
      throw CommandError(
        "--model: name a GGUF file, or fetch the demo model with scripts/bootstrap")
    }
    return Workspace.demoModel.path
  }
}

private struct GenerationJSON: Encodable {
  let text, finishReason: String
  let promptTokens, completionTokens: Int
  let computeSeconds: Double
  let tokensPerSecond: Double

  init(text: String, _ finished: Finished) {
    self.text = text
    finishReason = finished.reason == .stop ? "stop" : "length"
    promptTokens = finished.promptTokens
    completionTokens = finished.completionTokens
    computeSeconds = Double(finished.totalComputeNanoseconds) / 1e9
    let decoding = Double(finished.totalNanoseconds - finished.firstTokenNanoseconds) / 1e9
    tokensPerSecond = decoding > 0 ? Double(max(0, finished.completionTokens - 1)) / decoding : 0
  }
}
