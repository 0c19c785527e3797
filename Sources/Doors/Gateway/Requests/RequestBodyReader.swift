import HTTPTypes
import Hummingbird
import NIOCore

/// Takes a request's body within its limit, checked while reading, so that neither a large
/// `Content-Length` nor an endless chunked body takes memory.
enum RequestBodyReader {
  static func read(_ request: Request, limit: Int) async throws(GatewayError) -> [UInt8] {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      throw .tooLarge(limit)
    }
    if let type = request.headers[.contentType], !isJSON(type) {
      throw GatewayError(
        .unsupportedMediaType, code: "unsupported_media_type",
        "send the body as JSON with the header Content-Type: application/json")
    }
    if let coding = request.headers[.contentEncoding], coding != "identity" {
      throw GatewayError(
        .unsupportedMediaType, code: "unsupported_content_encoding", "send the body uncompressed")
    }
    var bytes: [UInt8] = []
    do {
      for try await buffer in request.body {
        guard bytes.count + buffer.readableBytes <= limit else {
          throw GatewayError.tooLarge(limit)
        }
        bytes.append(contentsOf: buffer.readableBytesView)
      }
    } catch let error as GatewayError {
      throw error
    } catch {
      throw .clientGone
    }
    return bytes
  }

  /// `application/json`, `application/…+json`, with parameters.
  private static func isJSON(_ type: String) -> Bool {
    if type == "application/json" { return true }
    let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    return essence == "application/json" || essence.hasSuffix("+json")
  }
}
