import Billing
import Foundation
import Ledger

extension Pages {
  struct Option: ViewModel {
    let value: String
    let label: String
    let selected: Bool
  }

  func requests(_ visit: Visit) async throws -> String {
    let text = visit.text
    let customers = try await books.customers()
    let models = try await modelNames()
    let names = names(customers)
    var filter = usageFilter(visit)
    filter.limit = Dashboard.rowsPerPage + 1
    filter.offset =
      visit.query["offset"].flatMap { Int($0) }.map { min(max(0, $0), 10_000_000) } ?? 0
    let events = try await books.usageEvents(filter)
    var table = requestTable(
      Array(events.prefix(Dashboard.rowsPerPage)), names: names, visit, id: "requests", brief: false
    )
    table.caption = text("nav_requests")
    table.csv = visit.query.address("/requests.csv", ["offset": nil])
    page(&table, visit, offset: filter.offset, more: events.count > Dashboard.rowsPerPage)
    return page(
      "requests", visit, title: text("nav_requests"), section: "requests",
      [
        "answer": requestsAnswer(visit, try await periodVolume(visit)), "table": table,
        "action": "/requests",
        "customer_options": options(
          customers.map { ($0.customer.id, $0.customer.name) }, selected: filter.customer),
        "model_options": options(models.map { ($0, $0) }, selected: filter.model),
        "unrated": filter.unratedOnly, "request_filters": true,
        "period_fields": periodFields(visit),
      ])
  }

  /// The fields a filter form must carry along.
  func periodFields(_ visit: Visit) -> [Frame.Field] {
    visit.query.only(Visit.kept).fields.sorted { $0.key < $1.key }
      .map { Frame.Field(name: $0.key, value: $0.value) }
  }

  func usageFilter(_ visit: Visit) -> UsageFilter {
    var filter = UsageFilter()
    filter.customer = visit.query["customer"]
    filter.model = visit.query["model"]
    filter.unratedOnly = visit.query["unrated"] != nil
    filter.from = visit.period.from
    filter.to = visit.period.to
    return filter
  }

  func periodVolume(_ visit: Visit) async throws -> Volume {
    Volume(
      try await books.usageTotals(from: visit.period.from, to: visit.period.to, by: .none))
  }

  func options(_ values: [(String, String)], selected: String?) -> [Option] {
    values.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map {
      Option(value: $0.0, label: $0.1, selected: $0.0 == selected)
    }
  }

  func modelNames() async throws -> [String] {
    async let prices = books.prices()
    async let upstreams = books.upstreams()
    return try await Set(prices.map(\.model) + upstreams.map(\.name)).sorted()
  }

  private func requestsAnswer(_ visit: Visit, _ volume: Volume) -> [Piece] {
    let key =
      volume.requests == 0
      ? "answer_requests_none" : volume.unrated > 0 ? "answer_requests_unrated" : "answer_requests"
    return visit.text.pieces(
      key,
      [
        "period": Piece(text: visit.answer.periodInWords),
        "requests": Piece(text: visit.format.count(volume.requests), strong: true),
        "tokens": Piece(
          text: visit.format.volume(volume.tokens), exact: visit.format.count(volume.tokens),
          strong: true),
        "unrated": Piece(
          text: visit.format.count(volume.unrated),
          link: visit.address("/requests", ["unrated": "1"]), strong: true),
      ])
  }

  /// Sets the way on and back of a list read by offset.
  func page(_ table: inout TableView, _ visit: Visit, offset: Int, more: Bool) {
    if offset > 0 {
      let before = max(0, offset - Dashboard.rowsPerPage)
      table.newer = visit.query.address(visit.path, ["offset": before == 0 ? nil : String(before)])
    }
    if more {
      table.older = visit.query.address(
        visit.path, ["offset": String(offset + Dashboard.rowsPerPage)])
    }
    if !table.rows.isEmpty, offset > 0 || more {
      table.shown =
        "\(visit.format.count(offset + 1))–\(visit.format.count(offset + table.rows.count))"
    }
  }

  /// - Parameter brief: the newest on another page, without what only this list is asked for.
  func requestTable(
    _ events: [UsageEvent], names: [String: String], _ visit: Visit, id: String, brief: Bool
  ) -> TableView {
    let text = visit.text
    let amounts = events.flatMap { [$0.charge, $0.computeCost, $0.upstreamCost].compactMap { $0 } }
    let largest = amounts.max { $0.picos.magnitude < $1.picos.magnitude }
    let digits = largest.map { max(4, ReaderFormat.digits(for: [$0])) } ?? 2
    var table = TableView(id: id, caption: "")
    table.columns = [
      Column(text("column_time"), .name, unit: visit.local.zone.identifier),
      Column(text("column_request"), .code), Column(text("column_customer"), .text),
      Column(text("column_model"), .text), Column(text("column_input")),
    ]
    if !brief { table.columns.append(Column(text("column_cached"))) }
    table.columns += [
      Column(text("column_output")), Column(text("column_charge")), Column(text("column_cost")),
      Column(text("column_duration"), unit: "ms"),
    ]
    table.rows = events.map { row($0, names: names, visit, digits: digits, brief: brief) }
    table.empty_title = text("empty_requests_title")
    table.empty_text = text("empty_requests_text")
    table.empty_command = "curl http://HOST:PORT/v1/chat/completions -H 'Authorization: Bearer KEY'"
    return table
  }

  private func row(
    _ event: UsageEvent, names: [String: String], _ visit: Visit, digits: Int, brief: Bool
  ) -> Row {
    let format = visit.format
    var request = Cell.code(shortened(event.id), link: visit.request(event.id), exact: event.id)
    if event.usage == nil {
      request.badge = visit.text("unrated")
    } else if event.outcome != .completed {
      request.badge = visit.text("outcome_\(event.outcome.rawValue)")
    }
    let costs = [event.computeCost, event.upstreamCost].compactMap { $0 }.filter { !$0.isZero }
    var cells: [Cell] = [
      .name(format.instant(event.settled), visit.request(event.id)), request,
      .words(names[event.customer] ?? event.customer, link: visit.customer(event.customer)),
      .words(event.model, link: visit.model(event.model)),
      .number(event.usage.map { format.count($0.input) } ?? "–"),
    ]
    if !brief { cells.append(.number(event.usage.map { format.count($0.cachedInput) } ?? "–")) }
    cells += [
      .number(event.usage.map { format.count($0.output) } ?? "–"),
      event.charge.map { visit.moneyCell($0, digits: digits, symbol: true) } ?? .number("–"),
      .number(
        costs.isEmpty
          ? "–" : costs.map { format.money($0, digits: digits) }.joined(separator: " + "),
        exact: costs.map { format.exact($0) }.joined(separator: " + ")),
      .number(format.count(event.durationMilliseconds)),
    ]
    return Row(cells: cells)
  }

  /// Ids are long and differ at their ends.
  func shortened(_ id: String) -> String { id.count <= 16 ? id : "…" + id.suffix(12) }
}
