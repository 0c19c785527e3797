import Billing
import Forecast
import Ledger

/// Books in memory: postings and usage with their time.
struct FakeBooks: BooksReader {
  struct Posting {
    var time: Timestamp
    var customer: String?
    var stream: String?
    var account: Account
    var amount: Money
    var nanoseconds: Int64 = 0
  }

  struct Usage {
    var time: Timestamp
    var customer: String
    var requests: Int
    var input: Int
    var cached: Int
    var output: Int
  }

  var people: [Customer] = []
  var postings: [Posting] = []
  var usages: [Usage] = []

  func customers() async throws -> [CustomerBalance] {
    people.map { CustomerBalance(customer: $0, balances: [], unbilled: []) }
  }

  func totals(
    from: Timestamp, to: Timestamp, by grouping: Grouping
  ) async throws -> [AccountTotal] {
    struct Key: Hashable {
      let group: String?
      let account: Account
      let currency: Currency
    }
    var sums: [Key: (Money, Int64)] = [:]
    for posting in postings where from <= posting.time && posting.time < to {
      let group: String? =
        switch grouping {
        case .customer: posting.customer
        case .none: nil
        default: posting.stream
        }
      let key = Key(group: group, account: posting.account, currency: posting.amount.currency)
      let before = sums[key] ?? (.zero(posting.amount.currency), 0)
      sums[key] = (before.0 + posting.amount, before.1 + posting.nanoseconds)
    }
    return sums.map {
      AccountTotal(
        group: $0.key.group, account: $0.key.account, amount: $0.value.0, nanoseconds: $0.value.1)
    }
  }

  func usageTotals(
    from: Timestamp, to: Timestamp, by grouping: Grouping
  ) async throws -> [UsageTotal] {
    usages.filter { from <= $0.time && $0.time < to }.map {
      UsageTotal(
        group: $0.customer, requests: $0.requests, unrated: 0, input: $0.input,
        cachedInput: $0.cached, output: $0.output)
    }
  }

  func position() async throws -> Int64 { Int64(postings.count) }

  // Not asked here.
  func keys(customer: String?) async throws -> [APIKey] { [] }
  func prices() async throws -> [PriceVersion] { [] }
  func upstreams() async throws -> [Upstream] { [] }
  func usageEvents(_ filter: UsageFilter) async throws -> [UsageEvent] { [] }
  func usageEvent(_ id: String) async throws -> UsageEvent? { nil }
  func series(
    from: Timestamp, to: Timestamp, stepSeconds: Int64, by grouping: Grouping
  ) async throws -> [SeriesTotal] { [] }
  func serviceQuality(from: Timestamp, to: Timestamp) async throws -> ServiceQuality {
    ServiceQuality(requests: 0, failed: 0, p95Milliseconds: nil)
  }
  func machines() async throws -> [MachineClock] { [] }
  func journal(_ filter: JournalFilter) async throws -> [JournalRow] { [] }
  func verify() async throws -> VerificationReport {
    VerificationReport(transactions: 0, entries: 0, requests: 0, head: [], checks: [], findings: [])
  }
}
