import Ledger

/// Figures as the reader writes them. Money is formatted from its exact integer.
struct ReaderFormat: Sendable {
  let language: Language
  let local: LocalTime

  static let minus = "\u{2212}"

  /// `1234567` → `1,234,567`; both languages group by three.
  func count(_ value: Int) -> String { sign(value) + grouped(String(value.magnitude)) }

  /// Short volume: `1.9 M`, `83.2 K`; in Chinese `190 万`, `8.32 万`.
  func volume(_ value: Int) -> String {
    let steps: [(Int, String)] =
      language == .english
      ? [(1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")]
      : [(1_000_000_000_000, "万亿"), (100_000_000, "亿"), (10_000, "万")]
    let magnitude = Int(clamping: value.magnitude)
    for (index, (step, unit)) in steps.enumerated() where magnitude >= step {
      let figure = significant(magnitude, over: step)
      // 999,950 is "1 M", not "1,000 K".
      if figure == "1000", index > 0, steps[index - 1].0 / step == 1_000 {
        return sign(value) + "1 " + steps[index - 1].1
      }
      // Below the next unit: at most four digits, which 万 takes without a comma.
      return sign(value) + figure + " " + unit
    }
    return count(value)
  }

  /// Three significant digits of `value ÷ step`, without trailing zeros.
  private func significant(_ value: Int, over step: Int) -> String {
    let whole = value / step
    let digits = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
    var scale: Int128 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = divide(Int128(value) * scale, by: Int128(step), rounding: .halfEven)
    guard digits > 0 else { return String(scaled) }
    let (units, fraction) = scaled.quotientAndRemainder(dividingBy: scale)
    var text = String(fraction)
    text = String(repeating: "0", count: digits - text.count) + text
    while text.last == "0" { text.removeLast() }
    return text.isEmpty ? String(units) : "\(units).\(text)"
  }

  /// Decimals at which the largest of a column's amounts shows three significant digits: 2…6.
  static func digits(for amounts: [Money]) -> Int {
    guard let largest = amounts.map(\.picos.magnitude).max(), largest > 0,
      let currency = amounts.first?.currency
    else { return amounts.first?.currency.minorDigits ?? 2 }
    var digits = currency.minorDigits
    var threshold = UInt128(Money.picosPerUnit)
    if currency.minorDigits == 0 { threshold *= 100 }
    while digits < 6, largest < threshold {
      digits += 1
      threshold /= 10
    }
    return digits
  }

  /// `$1,234.56`, `−¥0.42`. Without `digits`, as many as the amount needs to show three figures.
  func money(_ amount: Money, digits: Int? = nil) -> String {
    signed(amount, digits: digits, symbol: true)
  }

  /// The same without the symbol, for a column whose header names the currency.
  func figure(_ amount: Money, digits: Int? = nil) -> String {
    signed(amount, digits: digits, symbol: false)
  }

  private func signed(_ amount: Money, digits: Int?, symbol: Bool) -> String {
    var text = amount.rounded(digits: digits ?? Self.digits(for: [amount]))
    let negative = text.hasPrefix("-")
    if negative { text.removeFirst() }
    let isZero = !text.utf8.contains { (0x31...0x39).contains($0) }
    return (negative && !isZero ? Self.minus : "") + (symbol ? amount.currency.symbol : "")
      + grouped(text)
  }

  /// A price of a million tokens: at least the minor digits, no padding beyond.
  func price(_ amount: Money) -> String {
    (amount.isNegative ? Self.minus : "")
      + grouped(amount.isNegative ? (-amount).decimal : amount.decimal)
  }

  /// Exact, with its code, for the title of a rounded figure.
  func exact(_ amount: Money) -> String { amount.description }

  /// `part ÷ whole` as a percentage; nil when there is no whole. Under 10 one decimal, else whole
  /// unless `decimals` says otherwise.
  func percent(_ part: Int128, of whole: Int128, decimals: Int? = nil) -> String? {
    guard whole > 0 else { return nil }
    let tenths = divide(part * 1_000, by: whole, rounding: .halfEven)
    let wanted = decimals ?? (tenths.magnitude < 100 ? 1 : 0)
    let negative = part < 0
    var text: String
    if wanted == 0 {
      text = String(divide(part * 100, by: whole, rounding: .halfEven).magnitude)
    } else {
      text = "\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
    if decimals == nil, text.hasSuffix(".0") { text.removeLast(2) }
    let isZero = !text.utf8.contains { (0x31...0x39).contains($0) }
    return (negative && !isZero ? Self.minus : "") + grouped(text) + "%"
  }

  /// `a ÷ b` for "23 × today": one decimal under 10.
  func multiple(_ value: Int128, of base: Int128) -> String {
    guard base > 0 else { return "–" }
    let tenths = divide(value * 10, by: base, rounding: .halfEven)
    if tenths < 100 {
      return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
    return grouped(String(divide(value, by: base, rounding: .halfEven)))
  }

  /// `12.345` seconds from nanoseconds, rounded to milliseconds.
  func seconds(_ nanoseconds: Int64) -> String {
    let milliseconds = divide(Int128(nanoseconds), by: 1_000_000, rounding: .halfEven)
    let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
    let fraction = String(rest)
    return grouped(String(whole)) + "."
      + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  private func sign(_ value: Int) -> String { value < 0 ? Self.minus : "" }

  private func grouped(_ digits: String) -> String {
    let point = digits.firstIndex(of: ".") ?? digits.endIndex
    var result = ""
    for (index, character) in digits[..<point].enumerated() {
      if index > 0, (digits.distance(from: digits.startIndex, to: point) - index) % 3 == 0 {
        result.append(",")
      }
      result.append(character)
    }
    return result + digits[point...]
  }
}

extension ReaderFormat {
  /// `2026-11-24 14:05:09`, the same in both languages: it sorts and aligns.
  func instant(_ time: Timestamp) -> String { "\(local.day(of: time)) \(clock(time))" }

  func clock(_ time: Timestamp) -> String {
    let second = local.secondOfDay(time)
    return "\(padded(second / 3_600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
  }

  func hourMinute(_ time: Timestamp) -> String { String(clock(time).prefix(5)) }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `24 Nov`, `11月24日`.
  func shortDay(_ day: CalendarDate) -> String {
    language == .english
      ? "\(day.day) \(Self.months[day.month - 1])" : "\(day.month)月\(day.day)日"
  }

  /// `1 Nov – 24 Nov 2026`, `2026年11月1日 – 11月24日`.
  func days(_ first: CalendarDate, _ last: CalendarDate) -> String {
    guard first != last else { return longDay(first) }
    guard first.year == last.year else { return "\(longDay(first)) – \(longDay(last))" }
    return language == .english
      ? "\(shortDay(first)) – \(longDay(last))" : "\(longDay(first)) – \(shortDay(last))"
  }

  /// `24 Nov 2026`, `2026年11月24日`.
  func longDay(_ day: CalendarDate) -> String {
    language == .english ? "\(shortDay(day)) \(day.year)" : "\(day.year)年\(shortDay(day))"
  }
}
