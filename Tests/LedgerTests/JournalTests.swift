import Ledger
import TestSupport
import Testing

@Suite struct JournalTests {
  static func transactions(_ count: Int, seed: UInt64) throws -> [Transaction] {
    var generator = SplitMix64(seed: seed)
    return try (0..<count).map { number in
      let amount = Money(picos: Int128.random(in: 1...(1 << 70), using: &generator), .usd)
      let dimensions = Dimensions(
        customer: Bool.random(using: &generator) ? "acme" : nil, model: "m\(number % 3)",
        request: "r\(number)")
      return try Transaction(
        id: "t\(number)", kind: .usage, date: Timestamp(seconds: Int64(number)),
        corrects: number % 5 == 0 ? "t0" : nil,
        entries: [
          .debit(.customerCredit, amount, dimensions), .credit(.usage, amount, dimensions),
          .debit(.computeUsed, amount, nanoseconds: Int64(number), dimensions),
          .credit(.machineCapacity, amount, dimensions),
        ])
    }
  }

  struct Sealed: Equatable {
    var transaction: Transaction
    var line: Int
    var entry: Entry
    var hash: [UInt8]
  }

  static func seal(_ transactions: [Transaction]) -> [Sealed] {
    var chain = HashChain()
    return transactions.flatMap { transaction in
      transaction.entries.enumerated().map { line, entry in
        let hash = chain.append(
          entry, line: line, transaction: transaction.id, kind: transaction.kind,
          date: transaction.date, corrects: transaction.corrects)
        return Sealed(transaction: transaction, line: line, entry: entry, hash: hash)
      }
    }
  }

  /// The first entry whose hash is not that of its content after the one before it.
  static func firstBreak(_ sealed: [Sealed]) -> Int? {
    var chain = HashChain()
    return sealed.firstIndex { row in
      chain.append(
        row.entry, line: row.line, transaction: row.transaction.id, kind: row.transaction.kind,
        date: row.transaction.date, corrects: row.transaction.corrects) != row.hash
    }
  }

  @Test("Law 1: what does not sum to zero in each currency is refused, with the difference")
  func balance() throws {
    let (usd, cny) = (Money(units: 5, .usd), Money(units: 5, .cny))
    let none = Dimensions()
    for entries in [
      [Entry.debit(.cash, usd, none)],
      [.debit(.cash, usd, none), .credit(.usage, cny, none)],
      [.debit(.cash, usd, none), .credit(.usage, Money(units: 4, .usd), none)],
    ] {
      #expect(throws: LedgerError.self) {
        try Transaction(id: "t", kind: .topUp, date: .distantPast, entries: entries)
      }
    }
    _ = try Transaction(
      id: "t", kind: .topUp, date: .distantPast,
      entries: [
        .debit(.cash, usd, none), .credit(.currencyExchange, usd, none),
        .debit(.currencyExchange, cny, none), .credit(.customerCredit, cny, none),
      ])
  }

  @Test("Zero entries are left out unless they carry machine time; nothing left is no transaction")
  func zeroes() throws {
    let zero = Money.zero(.usd)
    #expect(throws: LedgerError.self) {
      try Transaction(
        id: "t", kind: .usage, date: .distantPast,
        entries: [.debit(.badDebt, zero, Dimensions()), .credit(.usage, zero, Dimensions())])
    }
    let free = try Transaction(
      id: "t", kind: .machine, date: .distantPast,
      entries: [
        .debit(.computeUsed, zero, nanoseconds: 5, Dimensions()),
        .credit(.machineCapacity, zero, Dimensions()),
      ])
    #expect(free.entries.map(\.account) == [.computeUsed])
  }

  @Test("Any edit of any field, any removal and any swap shows where it was made")
  func chain() throws {
    let sealed = Self.seal(try Self.transactions(12, seed: 5))
    #expect(Self.firstBreak(sealed) == nil)
    #expect(Set(sealed.map(\.hash)).count == sealed.count)
    for index in sealed.indices {
      for edit in Self.edits {
        var rows = sealed
        edit(&rows[index])
        if rows[index] == sealed[index] { continue }
        #expect(Self.firstBreak(rows) == index)
      }
      var removed = sealed
      removed.remove(at: index)
      #expect(Self.firstBreak(removed) == (index == sealed.count - 1 ? nil : index))
      if index > 0 {
        var swapped = sealed
        swapped.swapAt(index - 1, index)
        #expect(Self.firstBreak(swapped) == index - 1)
      }
    }
  }

  static let edits: [@Sendable (inout Sealed) -> Void] = [
    { $0.entry.amount += Money(picos: 1, .usd) },
    { $0.entry.amount = Money(picos: $0.entry.amount.picos, .eur) },
    { $0.entry.amount = Money(picos: $0.entry.amount.picos + (1 << 64), .usd) },
    { $0.entry.account = .cash },
    { $0.entry.nanoseconds = 7 },
    { $0.line += 1 },
    { $0.hash[3] ^= 1 },
    { $0.entry.dimensions.customer = "other" },
    { $0.entry.dimensions.key = "k" },
    { $0.entry.dimensions.model = "" },
    { $0.entry.dimensions.model = nil },
    // The same letters under another dimension.
    { ($0.entry.dimensions.model, $0.entry.dimensions.plan) = (nil, $0.entry.dimensions.model) },
    { $0.entry.dimensions.priceVersion = "p" },
    { $0.entry.dimensions.machine = "m" },
    { $0.entry.dimensions.vendor = "v" },
    { $0.entry.dimensions.region = "r" },
    { $0.entry.dimensions.stream = "s" },
    { $0.entry.dimensions.request = nil },
  ]

  @Test("A transaction's id, kind, date and what it corrects are sealed too")
  func header() throws {
    let original = try Self.transactions(1, seed: 1)[0]
    let hashes = try [
      original,
      Transaction(
        id: "u", kind: original.kind, date: original.date, corrects: original.corrects,
        entries: original.entries),
      Transaction(
        id: original.id, kind: .refund, date: original.date, corrects: original.corrects,
        entries: original.entries),
      Transaction(
        id: original.id, kind: original.kind, date: Timestamp(nanoseconds: 1),
        corrects: original.corrects, entries: original.entries),
      Transaction(
        id: original.id, kind: original.kind, date: original.date, corrects: nil,
        entries: original.entries),
    ].map { Self.seal([$0])[0].hash }
    #expect(Set(hashes).count == hashes.count)
  }

  @Test("The canonical form stays as it was: what an earlier version sealed still verifies")
  func canonicalForm() throws {
    let transaction = try Transaction(
      id: "t1", kind: .topUp, date: Timestamp(seconds: 1_767_225_600), corrects: nil,
      entries: [
        .debit(.cash, Money(units: 5, .usd), Dimensions(customer: "acme")),
        .credit(
          .customerCredit, Money(units: 5, .usd), nanoseconds: 3, Dimensions(customer: "acme")),
      ])
    let head = Self.seal([transaction]).last!.hash
    let text = head.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(text == "45ebca901d5d1aa3366a7b1aa8a00649d648933489954c027cbce9ef098e3d9e")
  }

  @Test("Every account belongs to a kind, and no name is used twice")
  func accounts() {
    #expect(Set(Account.allCases.map(\.rawValue)).count == Account.allCases.count)
    for kind in Account.Kind.allCases { #expect(Account.allCases.contains { $0.kind == kind }) }
  }
}
