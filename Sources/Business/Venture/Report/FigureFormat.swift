package import Forecast
package import Ledger

/// Estimates as readers see them: three significant digits, the reader's magnitudes (k, M, B; 万, 亿),
/// a sign that is a word's length away from doubt. Exact money is formatted where it is exact.
package struct FigureFormat: Sendable {
  package let language: ReportLanguage
  package let currency: Currency

  package init(language: ReportLanguage, currency: Currency) {
    self.language = language
    self.currency = currency
  }

  package func money(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let sign = value < 0 ? "−" : ""
    return sign + currency.symbol + number(abs(value))
  }

  /// `1.23M`, `123 万`; whole numbers below a thousand when they are whole.
  package func number(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let sign = value < 0 ? "−" : ""
    let magnitude = abs(value)
    let steps: [(Double, String)] =
      language == .english
      ? [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")]
      : [(1e12, " 万亿"), (1e8, " 亿"), (1e4, " 万")]
    // 999,950 rounds to 1.00M, not 1000k: the step is chosen after rounding.
    let rounded = Self.rounded(magnitude, digits: 3)
    for (size, name) in steps where rounded >= size {
      return sign + Self.digits(rounded / size) + name
    }
    return sign + Self.digits(rounded)
  }

  /// `26%`, `2.6%`, `0.3%`.
  package func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let value = abs(share * 100)
    let text = Self.fixed(value, value < 9.95 && value != value.rounded() ? 1 : 0)
    return (share < 0 && text != "0" ? "−" : "") + text + "%"
  }

  /// A probability in words and numbers: the nearest small fraction.
  package func chance(_ share: Double, _ words: Words) -> String {
    let value = percent(share)
    if share >= 0.995 { return words("chance_almost_sure", ["percent": value]) }
    if share <= 0.005 { return words("chance_almost_never", ["percent": value]) }
    var best = (1, 2)
    for below in 2...20 {
      for above in 1..<below {
        // A larger denominator must earn its place.
        func miss(_ a: Int, _ b: Int) -> Double {
          abs(share - Double(a) / Double(b)) + Double(b) * 0.003
        }
        if miss(above, below) < miss(best.0, best.1) - 1e-12 { best = (above, below) }
      }
    }
    return words(
      "chance_in", ["above": "\(best.0)", "below": "\(best.1)", "percent": value])
  }

  /// `Mar 2027`, `2027年3月`.
  package func month(_ month: Month) -> String {
    if language == .chinese { return "\(month.year)年\(month.month)月" }
    let names = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    return "\(names[month.month - 1]) \(month.year)"
  }

  /// A value of a slot in the unit that its author used.
  package func value(_ stored: Double, scale: Double, unit: String) -> String {
    let shown = stored / (scale == 0 ? 1 : scale)
    guard shown.isFinite else { return "–" }
    let text = (shown < 0 ? "−" : "") + Self.digits(Self.rounded(abs(shown), digits: 3))
    if unit.isEmpty { return text }
    return unit.hasPrefix("%") ? text + unit : "\(text) \(unit)"
  }

  static func rounded(_ value: Double, digits: Int) -> Double {
    guard value > 0, value.isFinite else { return 0 }
    var unit = 1.0
    while value / unit >= 10 { unit *= 10 }
    while value / unit < 1, unit > 1e-12 { unit /= 10 }
    var step = unit
    for _ in 1..<digits { step /= 10 }
    return (value / step).rounded() * step
  }

  /// Three significant digits, without trailing zeros after the point, thousands apart.
  static func digits(_ value: Double) -> String {
    if value == 0 { return "0" }
    if value < 0.001 { return scientific(value) }
    let decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4
    var text = fixed(value, decimals)
    if text.contains(".") {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    return text
  }

  private static func scientific(_ value: Double) -> String {
    var (mantissa, exponent) = (value, 0)
    while mantissa < 1, exponent > -300 {
      mantissa *= 10
      exponent -= 1
    }
    return "\(fixed(mantissa, 1))e\(exponent)"
  }

  /// Fixed decimals with thousands separators.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let whole = Int(scaled)
    let unit = Int(scale)
    var head = "\(whole / unit)"
    if head.count > 3 {
      var grouped = ""
      for (index, digit) in head.enumerated() {
        if index > 0, (head.count - index) % 3 == 0 { grouped += "," }
        grouped.append(digit)
      }
      head = grouped
    }
    let sign = value < 0 && whole > 0 ? "−" : ""
    guard decimals > 0 else { return sign + head }
    let tail = "\(whole % unit)"
    return sign + head + "." + String(repeating: "0", count: decimals - tail.count) + tail
  }
}
