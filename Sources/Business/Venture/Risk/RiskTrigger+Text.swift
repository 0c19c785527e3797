extension RiskTrigger {
  /// Reads `monthly_churn > 6%`, `p95_latency >= 800 ms`, `cash < 50万`. The error says what is wrong
  /// and what would be right.
  package struct Mistake: Error, Hashable, Sendable { package let message: String }

  package init(_ text: String, margin: Double = 0.15) throws(Mistake) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard parts.count >= 3, let comparator = Comparator(rawValue: parts[1]) else {
      throw Mistake(
        message: "'\(text)' is not a trigger; write a metric, <, <=, > or >=, and a value, "
          + "such as 'monthly_churn > 6%'")
    }
    guard let metric = RiskMetric(rawValue: parts[0]) else {
      let known = RiskMetric.allCases.map(\.rawValue).joined(separator: ", ")
      throw Mistake(message: "'\(parts[0])' is not a live metric; known: \(known)")
    }
    let value = parts[2...].joined()
    guard let threshold = Self.threshold(value, unit: metric.unit) else {
      throw Mistake(
        message:
          "'\(value)' is not a value of \(metric.rawValue), which is in \(metric.unit.rawValue)"
      )
    }
    self.init(metric: metric, comparator: comparator, threshold: threshold, margin: margin)
  }

  /// Number, magnitude (k, M, 万, 亿) and unit, as the metric's unit allows.
  private static func threshold(_ text: String, unit: RiskMetric.Unit) -> Double? {
    let digits = text.prefix { $0.isNumber && $0.isASCII || "+-.eE_".contains($0) }
    var number = String(digits.filter { $0 != "_" })
    var rest = text.dropFirst(digits.count)
    while let last = number.last, "eE".contains(last) {
      number.removeLast()
      rest = text.dropFirst(digits.count - 1)
    }
    guard let value = Double(number), value.isFinite else { return nil }
    guard let factor = factors(unit)[String(rest)] else { return nil }
    return value * factor
  }

  private static func factors(_ unit: RiskMetric.Unit) -> [String: Double] {
    let magnitudes = ["": 1.0, "k": 1e3, "K": 1e3, "万": 1e4, "M": 1e6, "亿": 1e8]
    switch unit {
    case .share: return ["": 1, "%": 0.01]
    case .months:
      return ["": 1, "months": 1, "month": 1, "月": 1, "个月": 1, "years": 12, "年": 12]
    case .seconds: return ["": 1, "s": 1, "秒": 1, "ms": 0.001, "毫秒": 0.001]
    case .count: return magnitudes
    case .money:
      var all = magnitudes
      for (name, factor) in magnitudes {
        for unit in ["元", "¥", "CNY", "USD", "$"] { all[name + unit] = factor }
      }
      return all
    }
  }
}
