import Billing
import Ledger

extension Pages {
  func customers(_ visit: Visit) async throws -> String {
    let text = visit.text
    async let balances = books.customers()
    async let totals = books.totals(from: visit.period.from, to: visit.period.to, by: .customer)
    async let usage = books.usageTotals(from: visit.period.from, to: visit.period.to, by: .customer)
    let table = customerTable(try await balances, try await totals, try await usage, visit)
    let earning = try await Economics(totals, in: visit.conversion)
    return page(
      "customers", visit, title: text("nav_customers"), section: "customers",
      [
        "answer": text.pieces(
          try await balances.isEmpty ? "answer_customers_none" : "answer_customers",
          [
            "period": Piece(text: visit.answer.periodInWords),
            "count": Piece(text: visit.format.count(try await balances.count), strong: true),
            "revenue": Piece(
              text: visit.format.money(earning.revenue),
              link: visit.address("/ledger", ["account": "usage"]),
              exact: visit.format.exact(earning.revenue), strong: true),
            "contribution": Piece(
              text: visit.format.money(earning.contribution), link: "#customers",
              exact: visit.format.exact(earning.contribution), strong: true,
              tone: earning.contribution.isNegative ? .loss : nil),
          ]),
        "table": table,
      ])
  }

  private struct Line {
    let balance: CustomerBalance
    let economics: Economics
    let volume: Volume
  }

  private func customerTable(
    _ balances: [CustomerBalance], _ totals: [AccountTotal], _ usage: [UsageTotal], _ visit: Visit
  ) -> TableView {
    let (text, format) = (visit.text, visit.format)
    let accounts = Dictionary(grouping: totals, by: \.group)
    let volumes = Dictionary(grouping: usage, by: \.group)
    let order = SortOrder(
      visit.query["sort"], keys: ["name", "requests", "tokens", "revenue", "contribution"],
      initial: "-revenue")
    let lines = balances.map {
      Line(
        balance: $0, economics: Economics(accounts[$0.customer.id] ?? [], in: visit.conversion),
        volume: Volume(volumes[$0.customer.id] ?? []))
    }.sorted { before($0, $1, order) }
    let offset = visit.query["offset"].flatMap { Int($0) }.map { min(max(0, $0), lines.count) } ?? 0
    let digits = ReaderFormat.digits(for: lines.map(\.economics.revenue) + [.zero(visit.currency)])
    var table = TableView(id: "customers", caption: text("nav_customers"))
    let code = visit.currency.code
    func sortable(_ column: Column, _ key: String) -> Column {
      order.apply(column, key: key) { visit.here(["sort": $0]) }
    }
    table.columns = [
      sortable(Column(text("column_customer"), .name), "name"), Column(text("column_balance")),
      Column(text("column_held")), Column(text("column_unbilled")),
      sortable(Column(text("column_requests")), "requests"),
      sortable(Column(text("column_tokens")), "tokens"),
      sortable(Column(text("column_revenue"), unit: code), "revenue"),
      sortable(Column(text("column_contribution"), unit: code), "contribution"),
      Column(text("column_margin")),
    ]
    table.rows = lines.dropFirst(offset).prefix(Dashboard.rowsPerPage).map { line in
      let customer = line.balance.customer
      return Row(cells: [
        .name(customer.name, visit.customer(customer.id)),
        .number(
          customer.terms == .onAccount
            ? text("terms_on_account") : amounts(line.balance.balances.map(\.balance), visit)),
        .number(amounts(line.balance.balances.map(\.held).filter { !$0.isZero }, visit)),
        .number(amounts(line.balance.unbilled, visit)),
        .number(format.count(line.volume.requests)), .number(format.count(line.volume.tokens)),
        visit.moneyCell(line.economics.revenue, digits: digits),
        visit.resultCell(line.economics.contribution, digits: digits),
        visit.marginCell(line.economics.contribution, of: line.economics.revenue),
      ])
    }
    table.csv = visit.address("/customers.csv")
    page(&table, visit, offset: offset, more: lines.count > offset + Dashboard.rowsPerPage)
    table.empty_title = text("empty_customers_title")
    table.empty_text = text("empty_customers_text")
    table.empty_command = "breakeven key create --customer NAME --credit 10"
    return table
  }

  private func before(_ a: Line, _ b: Line, _ order: SortOrder) -> Bool {
    func compare<T: Comparable>(_ x: T, _ y: T) -> Bool {
      if x == y {
        return (a.balance.customer.name, a.balance.customer.id) < (
          b.balance.customer.name, b.balance.customer.id
        )
      }
      return order.descending ? x > y : x < y
    }
    switch order.key {
    case "name": return compare(a.balance.customer.name, b.balance.customer.name)
    case "requests": return compare(a.volume.requests, b.volume.requests)
    case "tokens": return compare(a.volume.tokens, b.volume.tokens)
    case "contribution": return compare(a.economics.contribution, b.economics.contribution)
    default: return compare(a.economics.revenue, b.economics.revenue)
    }
  }

  /// Amounts of several currencies beside each other; a dash when there is none.
  func amounts(_ amounts: [Money], _ visit: Visit) -> String {
    amounts.isEmpty ? "–" : amounts.map { visit.format.money($0) }.joined(separator: " + ")
  }

