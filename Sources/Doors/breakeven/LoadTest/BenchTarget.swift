import AsyncHTTPClient
import Bench
import Foundation
import Gateway
import NIOCore
import NIOHTTP1

/// An address under test.
struct BenchTarget: Sendable {
  /// Without a `/` at its end, such as `http://127.0.0.1:8080/v1`.
  let base: String
  let key: String?
  var model: String

  /// - Throws: names `option` when `text` is no address.
  init(_ text: String, key: String?, model: String?, option: String) throws {
    guard let url = URL(string: text), let scheme = url.scheme?.lowercased(),
      ["http", "https"].contains(scheme), url.host()?.isEmpty == false
    else {
      throw CommandError(
        "\(option): '\(text.prefix(80))' is not an address; write http://host:port/v1")
    }
    var base = text
    while base.hasSuffix("/") { base.removeLast() }
    self.base = url.path().filter { $0 != "/" }.isEmpty ? base + "/v1" : base
    self.key = key
    self.model = model ?? ""
  }

  func request(_ path: String) -> HTTPClientRequest {
    var request = HTTPClientRequest(url: base + path)
    if let key { request.headers.add(name: "authorization", value: "Bearer \(key)") }
    return request
  }

  /// The first model that the address lists, where none was named.
  mutating func findModel(_ http: HTTPClient) async throws {
    guard model.isEmpty else { return }
    let response: HTTPClientResponse
    let body: ByteBuffer
    do {
      response = try await http.execute(request("/models"), timeout: .seconds(10))
      body = try await response.body.collect(upTo: 4 << 20)
    } catch {
      throw CommandError("\(base) does not answer; check the address, or start the service")
    }
    guard response.status == .ok else {
      throw CommandError(
        "\(base)/models answers \(response.status.code); name the key as OPENAI_API_KEY and the model with --model"
      )
    }
    let document = try? JSONDocument(Array(body.readableBytesView))
    guard let found = document?["data"]?.elements.first?["id"]?.string else {
      throw CommandError("\(base)/models lists no model; name one with --model")
    }
    model = found
  }
}
