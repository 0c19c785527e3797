import ArgumentParser
import Foundation
import Inference
import ModelFiles
import Tensor
import Tokenizers

struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look into a model file.",
    subcommands: [Inspect.self, Tokenize.self, Logits.self])

  struct Inspect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Metadata and tensors of a GGUF or safetensors file.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "The file.") var file: String

    func run() async throws {
      let report = try ModelInspection(file: file)
      if format.json { return try Output.json(report) }
      Output.line(
        "\(report.format), \(report.tensors.count) tensors, \(report.parameters) parameters, \(report.bytes) bytes"
      )
      Output.table(
        ["KEY", "VALUE"], report.metadata.sorted { $0.key < $1.key }.map { [$0.key, $0.value] })
      Output.line()
      Output.table(
        ["TENSOR", "TYPE", "SHAPE", "BYTES"],
        report.tensors.map { tensor in
          [
            tensor.name, tensor.type, tensor.shape.map(String.init).joined(separator: "×"),
            "\(tensor.bytes)",
          ]
        }, right: [3])
    }
  }

  struct Tokenize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Token ids of a text; without TEXT, of each JSON string a line on standard input.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "A GGUF file, or a folder with tokenizer.json.") var file: String
    @Argument(help: "The text.") var text: String?
    @Flag(help: "Take spelled control tokens such as <|im_start|> as plain text.") var plain = false

    func run() async throws {
      let tokenizer = try LoadedModel.load(path: file).tokenizer
      if let text {
        let ids = tokenizer.encode(text, addSpecial: true, parseSpecial: !plain)
        if format.json { return Output.line(try Output.jsonLine(ids)) }
        return Output.table(
          ["ID", "PIECE"], ids.map { ["\($0)", tokenizer.text(of: $0)] }, right: [0])
      }
      while let line = readLine() {
        guard let text = try? JSONDecoder().decode(String.self, from: Data(line.utf8)) else {
          throw CommandError(
            "standard input: '\(line.prefix(40))' is not a JSON string; write one a line")
        }
        let ids = tokenizer.encode(text, addSpecial: true, parseSpecial: !plain)
        Output.line(try Output.jsonLine(ids))
      }
    }
  }
}

/// What `model inspect` says.
struct ModelInspection: Encodable {
  struct Tensor: Encodable {
    let name, type: String
    let shape: [Int]
    let offset, bytes: Int
  }
  let file, format: String
  let bytes, parameters: Int
  let metadata: [String: String]
  let tensors: [Tensor]

  init(file: String) throws {
    self.file = file
    let stored: [StoredTensor]
    if file.hasSuffix(".safetensors") {
      let model = try SafetensorsFile(path: file)
      stored = model.tensors
      metadata = model.metadata
      format = "safetensors"
    } else {
      let model = try GGUFFile(path: file)
      stored = model.tensors
      metadata = model.metadata.mapValues(Self.describe)
      format = "GGUF v\(model.version)"
    }
    tensors = stored.map {
      Tensor(
        name: $0.name, type: $0.type.name, shape: $0.shape, offset: $0.offset, bytes: $0.bytes.count
      )
    }
    bytes = stored.reduce(0) { $0 + $1.bytes.count }
    parameters = stored.reduce(0) { $0 + $1.elements }
  }

  private static func describe(_ value: GGUFValue) -> String {
    switch value {
    case .string(let text):
      return text.count > 200 ? text.prefix(200) + "… (\(text.utf8.count) bytes)" : text
    case .bool(let bool): return "\(bool)"
    case .array(let array): return "\(array.count) values"
    default:
      if let whole = value.asInt { return "\(whole)" }
      return value.asDouble.map { "\($0)" } ?? "?"
    }
  }
}
