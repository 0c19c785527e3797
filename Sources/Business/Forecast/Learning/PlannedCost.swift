import Foundation
import Ledger

/// What the plan books to an account in a month, with the customers that there were.
///
/// A month is compared by the account's sum: of lines that share an account, only the sum is known. A
/// one-off counts in the month in which the account shows something of its size beyond the other
/// lines; where it shows nothing of the kind, nothing is learnt about it.
struct PlannedCost: Sendable {
  /// Guessed σ of a month's costs about the plan, and what stays of it however even the months are:
  /// invoices come early and late, and lines are missing from every plan.
  static let deviation = 0.15
  static let floor = 0.1

  private(set) var reads: [Parameter]
  /// By line: the month's index in which a one-off was booked.
  private var booked: [Int?]
  private let roles: [Role]
  private let lines: [CostLine]
  private let channels: [Segment.Channel]
  private let support: [(cost: Parameter, active: [Double])]
  private let customers: [Double]
  private let offsets: [Int]

  init(book: EvidenceBook, account: String, observed: [Double?]) {
    let model = book.model
    roles = model.roles.filter { $0.account.rawValue == account }
    lines = model.costs.filter { $0.account.rawValue == account }
    channels = account == "marketing" ? model.segments.flatMap(\.channels) : []
    support =
      account == "support"
      ? model.segments.indices.map { index in
        (model.segments[index].supportCost, book.series(index).map(\.active))
      } : []
    customers = book.actuals.months.map(\.customers)
    offsets = book.actuals.months.indices.map(book.offset)
    var reads: [Parameter] = support.map(\.cost)
    for role in roles {
      reads +=
        [role.opening, role.cost, role.growth] + role.hires.flatMap { [$0.month, $0.count] }
      if let each = role.customersEach { reads.append(each) }
    }
    for line in lines where !line.isOneOff {
      reads += [line.amount, line.growth, line.from]
      if let to = line.to { reads.append(to) }
    }
    for channel in channels {
      reads += [channel.spend, channel.growth, channel.from]
      if let to = channel.to { reads.append(to) }
    }
    self.reads = reads
    booked = lines.map { _ in nil }
    findOneOffs(book, observed)
  }

  /// The largest first; a month early or late is still in time.
  private mutating func findOneOffs(_ book: EvidenceBook, _ observed: [Double?]) {
    var excess = observed.indices.map { month -> Double in
      guard let amount = observed[month], book.actuals.months[month].isComplete else { return 0 }
      return amount - value(month, book.medians)
    }
    let medians = book.medians
    let order = lines.indices.filter { lines[$0].isOneOff }
      .sorted { medians[lines[$0].amount.index] > medians[lines[$1].amount.index] }
    for index in order {
      let amount = medians[lines[index].amount.index]
      let due = max(0, medians[lines[index].from.index]).rounded(.up)
      let near = excess.indices.filter { abs(Double(offsets[$0]) - due) <= 1 }
      guard amount > 0, let month = near.max(by: { excess[$0] < excess[$1] }),
        excess[month] >= amount / 2
      else { continue }
      booked[index] = month
      excess[month] -= amount
      reads.append(lines[index].amount)
    }
  }

  func value(_ month: Int, _ values: [Double]) -> Double {
    let time = Double(offsets[month])
    var sum = 0.0
    for role in roles {
      var people = values[role.opening.index]
      for hire in role.hires where values[hire.month.index] <= time {
        people += values[hire.count.index]
      }
      if let each = role.customersEach, values[each.index] > 0 {
        people += (customers[month] / values[each.index]).rounded(.up)
      }
      sum += people * values[role.cost.index] * pow(1 + values[role.growth.index], time)
    }
    for (index, line) in lines.enumerated() {
      if line.isOneOff {
        sum += booked[index] == month ? values[line.amount.index] : 0
      } else if values[line.from.index] <= time, line.to.map({ time < values[$0.index] }) ?? true {
        sum += values[line.amount.index] * pow(1 + values[line.growth.index], time)
      }
    }
    for channel in channels { sum += ArrivalMean.spend(channel, offsets[month], values) }
    for item in support { sum += values[item.cost.index] * item.active[month] }
    return sum
  }
}
