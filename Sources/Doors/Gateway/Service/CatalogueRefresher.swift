import Billing
import Ledger

/// Reads the books anew for a key or model that the snapshot lacks, but not more often than an
/// attacker with invented keys could bear: one read serves all who asked before it began, and two
/// reads lie `pauseNanoseconds` apart. Nobody is refused for having asked at the wrong moment.
actor CatalogueRefresher {
  static let pauseNanoseconds: Int64 = 20_000_000

  private let store: any BillingStore
  private var waiting: [CheckedContinuation<Result<Catalogue, BillingError>, Never>] = []
  private var isReading = false

  init(store: any BillingStore) { self.store = store }

  /// A snapshot read after this call.
  func refresh() async throws(BillingError) -> Catalogue {
    let result = await withCheckedContinuation { waiter in
      waiting.append(waiter)
      guard !isReading else { return }
      isReading = true
      Task { await self.read() }
    }
    return try result.get()
  }

  private func read() async {
    while !waiting.isEmpty {
      let served = waiting
      waiting = []
      let result: Result<Catalogue, BillingError>
      do throws(BillingError) {
        result = .success(try await store.refreshCatalogue())
      } catch {
        result = .failure(error)
      }
      for waiter in served { waiter.resume(returning: result) }
      try? await Task.sleep(for: .nanoseconds(Self.pauseNanoseconds))
    }
    isReading = false
  }
}
