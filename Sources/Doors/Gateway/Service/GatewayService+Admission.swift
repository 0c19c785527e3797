import Billing
import Crypto
import HTTPTypes
import Hummingbird
import Ledger

extension GatewayService {
  static let idempotencyHeader = HTTPField.Name("Idempotency-Key")!
  static let apiKeyHeader = HTTPField.Name("x-api-key")!
  private static let maximumKeyBytes = 512

  /// The caller's key. Nothing of a body is read for a key that does not exist.
  func recognise(_ request: Request) async throws(GatewayError) -> KeyDigest {
    guard let key = Self.key(of: request) else {
      throw GatewayError(
        .unauthorized, type: "authentication_error", code: "invalid_api_key",
        "send your API key in the header 'Authorization: Bearer <key>', or in 'x-api-key'")
    }
    let digest = KeyDigest(of: key, secret: secret)
    if store.catalogue().keys[digest] == nil {
      let newer = try await refreshed()
      if newer.keys[digest] == nil {
        throw GatewayError(
          BillingError(.invalidKey, "no such API key; check it, or ask the owner for one"))
      }
    }
    return digest
  }

  /// As OpenAI's clients send it, or Anthropic's.
  private static func key(of request: Request) -> String? {
    let scheme = "bearer "
    let header = request.headers[.authorization] ?? ""
    let key =
      header.prefix(scheme.count).lowercased() == scheme
      ? String(header.dropFirst(scheme.count)) : request.headers[apiKeyHeader] ?? ""
    return (1...maximumKeyBytes).contains(key.utf8.count) ? key : nil
  }

  /// A first check against the newest snapshot, before anything costly; admission checks again.
  /// What the snapshot does not have is looked up once.
  func authorise(_ digest: KeyDigest, model: String) async throws(GatewayError) -> Target {
    do throws(GatewayError) {
      return try check(store.catalogue(), digest, model)
    } catch {
      guard
        ["model_not_found", "model_not_priced", "invalid_api_key", "model_not_allowed"]
          .contains(error.code)
      else { throw error }
      return try check(try await refreshed(), digest, model)
    }
  }

  private func check(
    _ catalogue: Catalogue, _ digest: KeyDigest, _ model: String
  ) throws(GatewayError) -> Target {
    let now = time.now()
    do throws(BillingError) {
      let (_, customer) = try catalogue.authenticate(digest, model: model, at: now)
      guard let target = target(model, catalogue) else { throw BillingError(.unknown, "") }
      _ = try catalogue.price(model: model, for: customer, at: now)
      return target
    } catch {
      throw error.code == .unknown ? .noSuchModel(model) : GatewayError(error)
    }
  }

  /// An upstream of a local model's name comes first, as its cost would be booked.
  func target(_ model: String, _ catalogue: Catalogue) -> Target? {
    if let upstream = catalogue.upstreams[model] { return .upstream(upstream) }
    return locals[model].map(Target.local) ?? embedders[model].map(Target.embedder)
  }

  func refreshed() async throws(GatewayError) -> Catalogue {
    do throws(BillingError) {
      return try await refresher.refresh()
    } catch {
      metrics.add(to: .storageFailures)
      throw GatewayError(error)
    }
  }

  func idempotency(
    _ request: Request, route: Route, body: [UInt8]
  ) throws(GatewayError) -> Idempotency? {
    guard let key = request.headers[Self.idempotencyHeader] else { return nil }
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw .invalid("Idempotency-Key", "Idempotency-Key: use 1 to 255 visible ASCII characters")
    }
    var hash = SHA256()
    hash.update(data: Array(route.label.utf8) + [0x0A])
    hash.update(data: body)
    return Idempotency(key: key, fingerprint: Array(hash.finalize()))
  }

  func admit(
    _ slot: RequestSlots.Slot, _ digest: KeyDigest, model: String, _ need: TokenNeed,
    _ idempotency: Idempotency?
  ) async throws(GatewayError) -> AdmissionOutcome {
    if let customer = store.catalogue().keys[digest]?.customer { try slot.count(for: customer) }
    let request = AdmissionRequest(
      request: slot.request, digest: digest, model: model, promptTokens: need.prompt,
      outputTokens: need.output, mayLowerOutput: need.mayLower,
      expires: time.now().advanced(bySeconds: configuration.holdSeconds), idempotency: idempotency)
    do throws(BillingError) {
      let outcome = try await store.admit(request)
      if case .admitted = outcome { metrics.add(to: .admitted) }
      return outcome
    } catch {
      if error.code == .storageUnavailable { metrics.add(to: .storageFailures) }
      throw GatewayError(error)
    }
  }
}
