import Billing
import Ledger

/// The sentence a page opens with: does this business make money, and when will it. A pure function
/// of figures; each figure in it is a link to what it is made of.
struct Answer {
  let text: TextCatalogue
  let format: ReaderFormat
  let period: Period
  let address: @Sendable (String, [String: String?]) -> String

  func sentence(
    _ economics: Economics, _ volume: Volume, line: BreakEven, today: BreakEven?
  ) -> [Piece] {
    var values: [String: Piece] = [
      "period": Piece(text: periodInWords),
      "revenue": figure(economics.revenue, "/ledger", ["account": "usage"]),
      "cost": figure(economics.costOfRevenue, "/statements"),
      "idle": figure(economics.idleCapacity, "/ledger", ["account": "idle_capacity"]),
      "per_day": figure(line.machineCostPerDay, "/ledger", ["account": "accrued_infrastructure"]),
      "profit": figure(economics.grossProfit, "/statements", tone: .gain),
      "loss": figure(-economics.grossProfit, "/statements", tone: .loss),
      "utilisation": Piece(
        text: format.percent(
          Int128(economics.usedNanoseconds), of: Int128(economics.machineNanoseconds)) ?? "–",
        link: address("/ledger", ["account": "compute_used"]), strong: true),
    ]
    if let needed = line.breakEvenTokens { values["break_even"] = tokens(needed, "#break-even") }
    if let capacity = line.capacityTokens {
      values["capacity"] = tokens(capacity, "#break-even")
      if let needed = line.breakEvenTokens {
        values["price_multiple"] = Piece(
          text: format.multiple(Int128(needed), of: Int128(capacity)))
      }
    }
    if let earned = line.revenuePerMillion { values["earned"] = figure(earned, "/models") }
    if let spent = line.variablePerMillion { values["spent"] = figure(spent, "/models") }
    values["distance"] = distance(line, today: today)
    return text.pieces("answer_" + wording(economics, line), values)
  }

  private func wording(_ economics: Economics, _ line: BreakEven) -> String {
    let profit = !economics.grossProfit.isNegative
    switch line.verdict {
    case .noTraffic: return economics.machineNanoseconds > 0 ? "no_traffic" : "nothing"
    case .noMachine: return profit ? "vendors_profit" : "vendors_loss"
    case .never: return "never"
    case .beyondCapacity: return "beyond_capacity"
    case .reachable: return profit ? "profit" : "loss"
    }
  }

  /// "23 × today", or of the period's average when nothing has been sold today.
  private func distance(_ line: BreakEven, today: BreakEven?) -> Piece {
    guard let needed = line.breakEvenTokens else { return Piece(text: "") }
    let base = today.map(\.soldTokens) ?? 0
    let (sold, key) = base > 0 ? (base, "distance_today") : (line.soldTokens, "distance_average")
    guard sold > 0 else { return Piece(text: "") }
    if sold >= needed {
      return Piece(
        text: text(key + "_above", ["multiple": format.multiple(Int128(sold), of: Int128(needed))]))
    }
    return Piece(
      text: text(key + "_below", ["multiple": format.multiple(Int128(needed), of: Int128(sold))]))
  }

  /// What the sums leave out; nil when nothing.
  func unconverted(_ economics: Economics) -> String? {
    guard !economics.unconverted.isEmpty else { return nil }
    let amounts = economics.unconverted.values.sorted { $0.currency.code < $1.currency.code }
      .map { format.money($0) }.joined(separator: text("list_separator"))
    return text("unconverted", ["amounts": amounts, "currency": economics.currency.code])
  }

  var periodInWords: String {
    switch period.name {
    case .today: text("words_today")
    case .week: text("words_7d")
    case .month: text("words_month")
    case .custom:
      text(
        period.days == 1 ? "words_day" : "words_custom",
        ["from": format.longDay(period.firstDay), "to": format.longDay(period.lastDay)])
    }
  }

  private func figure(
    _ amount: Money, _ path: String, _ changes: [String: String?] = [:], tone: Tone? = nil
  ) -> Piece {
    Piece(
      text: format.money(amount), link: address(path, changes), exact: format.exact(amount),
      strong: true, tone: tone)
  }

  private func tokens(_ count: Int, _ link: String) -> Piece {
    Piece(text: format.volume(count), link: link, exact: format.count(count), strong: true)
  }
}
