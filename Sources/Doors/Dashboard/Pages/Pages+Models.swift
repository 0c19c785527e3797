import Billing
import Ledger

extension Pages {
  static let priceCommand =
    "breakeven price set MODEL --input 0.50 --cached 0.25 --output 1.50 --currency USD"

  func models(_ visit: Visit) async throws -> String {
    let text = visit.text
    async let prices = books.prices()
    async let upstreams = books.upstreams()
    async let totals = books.totals(from: visit.period.from, to: visit.period.to, by: .model)
    async let usage = books.usageTotals(from: visit.period.from, to: visit.period.to, by: .model)
    let table = modelTable(
      try await prices, try await upstreams, try await totals, try await usage, visit)
    let priced = Set(try await prices.map(\.model)).count
    return page(
      "models", visit, title: text("nav_models"), section: "models",
      [
        "answer": text.pieces(
          priced == 0 ? "answer_models_none" : "answer_models",
          ["count": Piece(text: visit.format.count(priced), strong: true)]),
        "table": table,
      ])
  }

  private struct Line {
    let name: String
    let price: PriceVersion?
    let upstream: Upstream?
    let economics: Economics
    let volume: Volume
    /// Compute and vendors, without idle capacity.
    var cost: Money { economics.computeUsed + economics.upstream }
    var costPerMillion: Money? { perMillion(cost, volume.tokens) }
  }

  private func modelTable(
    _ prices: [PriceVersion], _ upstreams: [Upstream], _ totals: [AccountTotal],
    _ usage: [UsageTotal], _ visit: Visit
  ) -> TableView {
    let (text, format) = (visit.text, visit.format)
    let accounts = Dictionary(grouping: totals.filter { $0.group != nil }, by: { $0.group! })
    let volumes = Dictionary(grouping: usage.filter { $0.group != nil }, by: { $0.group! })
    let names = Set(prices.map(\.model)).union(upstreams.map(\.name)).union(volumes.keys)
    let order = SortOrder(
      visit.query["sort"], keys: ["name", "requests", "tokens", "revenue", "contribution"],
      initial: "-revenue")
    let lines = names.map { name in
      Line(
        name: name, price: current(prices, model: name, visit),
        upstream: upstreams.first { $0.name == name },
        economics: Economics(accounts[name] ?? [], in: visit.conversion),
        volume: Volume(volumes[name] ?? []))
    }.sorted { before($0, $1, order) }
    let digits = ReaderFormat.digits(for: lines.map(\.economics.revenue) + [.zero(visit.currency)])
    let code = visit.currency.code
    var table = TableView(id: "models", caption: text("nav_models"))
    func sortable(_ column: Column, _ key: String) -> Column {
      order.apply(column, key: key) { visit.here(["sort": $0]) }
    }
    table.columns = [
      sortable(Column(text("column_model"), .name), "name"),
      Column(text("column_served_by"), .text),
      Column(text("column_price"), unit: text("unit_per_million")),
      sortable(Column(text("column_requests")), "requests"),
      sortable(Column(text("column_tokens")), "tokens"),
      sortable(Column(text("column_revenue"), unit: code), "revenue"),
      Column(text("column_cost"), unit: code),
      Column(text("column_cost_per_million"), unit: code),
      sortable(Column(text("column_contribution"), unit: code), "contribution"),
      Column(text("column_margin")),
    ]
    table.rows = lines.map { line in
      Row(cells: [
        .name(line.name, visit.model(line.name)),
        .words(
          line.upstream.map { text("served_upstream", ["model": $0.model]) } ?? text("served_here")),
        line.price.map {
          .number("\($0.currency.symbol)\(format.price($0.input)) · \(format.price($0.output))")
        } ?? .number(text("no_price")),
        .number(
          format.count(line.volume.requests), link: visit.address("/requests", ["model": line.name])
        ),
        .number(format.count(line.volume.tokens)),
        visit.moneyCell(line.economics.revenue, digits: digits),
        visit.moneyCell(line.cost, digits: digits),
        .number(
          line.costPerMillion.map { format.figure($0) } ?? "–",
          exact: line.costPerMillion.map { format.exact($0) }),
        visit.resultCell(line.economics.contribution, digits: digits),
        visit.marginCell(line.economics.contribution, of: line.economics.revenue),
      ])
    }
    table.csv = visit.address("/models.csv")
    table.empty_title = text("empty_models_title")
    table.empty_text = text("empty_models_text")
    table.empty_command = Self.priceCommand
    return table
  }

