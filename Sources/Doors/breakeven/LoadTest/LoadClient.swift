import AsyncHTTPClient
import Bench
import Foundation
import Gateway
import Inference
import NIOCore
import NIOHTTP1

/// Sends one streamed request at a time to a target and tells what became of it.
struct LoadClient: Sendable {
  let http: HTTPClient
  let target: BenchTarget
  let path: String
  let timeout: Duration
  let clock: any MonotonicClock

  /// Never throws: whatever goes wrong is the record's failure.
  func send(_ body: [UInt8]) async -> RequestRecord {
    await withTaskGroup(of: RequestRecord?.self) { group in
      group.addTask { await exchange(body) }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return nil
      }
      var isLate = false
      while let outcome = await group.next() {
        guard var record = outcome else {
          // The exchange ends at once and gives what it has.
          isLate = true
          group.cancelAll()
          continue
        }
        group.cancelAll()
        if isLate, record.failure != nil { record.failure = "timeout" }
        return record
      }
      preconditionFailure("the exchange always gives a record")
    }
  }

  /// Some servers close a kept connection after a stream without saying so; a request that met such
  /// a connection is sent again, and timed anew.
  private func exchange(_ body: [UInt8]) async -> RequestRecord {
    var record = await attempt(body)
    for _ in 0..<3 where record.failure == Self.closed { record = await attempt(body) }
    return record
  }

  private static let closed = "closed"

  private func attempt(_ body: [UInt8]) async -> RequestRecord {
    var request = target.request(path)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.headers.add(name: "accept", value: "text/event-stream")
    request.body = .bytes(ByteBuffer(bytes: body))
    var reader = AnswerReader(sent: clock.nanoseconds())
    var isAnswered = false
    do {
      let response = try await http.execute(request, deadline: .distantFuture)
      isAnswered = true
      guard response.status == .ok else {
        let text = try await response.body.collect(upTo: 1 << 20)
        reader.fail("\(response.status.code)", Self.message(text))
        reader.end(now: clock.nanoseconds())
        return reader.record
      }
      for try await part in response.body {
        try reader.append(part.readableBytesView, now: clock.nanoseconds())
      }
      reader.finish(now: clock.nanoseconds())
    } catch {
      reader.end(now: clock.nanoseconds())
      let isStale = !isAnswered && Self.isClosed(error)
      let kind = isStale ? Self.closed : error is EventSplitter.TooLong ? "too long" : "connection"
      reader.fail(kind, "\(error)")
    }
    return reader.record
  }

  private static func isClosed(_ error: any Error) -> Bool {
    if let error = error as? HTTPClientError { return error == .remoteConnectionClosed }
    if let error = error as? ChannelError { return error == .ioOnClosedChannel }
    if let error = error as? IOError { return [ECONNRESET, EPIPE].contains(error.errnoCode) }
    return false
  }

  private static func message(_ body: ByteBuffer) -> String {
    let bytes = Array(body.readableBytesView)
    return (try? JSONDocument(bytes))?["error"]?["message"]?.string
      ?? String(decoding: bytes.prefix(300), as: UTF8.self)
  }
}

/// How a round's requests are sent.
enum LoadPace: Sendable {
  /// So many at once; the next goes when one has ended.
  case concurrency(Int)
  /// So many a second, at these offsets in nanoseconds.
  case rate(Double, offsets: [Int64])
}

extension LoadClient {
  /// Sends all bodies and gives their records, in no order.
  func round(_ bodies: [[UInt8]], pace: LoadPace) async -> [RequestRecord] {
    switch pace {
    case .concurrency(let width): await closed(bodies, width: width)
    case .rate(_, let offsets): await open(bodies, offsets: offsets)
    }
  }

  private func closed(_ bodies: [[UInt8]], width: Int) async -> [RequestRecord] {
    await withTaskGroup(of: RequestRecord.self) { group in
      var waiting = bodies[...]
      while let body = waiting.popFirst() {
        group.addTask { await send(body) }
        if bodies.count - waiting.count >= width { break }
      }
      var records: [RequestRecord] = []
      for await record in group {
        records.append(record)
        if let body = waiting.popFirst() { group.addTask { await send(body) } }
      }
      return records
    }
  }

  private func open(_ bodies: [[UInt8]], offsets: [Int64]) async -> [RequestRecord] {
    await withTaskGroup(of: RequestRecord.self) { group in
      let start = clock.nanoseconds()
      var records: [RequestRecord] = []
      var running = 0
      for (body, offset) in zip(bodies, offsets) {
        let pause = start + offset - clock.nanoseconds()
        if pause > 0 { try? await Task.sleep(for: .nanoseconds(pause)) }
        // Beyond any sensible load; it only bounds memory.
        if running >= Bench.maximumConcurrency, let record = await group.next() {
          records.append(record)
          running -= 1
        }
        running += 1
        group.addTask { await send(body) }
      }
      for await record in group { records.append(record) }
      return records
    }
  }
}
