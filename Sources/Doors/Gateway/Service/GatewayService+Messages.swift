import HTTPTypes
import Hummingbird
import Ledger

extension GatewayService {
  static let versionHeader = HTTPField.Name("anthropic-version")!
  /// The first version of the Messages API that streams as it is written here.
  static let messagesVersion = "2023-06-01"

  /// A caller may leave the version out. Later ones add to the first one what a caller asks for by its
  /// fields, and those that are not known are refused by name.
  func checkVersion(_ request: Request) throws(GatewayError) {
    guard let version = request.headers[Self.versionHeader] else { return }
    if CalendarDate(version) != nil, version >= Self.messagesVersion { return }
    throw .invalid(
      "anthropic-version",
      "anthropic-version: '\(version.prefix(40))' is not spoken here; send \(Self.messagesVersion) or a later one"
    )
  }

  /// `POST /v1/messages/count_tokens`: costs nothing, and books nothing.
  func countTokens(_ request: Request) async -> Response {
    var call = Call(
      id: identifiers.next(at: time.now()), route: .countTokens, dialect: .messages)
    var response: Response
    do throws(GatewayError) {
      response = try await count(request, &call)
    } catch {
      response = refusal(error, to: request, call)
    }
    response.headers[Self.requestIDHeader] = call.id
    record(call, response)
    return response
  }

  private func count(
    _ request: Request, _ call: inout Call
  ) async throws(GatewayError) -> Response {
    let slot = try slots.take(call.id)
    let arrival = try await receive(request, call, slot)
    let asked = try CompletionRequest.read(
      arrival.document, .messages, maximumChoices: configuration.maximumChoices, counting: true)
    let target = try await authorise(arrival.digest, model: asked.model)
    call.model = asked.model
    switch target {
    case .local(let model):
      let tokens = try await LocalPlan.count(asked, model)
      return .json(Array(#"{"input_tokens":\#(tokens)}"#.utf8))
    case .embedder: throw .embedsOnly(asked.model)
    case .upstream:
      throw GatewayError(
        .badRequest, code: "not_countable", param: "model",
        "model: '\(asked.model)' is run by another service, whose tokens cannot be counted before; read usage in its answers"
      )
    }
  }
}
