import ArgumentParser
import Dashboard
import Foundation
import Inference
import Logging
import Store

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Serve the API and the pages until Ctrl-C.")
  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "A GGUF file to serve (the workspace's model.file).") var model: String?
  @Option(help: "A folder or GGUF file for /v1/embeddings (the workspace's embeddings.file).")
  var embeddingModel: String?
  @Option(help: "HOST:PORT to listen on (the workspace's).") var listen: String?
  @Flag(help: "Accept the proposed price of a model that has none.") var acceptPrice = false
  @Option(help: "trace, debug, info, notice, warning, error.") var logLevel = "notice"

  func run() async throws {
    let space = try workspace.open()
    let logger = try Self.logger(level: logLevel)
    let (host, port) =
      try listen.map { try Configuration.address($0, option: "--listen") }
      ?? (space.configuration.listenHost, space.configuration.listenPort)
    try await ServerAssembly.checkAddress(host: host, port: port)
    let lock = try ServerLock(workspace: space)
    let loaded = try (model ?? space.modelFile).map { try LoadedModel.load(path: $0) }
    let draft = try loaded == nil ? nil : space.draftFile.map { try LoadedModel.load(path: $0) }
    let embedding = try (embeddingModel ?? space.embeddingFile).map {
      try EmbeddingModel(path: $0)
    }
    let books = try space.openBooks()
    let prices = PriceSetup(workspace: space, books: books)
    let answer: PriceSetup.Answer = acceptPrice ? .accept : .ask
    if let embedding {
      _ = try await prices.ensurePrice(
        for: embedding, options: space.embeddingOptions, answer: answer)
    }
    if let loaded {
      _ = try await prices.ensurePrice(
        for: loaded, options: space.engineOptions, answer: answer)
    } else {
      Output.note(
        "No model of our own is served: name one with --model FILE, or in \(Workspace.configurationName) as model.file. Upstreams are served."
      )
    }
    let server = try ServerAssembly(
      workspace: space, books: books, model: loaded, draft: draft, embeddingModel: embedding,
      lock: lock, host: host, port: port, logger: logger)
    try await server.run { port in
      let base = "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
      Output.line("API    \(base)/v1")
      Output.line("Pages  \(base)\(server.dashboard.makeSignInAddress())")
      if let loaded { Output.line("Model  \(loaded.name)") }
      if let embedding { Output.line("Model  \(embedding.name) (embeddings)") }
      Output.line("Ctrl-C ends it.")
    }
  }

  static func logger(level: String) throws -> Logger {
    guard let parsed = Logger.Level(rawValue: level) else {
      throw CommandError(
        "--log-level: '\(level)' is none of trace, debug, info, notice, warning, error")
    }
    var logger = Logger(label: "breakeven") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = parsed
    return logger
  }
}
