import Billing
import Forecast
import Ledger
import Venture

/// The classes of income; what is paid by outcome and what partners share stand for themselves.
enum StreamClass: String, CaseIterable, Sendable {
  case product, service, advertising, platform, data, outcome, joint

  init(_ kind: RevenueStream.Kind) {
    self =
      switch kind {
      case .softwareLicence, .hardware: .product
      case .consulting, .dataProcessing: .service
      case .ownAdvertising, .partnerAdvertising: .advertising
      case .usage, .membership: .platform
      case .dataTrading, .dataAnalysis: .data
      case .outcome: .outcome
      case .revenueShare: .joint
      }
  }
}

/// The four innovations in how a venture earns.
enum StreamInnovation: String, CaseIterable, Sendable {
  case openPlatform = "open_platform"
  case dataDriven = "data_driven"
  case subscription
  case joint

  func holds(_ stream: RevenueStream) -> Bool {
    switch self {
    case .openPlatform: stream.kind == .usage || stream.kind == .partnerAdvertising
    case .dataDriven: [.dataTrading, .dataAnalysis, .dataProcessing].contains(stream.kind)
    case .subscription: [.membership, .outcome].contains(stream.kind)
    case .joint: stream.kind == .revenueShare
    }
  }
}

extension PlanPages {
  func streams(_ visit: Visit) async throws -> String {
    let plan = try desk.plan().plan
    let ask = try ask(visit)
    let past = try await past()
    let look = try await desk.look(ask.request(basis(ask, past)))
    let format = format(visit, plan.currency)
    let income = Income(look.forecasted)
    let text = visit.text
    var blocks = [
      Block(
        id: "streams", title: text("plan_streams_by_year"),
        aside: text("plan_streams_mean_aside"),
        table: streamTable(visit, plan, income, format)),
      Block(
        id: "picture", title: text("plan_streams_title"), aside: text("plan_streams_aside"),
        drawing: Charts.stack(
          zip(income.model.streams, look.forecasted.outcome.revenueByStream).map { ($0.name, $1) },
          start: look.forecasted.outcome.start, title: text("plan_streams_title"), format: format)),
      later("mix", text("plan_mix"), path: "/plan/streams", visit, ask),
    ]
    if let prices = plan.prices { blocks += priceBlocks(visit, prices) }
    blocks.append(
      Block(
        id: "innovations", title: text("plan_innovations"),
        table: innovationTable(visit, income, format)))
    return page(
      .streams, visit, answer: streamAnswer(visit, income, format), blocks: blocks,
      template: "plan-chosen",
      more: [
        "selections": try selections(visit, ask, basis(ask, past)), "kept_drivers": [Frame.Field](),
        "has_choices": true, "action": "/plan/streams", "imprint": imprint(visit, look.forecasted),
      ])
  }

  private func streamAnswer(_ visit: Visit, _ income: Income, _ format: FigureFormat) -> [Piece] {
    let classes = Set(income.model.streams.map { StreamClass($0.kind) })
    guard let year = income.years.last, let best = income.largest(in: income.years.count - 1),
      year > 0
    else { return visit.text.pieces("plan_answer_no_streams", [:]) }
    return visit.text.pieces(
      "plan_answer_streams",
      [
        "count": Piece(text: "\(income.model.streams.count)", link: "#streams", strong: true),
        "classes": Piece(text: "\(classes.count)"),
        "name": Piece(text: income.model.streams[best.stream].name, link: "#streams", strong: true),
        "share": Piece(
          text: format.percent(best.revenue / year), link: "#streams", strong: true),
        "revenue": Piece(text: format.money(year), link: "#streams", strong: true),
        "year": Piece(text: "\(income.years.count)"),
      ])
  }