  private func before(_ a: Line, _ b: Line, _ order: SortOrder) -> Bool {
    func compare<T: Comparable>(_ x: T, _ y: T) -> Bool {
      if x == y { return a.name < b.name }
      return order.descending ? x > y : x < y
    }
    switch order.key {
    case "name": return compare(a.name, b.name)
    case "requests": return compare(a.volume.requests, b.volume.requests)
    case "tokens": return compare(a.volume.tokens, b.volume.tokens)
    case "contribution": return compare(a.economics.contribution, b.economics.contribution)
    default: return compare(a.economics.revenue, b.economics.revenue)
    }
  }

  /// The price in force now, in the reader's currency where there is one.
  private func current(_ prices: [PriceVersion], model: String, _ visit: Visit) -> PriceVersion? {
    let inForce = prices.filter { $0.model == model && $0.effective <= visit.now }
      .sorted { ($0.effective, $0.created) > ($1.effective, $1.created) }
    return inForce.first { $0.currency == visit.currency } ?? inForce.first
  }

  func model(_ name: String, _ visit: Visit) async throws -> String {
    let text = visit.text
    let prices = try await books.prices().filter { $0.model == name }
    let upstream = try await books.upstreams().first { $0.name == name }
    async let totals = books.totals(from: visit.period.from, to: visit.period.to, by: .model)
    async let usage = books.usageTotals(from: visit.period.from, to: visit.period.to, by: .model)
    let volume = Volume(try await usage.filter { $0.group == name })
    guard !prices.isEmpty || upstream != nil || volume.requests > 0 else {
      throw NotFound(what: name)
    }
    let economics = Economics(try await totals.filter { $0.group == name }, in: visit.conversion)
    var filter = usageFilter(visit)
    filter.model = name
    filter.customer = nil
    filter.limit = 20
    var requests = requestTable(
      try await books.usageEvents(filter), names: names(try await books.customers()), visit,
      id: "requests", brief: true)
    requests.caption = text("title_newest")
    requests.more = visit.address("/requests", ["model": name])
    return page(
      "model", visit, title: name, section: "models",
      [
        "answer": modelAnswer(economics, volume, visit),
        "figures": modelTiles(
          name, economics, volume, price: current(prices, model: name, visit), visit),
        "prices": priceTable(prices, name, visit), "requests": requests,
      ])
  }

  private func modelAnswer(_ economics: Economics, _ volume: Volume, _ visit: Visit) -> [Piece] {
    let format = visit.format
    guard volume.tokens > 0,
      let earned = perMillion(economics.revenue, volume.tokens),
      let spent = perMillion(economics.computeUsed + economics.upstream, volume.tokens)
    else {
      return visit.text.pieces(
        "answer_model_none", ["period": Piece(text: visit.answer.periodInWords)])
    }
    return visit.text.pieces(
      economics.contribution.isNegative ? "answer_model_loss" : "answer_model",
      [
        "period": Piece(text: visit.answer.periodInWords),
        "earned": Piece(text: format.money(earned), exact: format.exact(earned), strong: true),
        "spent": Piece(text: format.money(spent), exact: format.exact(spent), strong: true),
      ])
  }

