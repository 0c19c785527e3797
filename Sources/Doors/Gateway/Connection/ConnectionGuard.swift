import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Watches one connection between the HTTP codec and the server: answers 503 over the limit of
/// connections, 408 to slow requests, closes idle ones, and tells when the client goes away.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// How long a client may go on sending a body whose answer it has.
  private static let lingerNanoseconds: Int64 = 2_000_000_000

  private let connection: ClientConnection
  private let refused: Bool
  private let limits: ConnectionClock.Limits
  private var clock: ConnectionClock
  private var timer: Scheduled<Void>?
  private var closesAfterResponse = false
  /// The connection is ending: what still arrives is dropped.
  private var ending = false

  init(connection: ClientConnection, limits: ConnectionClock.Limits, refused: Bool) {
    self.connection = connection
    self.limits = limits
    self.refused = refused
    clock = ConnectionClock(limits: limits, now: Self.now)
  }

  private static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) }

  func handlerAdded(context: ChannelHandlerContext) { schedule(context) }

  func handlerRemoved(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    connection.close()
    context.fireChannelInactive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent { connection.close() }
    context.fireUserInboundEventTriggered(event)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    switch part {
    case .head(let head):
      clock.headReceived(at: Self.now)
      if !ending, head.headerFields[.expect] == "100-continue" {
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
      }
    case .body: clock.bodyReceived(at: Self.now)
    case .end: clock.requestEnded()
    }
    if ending {
      if case .end = part { context.close(promise: nil) }
      return
    }
    if refused {
      if case .end = part {
        answer(
          context,
          GatewayError.unavailable(
            "too many connections are open; try again shortly", code: "too_many_connections",
            retryAfterSeconds: 1))
      }
      return
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head):
      clock.responseStarted()
      if head.headerFields[.connection] == "close" { closesAfterResponse = true }
      context.write(data, promise: promise)
    case .body: context.write(data, promise: promise)
    case .end:
      context.write(data, promise: promise)
      clock.responseEnded(at: Self.now)
      if closesAfterResponse {
        context.flush()
        end(context)
      } else {
        schedule(context)
      }
    }
  }

  /// Closes; a client that is still sending gets to read its answer first.
  private func end(_ context: ChannelHandlerContext) {
    ending = true
    guard clock.isReadingRequest else {
      context.close(promise: nil)
      return
    }
    context.close(mode: .output, promise: nil)
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(
      in: .nanoseconds(Self.lingerNanoseconds)
    ) {
      context.close(promise: nil)
    }
  }

  private func schedule(_ context: ChannelHandlerContext) {
    guard timer == nil, let deadline = clock.deadline else { return }
    let delay = TimeAmount.nanoseconds(max(0, deadline - Self.now))
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
      timer = nil
      switch clock.expire(at: Self.now) {
      case .later: schedule(context)
      case .close: context.close(promise: nil)
      case .tooSlow(let what): answer(context, .tooSlow(what))
      }
    }
  }

  /// Answers in the server's stead and ends the connection. `connection.close` comes first, so that
  /// a handler that waits for the body's rest gives up.
  private func answer(_ context: ChannelHandlerContext, _ error: GatewayError) {
    let body = error.json
    var fields: HTTPFields = [
      .contentType: "application/json", .contentLength: String(body.count), .connection: "close",
    ]
    if let seconds = error.retryAfterSeconds { fields[.retryAfter] = String(seconds) }
    let head = HTTPResponse(status: error.status, headerFields: fields)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    end(context)
  }
}
