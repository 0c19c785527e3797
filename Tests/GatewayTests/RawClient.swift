import NIOCore
import NIOPosix

/// A client that sends exactly the bytes it is told.
final class RawClient: Sendable {
  private let channel: any Channel
  private let inbound: AsyncStream<ByteBuffer>

  private final class Reader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let source: AsyncStream<ByteBuffer>.Continuation
    init(_ source: AsyncStream<ByteBuffer>.Continuation) { self.source = source }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      source.yield(unwrapInboundIn(data))
    }
    func channelInactive(context: ChannelHandlerContext) { source.finish() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      context.close(promise: nil)
    }
  }

  init(port: Int) async throws {
    let (inbound, source) = AsyncStream<ByteBuffer>.makeStream()
    self.inbound = inbound
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in channel.pipeline.addHandler(Reader(source)) }
      .connect(host: "127.0.0.1", port: port).get()
  }

  static func head(
    _ path: String = "/v1/chat/completions", length: Int? = nil, chunked: Bool = false,
    more: String = ""
  ) -> String {
    "POST \(path) HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer \(Harness.key)\r\n"
      + "Content-Type: application/json\r\n"
      + (length.map { "Content-Length: \($0)\r\n" } ?? "")
      + (chunked ? "Transfer-Encoding: chunked\r\n" : "") + more + "\r\n"
  }

  func write(_ text: String) async throws {
    try await channel.writeAndFlush(ByteBuffer(string: text)).get()
  }

  func close() async throws { try await channel.close().get() }

  /// Reads until `text` has come; all that was read.
  func read(until text: String) async -> String {
    var read = ""
    for await buffer in inbound {
      read += String(buffer: buffer)
      if read.contains(text) { break }
    }
    return read
  }

  func readToEnd() async throws -> String {
    var read = ""
    for await buffer in inbound { read += String(buffer: buffer) }
    return read
  }
}
