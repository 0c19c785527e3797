import Billing
import Crypto
import HTTPTypes
import Hummingbird
import Ledger
import NIOCore

/// Who answers for a model.
enum Target: Sendable {
  case local(any LocalModel)
  case upstream(Upstream)
}

extension GatewayService {
  static let idempotencyHeader = HTTPField.Name("Idempotency-Key")!

  /// A completion from the request's head to its answer, on either route. Never throws: every
  /// refusal is an answer.
  func complete(_ request: Request, style: CompletionRequest.Style, route: Route) async -> Response {
    let started = NIODeadline.now()
    let id = identifiers.next(at: time.now())
    var model = ""
    var response: Response
    var streams = false
    do throws(GatewayError) {
      let slot = try slots.take(id)
      response = try await serve(
        request, slot, style: style, route: route, started: started, model: &model, streams: &streams)
    } catch {
      response = refusal(error, to: request)
    }
    response.headers[Self.requestIDHeader] = id
    // A stream is counted when it ends.
    if !streams {
      metrics.record(
        route, model: model, status: response.status.code,
        nanoseconds: (NIODeadline.now() - started).nanoseconds)
    }
    return response
  }

  private func serve(
    _ request: Request, _ slot: RequestSlots.Slot, style: CompletionRequest.Style, route: Route,
    started: NIODeadline, model: inout String, streams: inout Bool
  ) async throws(GatewayError) -> Response {
    let digest = try await recognise(request)
    let body = try await RequestBodyReader.read(request, limit: configuration.maximumBodyBytes)
    let asked: CompletionRequest
    do throws(JSONError) {
      let document = try JSONDocument(body)
      asked = try parse(document, style)
    } catch let error as JSONError {
      throw .invalidJSON(error)
    } catch let error as GatewayError {
      throw error
    }
    fatalError()
  }
}
