import NIOCore

/// Gathers the flushes of one turn of the event loop into one, so that a request's head and body,
/// which the HTTP client flushes one by one, leave in one system call and one packet.
final class FlushGatherer: ChannelOutboundHandler, Sendable {
  typealias OutboundIn = Any
  typealias OutboundOut = Any

  private let waiting: NIOLoopBoundBox<Bool>

  init(eventLoop: any EventLoop) {
    waiting = NIOLoopBoundBox(false, eventLoop: eventLoop)
  }

  func flush(context: ChannelHandlerContext) {
    guard !waiting.value else { return }
    waiting.value = true
    context.eventLoop.assumeIsolated().execute { [self] in
      waiting.value = false
      context.flush()
    }
  }
}
