import Billing
import Crypto
import Foundation
import Ledger
import Store
import Synchronization
import Venture

/// The advisor's way to a model: through the program's own door, as a customer of its own, so that
/// what it uses is booked like every request. Its prices are zero: the venture pays itself nothing,
/// and the cost of the machine or the vendor stands in the books under the customer's name.
final class OwnAdvisor: Sendable {
  /// Customer, and the plan of its prices.
  static let customer = "advisor"

  private let workspace: Workspace
  private let books: SQLiteBooks
  private let local: (name: String, contextTokens: Int)?
  private let time: any TimeSource
  private let port = Mutex<Int?>(nil)

  /// - Parameter local: the model that this program serves itself.
  init(
    workspace: Workspace, books: SQLiteBooks, local: (name: String, contextTokens: Int)?,
    time: any TimeSource
  ) {
    self.workspace = workspace
    self.books = books
    self.local = local
    self.time = time
  }

  /// Called when the door is open.
  func listens(on port: Int) { self.port.withLock { $0 = port } }

  /// The configured model; else our own, or the first upstream's; nil where it is not served yet, or
  /// not priced.
  ///
  /// - Parameter host: as configured; an address for all is reached by the loopback.
  func model(host: String) async throws -> (any AdvisorModel)? {
    guard let port = port.withLock({ $0 }) else { return nil }
    let wanted = workspace.configuration.advisorModel
    let upstreams = local == nil || wanted != nil ? try await books.upstreams() : []
    guard let name = wanted ?? local?.name ?? upstreams.first?.name,
      name == local?.name || upstreams.contains(where: { $0.name == name }),
      let price = try await books.prices().last(where: { $0.model == name && $0.plan == nil })
    else { return nil }
    let key = try await key(price)
    let all = ["0.0.0.0": "127.0.0.1", "::": "[::1]"]
    return RemoteAdvisorModel(
      name: name, contextTokens: name == local?.name ? local?.contextTokens : nil,
      base: "http://\(all[host] ?? host):\(port)/v1", key: key)
  }

  /// The same key at each start, derived from the workspace's secret: nothing to store.
  private func key(_ price: PriceVersion) async throws -> String {
    var stream = SecretStream(secret: workspace.secret, purpose: "breakeven advisor key 1")
    let text = APIKey.makeText(using: &stream)
    let digest = KeyDigest(of: text, secret: workspace.secret)
    let now = time.now()
    if try await !books.customers().contains(where: { $0.customer.id == Self.customer }) {
      try await books.createCustomer(
        Customer(
          id: Self.customer, name: "Advisor", currency: price.currency, terms: .onAccount,
          plan: Self.customer, created: now))
    }
    if try await !books.prices().contains(where: {
      $0.model == price.model && $0.plan == Self.customer
    }) {
      let zero = Money.zero(price.currency)
      try await books.setPrice(
        PriceVersion(
          id: Identifier.make("price"), model: price.model, plan: Self.customer, input: zero,
          cachedInput: zero, output: zero, perRequest: zero, effective: now, created: now))
    }
    if try await !books.keys(customer: Self.customer).contains(where: { $0.digest == digest }) {
      try await books.createKey(
        APIKey(
          id: Identifier.make("key"), customer: Self.customer, digest: digest,
          prefix: String(text.prefix(APIKey.prefixLength)), created: now, expires: nil,
          revoked: nil, models: nil), credit: nil)
    }
    return text
  }
}

/// A stream of numbers that only the holder of the secret can know: HMAC-SHA256 of a counter.
struct SecretStream: RandomNumberGenerator {
  private let key: SymmetricKey
  private var counter: UInt64 = 0

  init(secret: SymmetricKey, purpose: String) {
    key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: secret, info: Data(purpose.utf8), outputByteCount: 32)
  }

  mutating func next() -> UInt64 {
    let input = withUnsafeBytes(of: counter.littleEndian) { Data($0) }
    counter += 1
    return HMAC<SHA256>.authenticationCode(for: input, using: key).prefix(8)
      .reduce(0) { $0 << 8 | UInt64($1) }
  }
}
