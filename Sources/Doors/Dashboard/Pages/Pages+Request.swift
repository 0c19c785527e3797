import Billing
import Ledger

extension Pages {
  func request(_ id: String, _ visit: Visit) async throws -> String {
    guard let event = try await books.usageEvent(id) else { throw NotFound(what: id) }
    async let prices = books.prices()
    async let customers = books.customers()
    var filter = JournalFilter()
    filter.request = id
    filter.limit = 100
    let entries = filter
    async let journal = books.journal(entries)
    let price = try await prices.first { $0.id == event.priceVersion }
    let names = names(try await customers)
    let text = visit.text
    return page(
      "request", visit, title: text("title_request", ["id": id]), section: "requests",
      [
        "answer": requestAnswer(event, names: names, visit),
        "facts": requestFacts(event, names: names, visit),
        "charge": chargeTable(event, price: price, visit),
        "cost": costTable(event, visit),
        "journal": journalTable(try await journal, names: names, visit, id: "journal"),
      ])
  }

  private func requestAnswer(
    _ event: UsageEvent, names: [String: String], _ visit: Visit
  )
    -> [Piece]
  {
    let format = visit.format
    var values: [String: Piece] = [
      "customer": Piece(
        text: names[event.customer] ?? event.customer, link: visit.customer(event.customer)),
      "model": Piece(text: event.model, link: visit.model(event.model)),
      "compute": Piece(text: format.seconds(event.computeNanoseconds), link: "#cost", strong: true),
    ]
    guard let charge = event.charge, let usage = event.usage else {
      return visit.text.pieces("answer_request_unrated", values)
    }
    let costs = [event.computeCost, event.upstreamCost].compactMap { $0 }.filter { !$0.isZero }
    values["charge"] = Piece(
      text: format.money(charge), link: "#charge", exact: format.exact(charge), strong: true)
    values["tokens"] = Piece(text: format.count(usage.total), link: "#charge", strong: true)
    values["cost"] = Piece(
      text: costs.isEmpty
        ? format.money(.zero(charge.currency))
        : costs.map { format.money($0) }.joined(separator: " + "),
      link: "#cost", exact: costs.map { format.exact($0) }.joined(separator: " + "), strong: true)
    let isBought = event.computeNanoseconds == 0 && event.vendor != nil
    return visit.text.pieces(isBought ? "answer_request_vendor" : "answer_request", values)
  }

  private func requestFacts(_ event: UsageEvent, names: [String: String], _ visit: Visit) -> [Fact]
  {
    let (text, format) = (visit.text, visit.format)
    var facts = [
      Fact(text("column_request"), event.id, code: true),
      Fact(
        text("column_customer"), names[event.customer] ?? event.customer,
        link: visit.customer(event.customer)),
      Fact(text("fact_key"), event.key, code: true),
      Fact(text("column_model"), event.model, link: visit.model(event.model)),
      Fact(
        text("fact_price_version"), event.priceVersion, link: visit.model(event.model) + "#prices",
        code: true),
      Fact(text("fact_admitted"), format.instant(event.admitted)),
      Fact(text("fact_settled"), format.instant(event.settled)),
      Fact(text("fact_outcome"), text("outcome_\(event.outcome.rawValue)")),
      Fact(text("fact_streamed"), text(event.streamed ? "yes" : "no")),
      Fact(
        text("fact_first_token"),
        event.firstTokenMilliseconds.map { format.count($0) + " ms" } ?? "–"),
      Fact(text("column_duration"), format.count(event.durationMilliseconds) + " ms"),
    ]
    if let vendor = event.vendor { facts.append(Fact(text("fact_vendor"), vendor)) }
    if let cost = event.costVersion {
      facts.append(Fact(text("fact_cost_version"), cost, code: true))
    }
    if let plan = event.plan { facts.append(Fact(text("fact_plan"), plan)) }
    return facts
  }

  /// The charge, line by line, recomputed from the price version: law 7 shown on the page.
  private func chargeTable(_ event: UsageEvent, price: PriceVersion?, _ visit: Visit) -> TableView {
    let (text, format) = (visit.text, visit.format)
    var table = TableView(id: "charge", caption: text("title_charge"))
    table.empty_title = text("empty_charge_title")
    table.empty_text = text(event.usage == nil ? "empty_charge_unrated" : "empty_charge_no_price")
    guard let usage = event.usage, let price, let charged = event.charge else { return table }
    let charge = Rating.rate(usage, at: price)
    let code = price.currency.code
    table.columns = [
      Column(text("column_line"), .name), Column(text("column_tokens")),
      Column(text("column_price_per_million"), unit: code),
      Column(text("column_amount"), unit: code),
    ]
    func line(_ key: String, _ tokens: Int, _ price: Money, _ amount: Money) -> Row {
      Row(cells: [
        .name(text(key), nil), .number(format.count(tokens)), .number(format.price(price)),
        .number(amount.decimal(minimumDigits: 8), exact: format.exact(amount)),
      ])
    }
    table.rows = [
      line("column_input", usage.input, price.input, charge.input),
      line("column_cached", usage.cachedInput, price.cachedInput, charge.cachedInput),
      line("column_output", usage.output, price.output, charge.output),
      Row(cells: [
        .name(text("line_per_request"), nil), .number(""), .number(""),
        .number(charge.perRequest.decimal(minimumDigits: 8)),
      ]),
      Row(
        cells: [
          .name(text("line_total"), nil), .number(format.count(usage.total)), .number(""),
          .number(charged.decimal(minimumDigits: 8), exact: format.exact(charged)),
        ], total: true),
    ]
    if !event.uncollected.isZero {
      table.rows.append(
        Row(cells: [
          .name(text("line_uncollected"), visit.address("/ledger", ["account": "bad_debt"])),
          .number(""),
          .number(""), .number(event.uncollected.decimal(minimumDigits: 8)),
        ]))
    }
    return table
  }

  private func costTable(_ event: UsageEvent, _ visit: Visit) -> TableView {
    let (text, format) = (visit.text, visit.format)
    var table = TableView(id: "cost", caption: text("title_cost"))
    table.columns = [
      Column(text("column_line"), .name), Column(text("column_compute_seconds"), unit: "s"),
      Column(text("column_amount")),
    ]
    if let cost = event.computeCost {
      table.rows.append(
        Row(cells: [
          .name(text("account_compute_used"), nil),
          .number(format.seconds(event.computeNanoseconds)),
          .number(format.money(cost, digits: 8), exact: format.exact(cost)),
        ]))
    }
    if let cost = event.upstreamCost {
      table.rows.append(
        Row(cells: [
          .name(text("account_upstream_models"), nil), .number(""),
          .number(format.money(cost, digits: 8), exact: format.exact(cost)),
        ]))
    }
    table.empty_title = text("empty_cost_title")
    table.empty_text = text("empty_cost_text")
    return table
  }
}
