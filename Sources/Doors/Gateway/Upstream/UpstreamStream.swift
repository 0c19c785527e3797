import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Takes an answer piece by piece: the upstream is read no faster than the caller reads us.
final class UpstreamStream: HTTPClientResponseDelegate, Sendable {
  typealias Response = Void

  struct Head: Sendable {
    let status: Int
    let headers: HTTPHeaders
  }

  private struct State {
    var head: Head?
    var headWaiter: CheckedContinuation<Head, any Error>?
    var part: (buffer: ByteBuffer, taken: EventLoopPromise<Void>?)?
    var partWaiter: CheckedContinuation<ByteBuffer?, any Error>?
    var end: Result<Void, any Error>?
  }
  private let state = Mutex(State())

  /// The answer's head; called once.
  func head() async throws -> Head {
    try await withCheckedThrowingContinuation { waiter in
      let known: Result<Head, any Error>? = state.withLock { state in
        if let head = state.head { return .success(head) }
        if case .failure(let error)? = state.end { return .failure(error) }
        state.headWaiter = waiter
        return nil
      }
      if let known { waiter.resume(with: known) }
    }
  }

  /// The next piece; nil at the end. One caller at a time.
  func next() async throws -> ByteBuffer? {
    try await withCheckedThrowingContinuation { waiter in
      typealias Known = (result: Result<ByteBuffer?, any Error>, taken: EventLoopPromise<Void>?)
      let known: Known? = state.withLock { state in
        if let part = state.part {
          state.part = nil
          return (.success(part.buffer), part.taken)
        }
        if let end = state.end { return (end.map { nil }, nil) }
        state.partWaiter = waiter
        return nil
      }
      guard let known else { return }
      known.taken?.succeed()
      waiter.resume(with: known.result)
    }
  }

  func didReceiveHead(
    task: HTTPClient.Task<Void>, _ head: HTTPResponseHead
  ) -> EventLoopFuture<Void> {
    let head = Head(status: Int(head.status.code), headers: head.headers)
    let waiter = state.withLock { state in
      state.head = head
      defer { state.headWaiter = nil }
      return state.headWaiter
    }
    waiter?.resume(returning: head)
    return task.eventLoop.makeSucceededVoidFuture()
  }

  func didReceiveBodyPart(
    task: HTTPClient.Task<Void>, _ buffer: ByteBuffer
  ) -> EventLoopFuture<Void> {
    let taken = task.eventLoop.makePromise(of: Void.self)
    let waiter = state.withLock { state in
      if let waiter = state.partWaiter {
        state.partWaiter = nil
        return waiter as CheckedContinuation<ByteBuffer?, any Error>?
      }
      state.part = (buffer, taken)
      return nil
    }
    if let waiter {
      taken.succeed()
      waiter.resume(returning: buffer)
    }
    return taken.futureResult
  }

  func didFinishRequest(task: HTTPClient.Task<Void>) throws { end(.success(())) }

  func didReceiveError(task: HTTPClient.Task<Void>, _ error: any Error) { end(.failure(error)) }

  private func end(_ result: Result<Void, any Error>) {
    let (headWaiter, partWaiter, taken) = state.withLock { state in
      if state.end == nil { state.end = result }
      // What has come may still be read; the client must not wait for it.
      let taken = state.part?.taken
      state.part?.taken = nil
      defer { (state.headWaiter, state.partWaiter) = (nil, nil) }
      return (state.headWaiter, state.partWaiter, taken)
    }
    taken?.succeed()
    switch result {
    case .success:
      headWaiter?.resume(throwing: HTTPClientError.remoteConnectionClosed)
      partWaiter?.resume(returning: nil)
    case .failure(let error):
      headWaiter?.resume(throwing: error)
      partWaiter?.resume(throwing: error)
    }
  }
}
