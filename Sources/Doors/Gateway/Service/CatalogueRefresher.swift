import Billing
import Ledger
import Synchronization

/// Reads the books anew for a key or model that the snapshot lacks, but not more often than an
/// attacker with invented keys could bear: at most once in `minimumIntervalNanoseconds`.
final class CatalogueRefresher: Sendable {
  static let minimumIntervalNanoseconds: Int64 = 50_000_000

  private let store: any BillingStore
  private let time: any TimeSource
  private let last = Mutex(Int64.min)

  init(store: any BillingStore, time: any TimeSource) {
    self.store = store
    self.time = time
  }

  /// The newest snapshot; nil when it was read a moment ago.
  func refresh() async throws(BillingError) -> Catalogue? {
    let now = time.now().nanoseconds
    let allowed = last.withLock { last in
      guard last == .min || now < last || now - last >= Self.minimumIntervalNanoseconds else {
        return false
      }
      last = now
      return true
    }
    return allowed ? try await store.refreshCatalogue() : nil
  }
}
