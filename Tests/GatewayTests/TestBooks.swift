import Billing
import Ledger
import Store
import Synchronization
import TestSupport

/// Real books in a temporary folder, with switches that make writes fail as on a full disk.
final class TestBooks: BillingStore {
  let books: SQLiteBooks
  private let folder: TemporaryFolder
  let failsAdmission = Atomic(false)
  let failsSettlement = Atomic(false)
  let refreshes = Atomic(0)

  init(_ time: any TimeSource) throws {
    folder = try TemporaryFolder()
    books = try SQLiteBooks(path: folder.file("books.sqlite"), time: time)
  }

  private static let full = BillingError(.storageUnavailable, "the disk is full; free some space")

  func catalogue() -> Catalogue { books.catalogue() }

  func refreshCatalogue() async throws(BillingError) -> Catalogue {
    refreshes.wrappingAdd(1, ordering: .relaxed)
    return try await books.refreshCatalogue()
  }

  func admit(_ request: AdmissionRequest) async throws(BillingError) -> AdmissionOutcome {
    if failsAdmission.load(ordering: .relaxed) { throw Self.full }
    return try await books.admit(request)
  }

  func settle(_ settlement: Settlement) async throws(BillingError) -> UsageEvent {
    if failsSettlement.load(ordering: .relaxed) { throw Self.full }
    return try await books.settle(settlement)
  }

  func release(request: String) async throws(BillingError) {
    try await books.release(request: request)
  }
  func sweepHolds(all: Bool) async throws(BillingError) -> Int {
    try await books.sweepHolds(all: all)
  }

  func closeMachine(
    _ machine: String, rate: MachineRate, shares: [(request: String, nanoseconds: Int64)],
    until: Timestamp
  ) async throws(BillingError) {
    try await books.closeMachine(machine, rate: rate, shares: shares, until: until)
  }

  func createCustomer(_ customer: Customer) async throws(BillingError) {
    try await books.createCustomer(customer)
  }
  func createKey(_ key: APIKey, credit: Money?) async throws(BillingError) {
    try await books.createKey(key, credit: credit)
  }
  func revokeKey(_ id: String, at: Timestamp) async throws(BillingError) {
    try await books.revokeKey(id, at: at)
  }
  func topUp(customer: String, amount: Money, id: String) async throws(BillingError) {
    try await books.topUp(customer: customer, amount: amount, id: id)
  }
  func setPrice(_ price: PriceVersion) async throws(BillingError) {
    try await books.setPrice(price)
  }
  func addUpstream(_ upstream: Upstream) async throws(BillingError) {
    try await books.addUpstream(upstream)
  }
  func book(_ transaction: Transaction) async throws(BillingError) {
    try await books.book(transaction)
  }
}