  func customer(_ id: String, _ visit: Visit) async throws -> String {
    let balances = try await books.customers()
    guard let balance = balances.first(where: { $0.customer.id == id }) else {
      throw NotFound(what: id)
    }
    let customer = balance.customer
    let text = visit.text
    async let keys = books.keys(customer: id)
    async let totals = books.totals(from: visit.period.from, to: visit.period.to, by: .customer)
    async let usage = books.usageTotals(from: visit.period.from, to: visit.period.to, by: .customer)
    var filter = usageFilter(visit)
    filter.customer = id
    filter.limit = 20
    let latest = filter
    async let events = books.usageEvents(latest)
    let economics = Economics(try await totals.filter { $0.group == id }, in: visit.conversion)
    let volume = Volume(try await usage.filter { $0.group == id })
    var requests = requestTable(
      try await events, names: names(balances), visit, id: "requests", brief: true)
    requests.caption = text("title_newest")
    requests.more = visit.address("/requests", ["customer": id])
    return page(
      "customer", visit, title: customer.name, section: "customers",
      [
        "answer": customerAnswer(customer, economics, volume, visit),
        "figures": customerTiles(balance, economics, visit),
        "facts": [
          Fact(text("fact_id"), customer.id, code: true),
          Fact(text("fact_currency"), customer.currency.code),
          Fact(text("fact_terms"), text("terms_\(customer.terms.rawValue)")),
          Fact(text("fact_plan"), customer.plan ?? "–"),
          Fact(text("fact_created"), visit.format.instant(customer.created)),
        ],
        "keys": keyTable(try await keys, customer, visit), "requests": requests,
      ])
  }

  private func customerAnswer(
    _ customer: Customer, _ economics: Economics, _ volume: Volume, _ visit: Visit
  ) -> [Piece] {
    let key =
      volume.requests == 0
      ? "answer_customer_none"
      : economics.contribution.isNegative ? "answer_customer_loss" : "answer_customer"
    return visit.text.pieces(
      key,
      [
        "period": Piece(text: visit.answer.periodInWords),
        "customer": Piece(text: customer.name),
        "requests": Piece(
          text: visit.format.count(volume.requests),
          link: visit.address("/requests", ["customer": customer.id]), strong: true),
        "revenue": Piece(
          text: visit.format.money(economics.revenue),
          link: visit.address("/ledger", ["account": "usage", "customer": customer.id]),
          exact: visit.format.exact(economics.revenue), strong: true),
        "contribution": Piece(
          text: visit.format.money(
            economics.contribution.isNegative ? -economics.contribution : economics.contribution),
          exact: visit.format.exact(economics.contribution), strong: true,
          tone: economics.contribution.isNegative ? .loss : nil),
      ])
  }

  private func customerTiles(
    _ balance: CustomerBalance, _ economics: Economics, _ visit: Visit
  )
    -> [Figure]
  {
    let (text, format, id) = (visit.text, visit.format, balance.customer.id)
    func ledger(_ account: Account) -> String {
      visit.address("/ledger", ["account": account.rawValue, "customer": id])
    }
    var tiles: [Figure] = []
    if balance.customer.terms == .prepaid || !balance.balances.isEmpty {
      tiles.append(
        Figure(
          key: "balance", label: text("column_balance"),
          value: amounts(balance.balances.map(\.balance), visit),
          link: ledger(.customerCredit),
          note: text("held_is", ["value": amounts(balance.balances.map(\.held), visit)])))
    }
    if balance.customer.terms == .onAccount || !balance.unbilled.isEmpty {
      tiles.append(
        Figure(
          key: "unbilled", label: text("column_unbilled"), value: amounts(balance.unbilled, visit),
          link: ledger(.unbilledReceivable)))
    }
    return tiles + [
      Figure(
        key: "revenue", label: text("figure_revenue"), value: format.money(economics.revenue),
        link: ledger(.usage), exact: format.exact(economics.revenue),
        note: visit.answer.periodInWords),
      Figure(
        key: "compute", label: text("figure_compute"), value: format.money(economics.computeUsed),
        link: ledger(.computeUsed), exact: format.exact(economics.computeUsed)),
      Figure(
        key: "contribution", label: text("column_contribution"),
        value: format.money(economics.contribution),
        link: visit.address("/requests", ["customer": id]),
        exact: format.exact(economics.contribution),
        note: text(
          "margin_is",
          [
            "value": format.percent(
              economics.contribution.picos, of: economics.revenue.picos, decimals: 1) ?? "–"
          ]),
        tone: economics.contribution.isNegative ? .loss : nil),
    ]
  }

  private func keyTable(_ keys: [APIKey], _ customer: Customer, _ visit: Visit) -> TableView {
    let (text, format) = (visit.text, visit.format)
    var table = TableView(id: "keys", caption: text("title_keys"))
    table.columns = [
      Column(text("column_key"), .name), Column(text("column_status"), .text),
      Column(text("column_models"), .text), Column(text("column_created"), .text),
      Column(text("column_expires"), .text),
    ]
    table.rows = keys.sorted { $0.created > $1.created }.map { key in
      let status =
        key.revoked.map { $0 <= visit.now } == true
        ? "key_revoked"
        : key.expires.map { $0 <= visit.now } == true ? "key_expired" : "key_active"
      return Row(cells: [
        Cell(key.prefix + "…", .name), .words(text(status)),
        .words(key.models?.joined(separator: ", ") ?? text("key_all_models")),
        .words(format.instant(key.created)), .words(key.expires.map { format.instant($0) } ?? "–"),
      ])
    }
    table.empty_title = text("empty_keys_title")
    table.empty_text = text("empty_keys_text")
    table.empty_command = "breakeven key create --customer \(customer.name)"
    return table
  }
}
