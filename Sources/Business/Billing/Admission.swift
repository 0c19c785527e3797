package import Ledger

/// What the gateway asks before a request runs (step 2).
package struct AdmissionRequest: Sendable {
  package var request: String
  package var digest: KeyDigest
  package var model: String
  /// Exact for the own engine; an upper bound for an upstream.
  package var promptTokens: Int
  /// Worst case of completion tokens over all choices.
  package var outputTokens: Int
  /// The caller named no limit, so `outputTokens` may be lowered to what the credit affords.
  package var mayLowerOutput: Bool
  /// When an unsettled hold lapses.
  package var expires: Timestamp
  package var idempotency: Idempotency?

  package init(
    request: String, digest: KeyDigest, model: String, promptTokens: Int, outputTokens: Int,
    mayLowerOutput: Bool, expires: Timestamp, idempotency: Idempotency? = nil
  ) {
    self.request = request
    self.digest = digest
    self.model = model
    self.promptTokens = promptTokens
    self.outputTokens = outputTokens
    self.mayLowerOutput = mayLowerOutput
    self.expires = expires
    self.idempotency = idempotency
  }
}

/// A caller's `Idempotency-Key` and a digest of the body it came with.
package struct Idempotency: Hashable, Sendable {
  package let key: String
  package let fingerprint: [UInt8]
  package init(key: String, fingerprint: [UInt8]) {
    self.key = key
    self.fingerprint = fingerprint
  }
}

/// A request let in, with all that settling it needs. The price version is the one in force now, even
/// if it changes before the last token.
package struct Admission: Sendable {
  package let request: String
  package let customer: Customer
  package let key: APIKey
  package let model: String
  package let price: PriceVersion
  package let upstream: Upstream?
  /// Held against prepaid credit; zero on account.
  package let hold: Money
  package let outputTokens: Int
  package let admitted: Timestamp

  package init(
    request: String, customer: Customer, key: APIKey, model: String, price: PriceVersion,
    upstream: Upstream?, hold: Money, outputTokens: Int, admitted: Timestamp
  ) {
    self.request = request
    self.customer = customer
    self.key = key
    self.model = model
    self.price = price
    self.upstream = upstream
    self.hold = hold
    self.outputTokens = outputTokens
    self.admitted = admitted
  }
}

package enum AdmissionOutcome: Sendable {
  case admitted(Admission)
  /// The same key and body were answered before: send this again, charge nothing.
  case replay(StoredResponse)
}

/// An answer kept for `Idempotency-Key`.
package struct StoredResponse: Hashable, Sendable {
  package let request: String
  package let status: Int
  package let contentType: String
  package let body: [UInt8]
  package init(request: String, status: Int, contentType: String, body: [UInt8]) {
    self.request = request
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}

extension Admission {
  /// The pure decision, given the newest catalogue and the customer's available credit
  /// (balance − holds). The store calls it inside the transaction that writes the hold.
  package static func decide(
    _ request: AdmissionRequest, catalogue: Catalogue, available: (Customer) throws -> Money,
    at now: Timestamp
  ) throws -> Admission {
    let (key, customer) = try catalogue.authenticate(request.digest, model: request.model, at: now)
    let price = try catalogue.price(model: request.model, for: customer, at: now)
    var output = request.outputTokens
    var hold = Money.zero(price.currency)
    if customer.terms == .prepaid {
      let available = try available(customer)
      hold = Rating.worstCase(prompt: request.promptTokens, output: output, at: price)
      if hold > available, request.mayLowerOutput {
        output = affordable(request, at: price, available: available)
        hold = Rating.worstCase(prompt: request.promptTokens, output: output, at: price)
      }
      guard hold <= available, !available.isNegative else {
        throw BillingError(
          .insufficientCredit,
          "this request may cost \(hold) but only \(max(available, .zero(price.currency))) of credit is left; top up, or lower max_tokens"
        )
      }
    }
    return Admission(
      request: request.request, customer: customer, key: key, model: request.model, price: price,
      upstream: catalogue.upstreams[request.model], hold: hold, outputTokens: output, admitted: now)
  }

  /// Completion tokens that `available` pays for beside the prompt; at least 1, so that a credit too
  /// small for any answer is refused.
  private static func affordable(
    _ request: AdmissionRequest, at price: PriceVersion, available: Money
  ) -> Int {
    let prompt = Rating.worstCase(prompt: request.promptTokens, output: 0, at: price)
    let perToken = price.output.picos / 1_000_000
    guard perToken > 0, available > prompt else { return min(1, request.outputTokens) }
    let tokens = (available - prompt).picos / perToken
    return max(1, Int(min(tokens, Int128(request.outputTokens))))
  }
}
