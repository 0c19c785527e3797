import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Takes a whole answer. Called on one event loop only.
final class UpstreamCollector: HTTPClientResponseDelegate, @unchecked Sendable {
  struct Response: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: ByteBuffer
  }

  struct TooLarge: Error {}

  private let limit: Int
  private var head: HTTPResponseHead?
  private var body: ByteBuffer?

  init(limit: Int) { self.limit = limit }

  func didReceiveHead(
    task: HTTPClient.Task<Response>, _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    self.head = head
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(
    task: HTTPClient.Task<Response>, _ buffer: ByteBuffer
  ) -> EventLoopFuture<Void> {
    guard (body?.readableBytes ?? 0) + buffer.readableBytes <= limit else {
      return task.eventLoop.makeFailedFuture(TooLarge())
    }
    if body == nil {
      body = buffer
    } else {
      var buffer = buffer
      body?.writeBuffer(&buffer)
    }
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didFinishRequest(task: HTTPClient.Task<Response>) throws -> Response {
    guard let head else { throw HTTPClientError.remoteConnectionClosed }
    return Response(
      status: Int(head.status.code), headers: head.headers, body: body ?? ByteBuffer())
  }
}
