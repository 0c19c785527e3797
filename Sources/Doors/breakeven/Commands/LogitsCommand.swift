import ArgumentParser
import Foundation
import Inference
import Tokenizers

extension ModelCommand {
  struct Logits: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Next-token logits at every position, for parity checks.")
    @OptionGroup var workspace: WorkspaceOptions
    @OptionGroup var format: OutputOptions
    @Argument(help: "A GGUF file, or a folder with safetensors and tokenizer.json.") var file:
      String
    @Option(help: "Comma-separated token ids.") var tokens: String?
    @Option(help: "A text to tokenize instead.") var prompt: String?
    @Flag(help: "Read prompts from standard input: a JSON array of ids a line.") var stdin = false
    @Flag(help: "Only the last position of each prompt.") var last = false
    @Option(help: "Write rows of little-endian f32 here instead of printing.") var output: String?

    func run() async throws {
      let model = try LoadedModel.load(path: file)
      let sink = try output.map { try OutputFile(path: $0, option: "--output") }
      for ids in try prompts(model) {
        guard ids.count <= model.contextLength,
          ids.allSatisfy({ (0..<Int32(model.vocabulary)).contains($0) }),
          !ids.isEmpty
        else {
          throw CommandError(
            "--tokens: a prompt needs 1 to \(model.contextLength) ids from 0 to \(model.vocabulary - 1)"
          )
        }
        let rows = try model.logits(tokens: ids)
        let kept = last ? rows.suffix(1) : rows[...]
        if let sink {
          // Rows of little-endian f32.
          for row in kept { try row.withUnsafeBytes { try sink.write(Data($0)) } }
        } else {
          try show(kept, of: ids, model)
        }
      }
      try sink?.finish()
    }

    private func prompts(_ model: LoadedModel) throws -> [[Int32]] {
      if stdin {
        var prompts: [[Int32]] = []
        while let line = readLine() {
          guard let ids = try? JSONDecoder().decode([Int32].self, from: Data(line.utf8)) else {
            throw CommandError(
              "standard input: '\(line.prefix(40))' is not a JSON array of token ids")
          }
          prompts.append(ids)
        }
        return prompts
      }
      if let tokens {
        return [
          try tokens.split(separator: ",").map { piece in
            guard let id = Int32(piece.trimmingCharacters(in: .whitespaces)) else {
              throw CommandError("--tokens: '\(piece)' is not a token id")
            }
            return id
          }
        ]
      }
      guard let prompt else { throw CommandError("give --tokens, --prompt or --stdin") }
      return [model.promptTokens(prompt)]
    }

    private func show(_ rows: ArraySlice<[Float]>, of ids: [Int32], _ model: LoadedModel) throws {
      guard rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
        throw CommandError(
          "the logits are not numbers: the file's weights are damaged; fetch it again")
      }
      if format.json { return Output.line(try Output.jsonLine(Array(rows))) }
      let first = ids.count - rows.count
      Output.table(
        ["POSITION", "TOKEN", "MOST LIKELY NEXT", "LOGIT"],
        rows.enumerated().map { index, row in
          let best = row.indices.max { row[$0] < row[$1] } ?? 0
          return [
            "\(first + index)", model.tokenizer.text(of: ids[first + index]),
            model.tokenizer.text(of: Int32(best)), "\(row[best])",
          ]
        }, right: [0, 3])
    }
  }
}
