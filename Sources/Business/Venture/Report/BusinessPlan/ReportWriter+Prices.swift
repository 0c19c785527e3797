import Billing
import Forecast
import Ledger

extension ReportWriter {
  mutating func prices() {
    chapter("report_prices")
    priceList()
    streams()
    mix()
  }

  private mutating func priceList() {
    heading("report_price_list")
    guard let prices = plan.prices, !prices.offers.isEmpty else {
      return missing("report_missing_prices")
    }
    let source = Source.plan(line: line(of: "prices"), field: "prices", text: prices.version)
    table(
      [
        "report_column_offer", "report_column_meter", "report_column_price",
        "report_column_included",
      ], numeric: [3],
      prices.offers.flatMap { offer in
        offer.items.enumerated().map { index, item -> [[Inline]] in
          [
            index == 0 ? [.strong(offer.name)] : [],
            [.text(words("report_meter_\(item.meter.rawValue)"))],
            [.figure(price(item.model), source)],
            item.included > 0 ? [.figure("\(item.included)", source)] : ["–"],
          ]
        }
      })
  }

  /// The line on which a section of the file begins.
  func line(of section: String) -> Int {
    let lines = plan.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return (lines.firstIndex { $0.hasPrefix("\(section):") } ?? -1) + 1
  }

  /// A charge in words and exact amounts.
  private func price(_ model: ChargeModel) -> String {
    func exact(_ money: Money) -> String { plan.currency.symbol + money.decimal }
    func unit(_ price: UnitPrice) -> String {
      price.per == 1
        ? exact(price.price)
        : words(
          "report_price_per",
          ["price": exact(price.price), "per": format.number(Double(price.per))])
    }
    func tiers(_ tiers: [PriceTier]) -> String {
      tiers.map { tier in
        words(
          tier.upTo == nil ? "report_price_beyond" : "report_price_up_to",
          ["price": unit(tier.unit), "to": "\(tier.upTo ?? 0)"])
      }.joined(separator: words("report_separator"))
    }
    switch model {
    case .perUnit(let price): return unit(price)
    case .package(let price, let size):
      return words("report_price_package", ["price": exact(price), "size": "\(size)"])
    case .graduated(let list): return words("report_price_graduated") + tiers(list)
    case .volume(let list): return words("report_price_volume") + tiers(list)
    case .percentage(let basisPoints, _, _, _):
      return format.percent(Double(basisPoints) / 10_000)
    case .fixed(let fee): return words("report_price_fixed", ["price": exact(fee)])
    }
  }

  private mutating func streams() {
    heading("report_streams")
    guard !content.forecasted.model.streams.isEmpty else {
      return missing("report_missing_streams")
    }
    let totals = outcome.revenueByStream.map { $0.reduce(0, +) }
    let whole = totals.reduce(0, +)
    table(
      [
        "report_column_stream", "report_column_kind", "report_column_booked",
        "report_column_total", "report_column_part",
      ], numeric: [3, 4],
      content.forecasted.model.streams.enumerated().map { index, stream -> [[Inline]] in
        let total = totals.indices.contains(index) ? totals[index] : 0
        return [
          [.text(stream.name)], [.text(words("report_stream_\(stream.kind.rawValue)"))],
          [.text(words("account_\(stream.kind.account.rawValue)"))], [money(total, run)],
          [share(whole > 0 ? total / whole : 0, run)],
        ]
      })
  }

  private mutating func mix() {
    heading("report_mix")
    guard let comparison = content.comparisons[.profitModels] else {
      return missing("report_missing_mix")
    }
    compared(comparison, "report_run_mix")
  }

  /// The rows of a comparison with how surely each is the best.
  mutating func compared(_ comparison: Comparison, _ key: String) {
    let source = run(key, paths: comparison.paths)
    let best = comparison.bestExpected
    table(
      [
        "report_column_alternative", "report_column_npv", "report_column_p10",
        "report_column_p90", "report_column_worst", "report_column_best", "report_column_regret",
      ],
      numeric: [1, 2, 3, 4, 5, 6],
      comparison.rows.enumerated().map { index, row -> [[Inline]] in
        let name = name(of: row)
        return [
          [index == best ? .strong(name) : .text(name)], [money(row.expected, source)],
          [money(row.quantiles[0], source)], [money(row.quantiles[2], source)],
          [money(row.worstDecile, source)], [share(row.chanceBest, source)],
          [money(row.regret, source)],
        ]
      })
    let row = comparison.rows[best]
    paragraph(
      "report_compared",
      [
        "name": .strong(name(of: row)), "expected": money(row.expected, source),
        "best": share(row.chanceBest, source),
      ])
  }

  /// Ways that have no name in the plan have one in the catalogue.
  private func name(of row: Comparison.Row) -> String {
    let key = "report_way_\(row.id)"
    if words.has(key) { return words(key) }
    if let month = Month(row.name) { return format.month(month) }
    if row.name == "–" { return words("report_way_never") }
    if row.id.hasPrefix("only_") { return words("report_way_only", ["name": row.name]) }
    return row.name
  }
}
