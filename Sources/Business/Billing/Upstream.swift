package import Ledger

/// What a vendor charges us for a million tokens; kept apart from what we charge.
package struct UpstreamCost: Hashable, Sendable {
  package let input: Money
  package let cachedInput: Money
  package let output: Money
  package var currency: Currency { input.currency }

  package init(input: Money, cachedInput: Money, output: Money) throws(BillingError) {
    for (name, cost) in [
      ("cost-input", input), ("cost-cached", cachedInput), ("cost-output", output),
    ] {
      guard cost.currency == input.currency, !cost.isNegative, cost.picos % 1_000_000 == 0,
        cost.picos <= 1_000_000 * Money.picosPerUnit
      else {
        throw BillingError(
          .invalid,
          "\(name): \(cost) must be between 0 and 1000000 with at most 6 decimals, in \(input.currency)"
        )
      }
    }
    self.input = input
    self.cachedInput = cachedInput
    self.output = output
  }
}

/// An OpenAI-compatible service that answers for a model of ours.
package struct Upstream: Hashable, Sendable, Identifiable {
  /// The model name that our customers call.
  package let name: String
  /// Base URL, such as `https://host/v1`.
  package let url: String
  /// The model name that the upstream knows.
  package let model: String
  /// The environment variable that holds its key; the key itself is never stored.
  package let keyEnvironment: String?
  package let cost: UpstreamCost
  /// Version of the cost, stamped on each request.
  package let costVersion: String
  package var id: String { name }

  package init(
    name: String, url: String, model: String, keyEnvironment: String?, cost: UpstreamCost,
    costVersion: String
  ) {
    self.name = name
    self.url = url
    self.model = model
    self.keyEnvironment = keyEnvironment
    self.cost = cost
    self.costVersion = costVersion
  }
}