  private func modelTiles(
    _ name: String, _ economics: Economics, _ volume: Volume, price: PriceVersion?, _ visit: Visit
  ) -> [Figure] {
    let (text, format) = (visit.text, visit.format)
    let requests = visit.address("/requests", ["model": name])
    let cost = economics.computeUsed + economics.upstream
    let perMillion = perMillion(cost, volume.tokens)
    return [
      Figure(
        key: "tokens", label: text("column_tokens"), value: format.volume(volume.tokens),
        link: requests, exact: format.count(volume.tokens),
        note: text("requests_are", ["value": format.count(volume.requests)])),
      Figure(
        key: "revenue", label: text("figure_revenue"), value: format.money(economics.revenue),
        link: requests, exact: format.exact(economics.revenue)),
      Figure(
        key: "cost", label: text("column_cost"), value: format.money(cost), link: requests,
        exact: format.exact(cost)),
      Figure(
        key: "per_million", label: text("column_cost_per_million"),
        value: perMillion.map { format.money($0) } ?? "–", link: requests,
        exact: perMillion.map { format.exact($0) }),
      Figure(
        key: "contribution", label: text("column_contribution"),
        value: format.money(economics.contribution),
        link: requests, exact: format.exact(economics.contribution),
        note: text(
          "margin_is",
          [
            "value": format.percent(
              economics.contribution.picos, of: economics.revenue.picos, decimals: 1) ?? "–"
          ]),
        tone: economics.contribution.isNegative ? .loss : nil),
      cacheTile(volume, price, link: requests, visit),
    ]
  }

  /// The share of input that the prefix cache served, and what it earns at the price in force.
  private func cacheTile(
    _ volume: Volume, _ price: PriceVersion?, link: String, _ visit: Visit
  ) -> Figure {
    let (text, format) = (visit.text, visit.format)
    let earned = price.map { Rating.amount(volume.cachedInput, of: $0.cachedInput) }
    return Figure(
      key: "cache", label: text("figure_cache"),
      value: format.percent(
        Int128(volume.cachedInput), of: Int128(volume.input + volume.cachedInput), decimals: 1)
        ?? "–",
      link: link, exact: format.count(volume.cachedInput),
      note: earned.map { text("cache_earned", ["value": format.money($0)]) })
  }

  private func priceTable(_ prices: [PriceVersion], _ model: String, _ visit: Visit) -> TableView {
    let (text, format) = (visit.text, visit.format)
    var table = TableView(id: "prices", caption: text("title_prices"))
    table.columns = [
      Column(text("column_effective"), .name), Column(text("column_status"), .text),
      Column(text("column_currency"), .text), Column(text("column_input")),
      Column(text("column_cached")),
      Column(text("column_output")), Column(text("column_per_request")),
      Column(text("column_version"), .code),
    ]
    let sorted = prices.sorted { ($0.effective, $0.created) > ($1.effective, $1.created) }
    var inForce: Set<Currency> = []
    for price in sorted {
      let status: String
      if price.effective > visit.now {
        status = "price_future"
      } else if inForce.insert(price.currency).inserted {
        status = "price_current"
      } else {
        status = "price_past"
      }
      table.rows.append(
        Row(cells: [
          .name(format.instant(price.effective), nil), .words(text(status)),
          .words(price.currency.code),
          .number(format.price(price.input)), .number(format.price(price.cachedInput)),
          .number(format.price(price.output)), .number(format.price(price.perRequest)),
          .code(shortened(price.id), exact: price.id),
        ]))
    }
    table.empty_title = text("empty_prices_title")
    table.empty_text = text("empty_prices_text")
    table.empty_command =
      "breakeven price set \(model) --input 0.50 --cached 0.25 --output 1.50 --currency \(visit.currency)"
    return table
  }
}

/// An amount of a million tokens; nil without tokens.
func perMillion(_ amount: Money, _ tokens: Int) -> Money? {
  guard tokens > 0 else { return nil }
  return Money(
    picos: divide(amount.picos * 1_000_000, by: Int128(tokens), rounding: .halfEven),
    amount.currency)
}
