import Billing
import Ledger

/// The break-even line drawn to scale: sold today, sold on average, break-even and what the machine
/// can serve, in tokens a day. Coordinates are thousandths of the width.
struct CapacityLine: ViewModel {
  struct Mark: ViewModel, Hashable {
    let key: String
    let label: String
    let value: String
    let exact: String
    /// `12.3%`.
    let position: String
  }

  let has_line: Bool
  let words: String
  let marks: [Mark]
  /// Width of the bar that is sold.
  let sold: String
  /// The picture in words, for those who do not see it.
  let description: String

  init(_ line: BreakEven, today: BreakEven, visit: Visit) {
    let (text, format) = (visit.text, visit.format)
    let average = line.soldTokens
    var points: [(String, Int)] = []
    if today.verdict != .noTraffic { points.append(("today", today.soldTokens)) }
    if visit.period.name != .today, average > 0 { points.append(("average", average)) }
    if let needed = line.breakEvenTokens { points.append(("break_even", needed)) }
    if let capacity = line.capacityTokens { points.append(("capacity", capacity)) }
    let longest = max(1, points.map(\.1).max() ?? 1)
    func position(_ value: Int) -> String {
      // 96% leaves room for the mark at the end.
      let thousandths = Int(divide(Int128(value) * 960, by: Int128(longest), rounding: .halfEven))
      return "\(thousandths / 10).\(thousandths % 10)%"
    }
    marks = points.map { key, value in
      Mark(
        key: key, label: text("mark_\(key)"), value: format.volume(value),
        exact: format.count(value), position: position(value))
    }
    let current = today.verdict == .noTraffic ? average : today.soldTokens
    sold = position(current)
    has_line = line.breakEvenTokens != nil
    let key: String
    switch line.verdict {
    case .noTraffic:
      key = line.machineCostPerDay.isZero ? "capacity_nothing" : "capacity_no_traffic"
    case .noMachine: key = "capacity_no_machine"
    case .never: key = "capacity_never"
    case .beyondCapacity: key = "capacity_beyond"
    case .reachable:
      key = current >= line.breakEvenTokens ?? .max ? "capacity_above" : "capacity_below"
    }
    let gap = line.breakEvenTokens.map { Int(($0 - current).magnitude) } ?? 0
    words = text(
      key,
      [
        "gap": format.volume(gap), "per_day": format.money(line.machineCostPerDay),
        "break_even": line.breakEvenTokens.map(format.volume) ?? "–",
        "share": line.breakEvenTokens.flatMap {
          format.percent(Int128(current), of: Int128($0))
        } ?? "–",
        "capacity": line.capacityTokens.map(format.volume) ?? "–",
      ])
    description = marks.map { "\($0.label): \($0.exact)" }.joined(separator: text("list_separator"))
  }
}
