import Billing
import Ledger

extension Pages {
  func statements(_ visit: Visit) async throws -> String {
    let text = visit.text
    async let period = books.totals(from: visit.period.from, to: visit.period.to, by: .none)
    async let ever = books.totals(from: .distantPast, to: visit.period.to, by: .none)
    let totals = try await period
    let economics = Economics(totals, in: visit.conversion)
    return page(
      "statements", visit, title: text("nav_statements"), section: "statements",
      [
        "answer": text.pieces(
          totals.isEmpty
            ? "answer_statements_none"
            : economics.grossProfit.isNegative
              ? "answer_statements_loss" : "answer_statements_profit",
          [
            "period": Piece(text: visit.answer.periodInWords),
            "revenue": Piece(
              text: visit.format.money(economics.revenue),
              link: visit.address("/ledger", ["account": "usage"]),
              exact: visit.format.exact(economics.revenue), strong: true),
            "cost": Piece(
              text: visit.format.money(economics.costOfRevenue), link: "#profit",
              exact: visit.format.exact(economics.costOfRevenue), strong: true),
            "result": Piece(
              text: visit.format.money(
                economics.grossProfit.isNegative ? -economics.grossProfit : economics.grossProfit),
              link: "#profit", exact: visit.format.exact(economics.grossProfit), strong: true,
              tone: economics.grossProfit.isNegative ? .loss : nil),
          ]),
        "unconverted": visit.answer.unconverted(economics) as Any? ?? false,
        "profit": profitTable(totals, visit), "trial": trialTable(try await ever, visit),
      ])
  }

  /// Profit and loss by account, in each currency of the books and in the reader's.
  private func profitTable(_ totals: [AccountTotal], _ visit: Visit) -> TableView {
    let text = visit.text
    let kinds: [Account.Kind] = [.revenue, .contraRevenue, .costOfRevenue, .operatingCost, .other]
    let mine = totals.filter { kinds.contains($0.account.kind) && $0.account != .currencyExchange }
    let currencies = Set(mine.map(\.amount.currency)).sorted { $0.code < $1.code }
    let converts = currencies != [visit.currency]
    var table = TableView(id: "profit", caption: text("title_profit"))
    table.columns =
      [Column(text("column_account"), .name)] + currencies.map { Column("", unit: $0.code) }
    if converts {
      table.columns.append(Column(text("column_converted"), unit: visit.currency.code))
    }
    /// Credits are income: a statement shows them positive, costs negative.
    func sums(_ chosen: [AccountTotal]) -> [Money] {
      var sums = currencies.map { currency in
        Money(
          picos: -chosen.filter { $0.amount.currency == currency }.reduce(0) {
            $0 + $1.amount.picos
          }, currency)
      }
      if converts {
        sums.append(
          chosen.compactMap { visit.conversion($0.amount) }.reduce(.zero(visit.currency)) {
            $0 - $1
          })
      }
      return sums
    }
    let columns = sums(mine)
    let digits = columns.indices.map { index in
      ReaderFormat.digits(
        for: kinds.map { kind in sums(mine.filter { $0.account.kind == kind })[index] })
    }
    func row(_ name: String, _ link: String?, _ chosen: [AccountTotal], total: Bool = false) -> Row
    {
      Row(
        cells: [.name(name, link)]
          + sums(chosen).enumerated().map { visit.resultCell($1, digits: digits[$0]) },
        total: total)
    }
    func add(_ kinds: [Account.Kind], subtotal key: String, upTo: [Account.Kind]) {
      let accounts = Account.allCases.filter { account in
        kinds.contains(account.kind) && mine.contains { $0.account == account && !$0.amount.isZero }
      }
      table.rows += accounts.map { account in
        row(
          text("account_\(account.rawValue)"),
          visit.address("/ledger", ["account": account.rawValue]),
          mine.filter { $0.account == account })
      }
      table.rows.append(
        row(text(key), nil, mine.filter { upTo.contains($0.account.kind) }, total: true))
    }
    if !mine.isEmpty {
      add(
        [.revenue, .contraRevenue], subtotal: "line_net_revenue", upTo: [.revenue, .contraRevenue])
      add(
        [.costOfRevenue], subtotal: "row_gross_profit",
        upTo: [.revenue, .contraRevenue, .costOfRevenue])
      add([.operatingCost, .other], subtotal: "line_result", upTo: kinds)
    }
    table.csv = visit.address("/statements.csv")
    table.empty_title = text("empty_statement_title")
    table.empty_text = text("empty_statement_text")
    return table
  }

  /// Balances of every account at the period's end; debits and credits are equal in each currency.
  private func trialTable(_ totals: [AccountTotal], _ visit: Visit) -> TableView {
    let (text, format) = (visit.text, visit.format)
    var table = TableView(
      id: "trial", caption: text("title_trial", ["date": format.longDay(visit.period.lastDay)]))
    table.columns = [
      Column(text("column_account"), .name), Column(text("column_kind"), .text),
      Column(text("column_currency"), .text), Column(text("column_debit")),
      Column(text("column_credit")),
    ]
    for currency in Set(totals.map(\.amount.currency)).sorted(by: { $0.code < $1.code }) {
      let mine = totals.filter { $0.amount.currency == currency && !$0.amount.isZero }
      // A trial balance is read line by line: the smallest amount is still shown.
      let digits =
        mine.filter { !$0.amount.isZero }.map { ReaderFormat.digits(for: [$0.amount]) }.max()
        ?? ReaderFormat.digits(for: [])
      func side(_ amount: Money, negative: Bool) -> Cell {
        guard amount.isNegative == negative, !amount.isZero else { return .number("") }
        return visit.moneyCell(negative ? -amount : amount, digits: digits)
      }
      for account in Account.allCases {
        let amount = mine.filter { $0.account == account }.reduce(Money.zero(currency)) {
          $0 + $1.amount
        }
        guard !amount.isZero else { continue }
        table.rows.append(
          Row(cells: [
            .name(
              text("account_\(account.rawValue)"),
              Query(visit.query.only(["currency"]).fields).address(
                "/ledger",
                [
                  "account": account.rawValue, "range": "custom", "from": "2000-01-01",
                  "to": visit.period.lastDay.description,
                ])),
            .words(text("kind_\(account.kind.rawValue)")), .words(currency.code),
            side(amount, negative: false), side(amount, negative: true),
          ]))
      }
      let debits = mine.filter { !$0.amount.isNegative }.reduce(Money.zero(currency)) {
        $0 + $1.amount
      }
      let credits = mine.filter(\.amount.isNegative).reduce(Money.zero(currency)) { $0 - $1.amount }
      guard !mine.isEmpty else { continue }
      table.rows.append(
        Row(
          cells: [
            .name(text("line_total"), nil), .words(""), .words(currency.code),
            visit.moneyCell(debits, digits: digits), visit.moneyCell(credits, digits: digits),
          ], total: true))
    }
    table.empty_title = text("empty_statement_title")
    table.empty_text = text("empty_statement_text")
    return table
  }
}
