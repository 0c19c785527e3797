import Foundation

/// The bound of widened growth. Growth compounds: over 60 months, 3% a month is 6 times and 13% is
/// 1,500 times, so that a σ widened on the month's scale means nothing on the horizon's. A widened
/// growth rate therefore stops where the whole horizon's growth is ten times what the plan's own 95%
/// quantile makes of it: ceiling = (1 + max(0, q95)) · 10^(1/months) − 1, with at least 12 months.
enum GrowthCeiling {
  static let totalFactor = 10.0

  /// By slot, of the model's uncertain growth rates.
  static func slots(of model: Model) -> [Int: Double] {
    var rates: [Parameter] = []
    for segment in model.segments {
      rates += segment.channels.map(\.growth) + [segment.expansion]
      if let free = segment.free { rates.append(free.growth) }
    }
    for stream in model.streams {
      switch stream.volume {
      case .orders(_, let growth), .turnover(_, let growth): rates.append(growth)
      case .projects(_, let growth, _, _, _): rates.append(growth)
      case .customers, .audience: break
      }
    }
    rates += model.roles.map(\.growth) + model.costs.map(\.growth)
    let months = Double(max(model.months, 12))
    var result: [Int: Double] = [:]
    for rate in rates {
      guard case .uncertain(let law) = model.parameters[rate].content else { continue }
      let stated = max(law.quantile(0.95), 0)
      result[rate.index] = (1 + stated) * pow(totalFactor, 1 / months) - 1
    }
    return result
  }
}