  private func streamTable(
    _ visit: Visit, _ plan: Plan, _ income: Income, _ format: FigureFormat
  ) -> TableView {
    let text = visit.text
    var table = TableView(id: "streams", caption: text("plan_streams_by_year"))
    table.columns =
      [
        Column(text("plan_column_stream"), .name), Column(text("plan_column_kind"), .text),
        Column(text("plan_column_class"), .text), Column(text("plan_column_price"), .text),
      ]
      + income.years.indices.flatMap { year in
        [
          Column(text("plan_year_number", ["year": "\(year + 1)"]), unit: plan.currency.code),
          Column("%"),
        ]
      }
    let lines = Dictionary(plan.forecast.streams.map { ($0.id, $0.line) }) { first, _ in first }
    for (index, stream) in income.model.streams.enumerated() {
      let cells = income.years.indices.flatMap { year -> [Cell] in
        let revenue = income.revenue[index][year]
        return [
          .number(format.money(revenue)),
          .number(income.years[year] > 0 ? format.percent(revenue / income.years[year]) : "–"),
        ]
      }
      table.rows.append(
        Row(
          cells: [
            .name(stream.name, line(lines[stream.id] ?? 0)),
            .words(text("plan_stream_\(stream.kind.rawValue)")),
            .words(text("plan_class_\(StreamClass(stream.kind).rawValue)")),
            priceCell(stream, income.model, plan, format),
          ] + cells))
    }
    table.rows.append(
      Row(
        cells: [.name(text("plan_total"), nil), .words(""), .words(""), .words("")]
          + income.years.flatMap { [Cell.number(format.money($0)), .number("")] },
        total: true))
    return table
  }

  /// The offer that the stream is sold by, or its own price at its line of the plan.
  private func priceCell(
    _ stream: RevenueStream, _ model: Model, _ plan: Plan, _ format: FigureFormat
  ) -> Cell {
    if let id = stream.offerID, let offer = plan.prices?.offer(id) {
      return .words(offer.name, link: "#offer-\(Query.escape(id))")
    }
    let slot = model.parameters[stream.price]
    return .words(Self.middle(slot, format), link: line(slot.line))
  }

  private func innovationTable(
    _ visit: Visit, _ income: Income, _ format: FigureFormat
  ) -> TableView {
    let text = visit.text
    var table = TableView(id: "innovations", caption: text("plan_innovations"))
    table.columns = [
      Column(text("plan_column_innovation"), .name), Column(text("plan_column_meaning"), .text),
      Column(text("plan_column_streams"), .text),
      Column(text("plan_column_share_all"), unit: "%"),
    ]
    let total = income.years.reduce(0, +)
    table.rows = StreamInnovation.allCases.map { innovation in
      let own = income.model.streams.indices.filter { innovation.holds(income.model.streams[$0]) }
      let revenue = own.reduce(0) { $0 + income.revenue[$1].reduce(0, +) }
      let names = own.map { income.model.streams[$0].name }
      return Row(cells: [
        .name(text("plan_innovation_\(innovation.rawValue)"), nil),
        .words(text("plan_innovation_\(innovation.rawValue)_note")),
        .words(names.isEmpty ? text("plan_none") : names.joined(separator: text("list_separator"))),
        .number(total > 0 ? format.percent(revenue / total) : "–"),
      ])
    }
    return table
  }

  // MARK: Mix

  /// All streams together, each left out, each alone, on the same random numbers.
  func mix(_ visit: Visit) async throws -> String {
    let plan = try desk.plan().plan
    let ask = try ask(visit)
    let title = visit.text("plan_mix")
    let basis = basis(ask, try await past())
    let blocks = try await part("mix", title) {
      let comparison = try await desk.compare(
        .profitModels, request: Self.bounded(ask.request(basis, moved: false), 4_000))
      let format = format(visit, plan.currency)
      return [
        Block(
          id: "mix", title: title, aside: comparisonAside(visit, comparison, format),
          table: comparisonTable("mix", title, visit, comparison, format))
      ]
    }
    return answer(blocks, tab: .streams, visit)
  }
}

/// Expected revenue of the streams by year of the plan.
struct Income: Sendable {
  let model: Model
  /// [stream][year].
  let revenue: [[Double]]
  /// All streams.
  let years: [Double]

  init(_ forecasted: PlanDesk.Forecasted) {
    model = forecasted.model
    revenue = forecasted.outcome.revenueByStream.map { months in
      stride(from: 0, to: months.count, by: 12).map { first in
        months[first..<min(first + 12, months.count)].reduce(0, +)
      }
    }
    let count = revenue.map(\.count).max() ?? 0
    years = (0..<count).map { [revenue] year in revenue.reduce(0) { $0 + $1[year] } }
  }

  func largest(in year: Int) -> (stream: Int, revenue: Double)? {
    revenue.indices.max { revenue[$0][year] < revenue[$1][year] }
      .map { ($0, revenue[$0][year]) }
  }
}
