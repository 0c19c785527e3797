import AsyncHTTPClient
import Foundation
import Inference
import NIOCore
import NIOHTTP1
import Tokenizers
import Venture

/// A model behind an OpenAI-compatible address: a vendor's, or our own door.
struct RemoteAdvisorModel: AdvisorModel {
  let name: String
  let contextTokens: Int?
  /// Up to and with `/v1`.
  let base: String
  let key: String?
  /// From the question to the last token.
  static let timeoutSeconds: Int64 = 180
  /// Of one line of the stream, and of an error's body.
  private static let longestLine = 1 << 20

  func answer(
    _ messages: [AdvisorMessage], maxTokens: Int
  ) -> AsyncThrowingStream<String, any Error> {
    AsyncThrowingStream { continuation in
      let work = Task {
        do {
          try await stream(messages, maxTokens) { continuation.yield($0) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in work.cancel() }
    }
  }

  private func stream(
    _ messages: [AdvisorMessage], _ maxTokens: Int, _ tell: (String) -> Void
  ) async throws {
    struct Body: Encodable {
      let model: String
      let messages: [AdvisorMessage]
      let maxTokens: Int
      let temperature = 0
      let stream = true
    }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let body = try encoder.encode(Body(model: name, messages: messages, maxTokens: maxTokens))
    var request = HTTPClientRequest(url: base + "/chat/completions")
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    if let key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
    request.body = .bytes(ByteBuffer(bytes: body))
    let response = try await HTTPClient.shared.execute(
      request, timeout: .seconds(Self.timeoutSeconds))
    guard response.status == .ok else {
      let text = String(buffer: try await response.body.collect(upTo: 1 << 16))
      throw CommandError("the model's server answered \(response.status.code): \(text.prefix(300))")
    }
    var line = ByteBuffer()
    for try await part in response.body {
      for byte in part.readableBytesView {
        if byte != 0x0A {
          line.writeInteger(byte)
          guard line.readableBytes <= Self.longestLine else {
            throw CommandError("the model's server sent a line of more than 1 MB")
          }
          continue
        }
        if try Self.read(line, tell) { return }
        line.clear()
      }
    }
  }

  /// Reads one line of the stream; true at its end.
  static func read(_ line: ByteBuffer, _ tell: (String) -> Void) throws -> Bool {
    struct Chunk: Decodable {
      struct Choice: Decodable {
        struct Delta: Decodable { let content: String? }
        let delta: Delta?
      }
      struct Failure: Decodable { let message: String? }
      let choices: [Choice]?
      let error: Failure?
    }
    let text = String(buffer: line).trimmingCharacters(in: .whitespaces)
    guard text.hasPrefix("data:") else { return false }
    let data = text.dropFirst(5).trimmingCharacters(in: .whitespaces)
    if data == "[DONE]" { return true }
    let chunk = try JSONDecoder().decode(Chunk.self, from: Data(data.utf8))
    if let error = chunk.error { throw CommandError(error.message ?? "the model failed") }
    if let piece = chunk.choices?.first?.delta?.content, !piece.isEmpty { tell(piece) }
    return false
  }
}

/// A model in this process, without the service.
struct LocalAdvisorModel: AdvisorModel {
  let loaded: LoadedModel
  let engine: Engine
  let now: @Sendable () -> Int

  var name: String { loaded.name }
  var contextTokens: Int? { loaded.contextLength }

  func answer(
    _ messages: [AdvisorMessage], maxTokens: Int
  ) -> AsyncThrowingStream<String, any Error> {
    AsyncThrowingStream { continuation in
      do {
        let generation = try engine.submit(
          GenerationRequest(
            id: "advisor", prompt: try prompt(messages), maxTokens: maxTokens,
            sampling: SamplingOptions(temperature: 0)))
        let work = Task {
          for await event in generation.events {
            switch event {
            case .piece(let piece, _): continuation.yield(piece)
            case .finished(let finished):
              if case .failed(let why) = finished.reason {
                return continuation.finish(throwing: CommandError(why))
              }
            }
          }
          continuation.finish()
        }
        continuation.onTermination = { _ in
          generation.cancel()
          work.cancel()
        }
      } catch {
        continuation.finish(throwing: error)
      }
    }
  }

  private func prompt(_ messages: [AdvisorMessage]) throws -> [Int32] {
    guard loaded.template != nil else {
      return loaded.promptTokens(messages.map(\.content).joined(separator: "\n\n"))
    }
    return try loaded.chatTokens(
      messages: messages.map {
        ChatMessage(role: $0.role, content: .text($0.content)).templateValue
      },
      now: { TemplateDate(unixSeconds: now()) })
  }
}
