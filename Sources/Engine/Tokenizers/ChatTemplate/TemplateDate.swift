/// The wall-clock time a template's `strftime_now` writes, handed in by the caller.
package struct TemplateDate: Sendable, Equatable {
  package var year: Int
  package var month: Int
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int

  /// `month` and `day` count from 1. Out-of-range fields are clamped.
  package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = min(max(year, 1), 9999)
    self.month = min(max(month, 1), 12)
    self.day = min(max(day, 1), 31)
    self.hour = min(max(hour, 0), 23)
    self.minute = min(max(minute, 0), 59)
    self.second = min(max(second, 0), 60)
  }

  /// The civil date of seconds since 1970-01-01T00:00:00, in the zone they are counted in.
  package init(unixSeconds: Int) {
    // Counted in eras of 400 years from 0000-03-01, so that the leap day ends a year.
    let seconds = min(max(unixSeconds, -62_135_596_800), 253_402_300_799)
    let days = Self.floorDivide(seconds, 86_400)
    let ofDay = seconds - days * 86_400
    let z = days + 719_468
    let era = Self.floorDivide(z, 146_097)
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let m = (5 * dayOfYear + 2) / 153
    let month = m < 10 ? m + 3 : m - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
      day: dayOfYear - (153 * m + 2) / 5 + 1, hour: ofDay / 3600, minute: ofDay % 3600 / 60,
      second: ofDay % 60)
  }

  private static func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : (a - b + 1) / b }

  private var isLeap: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// 1 on the first of January.
  var dayOfYear: Int {
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    return before[month - 1] + day + (month > 2 && isLeap ? 1 : 0)
  }

  /// 0 on Sunday (Sakamoto's method).
  var weekday: Int {
    let shift = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1]
    let y = month < 3 ? year - 1 : year
    return (y + y / 4 - y / 100 + y / 400 + shift + day) % 7
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  /// `strftime` in the C locale, of the directives without a time zone. `%-d` writes no padding.
  func formatted(_ format: String) throws(ChatTemplateError) -> String {
    var out = ""
    var rest = format.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%", var directive = rest.popFirst() else {
        out.unicodeScalars.append(scalar)
        continue
      }
      let isBare = directive == "-"
      if isBare {
        guard let next = rest.popFirst() else { return out + "%-" }
        directive = next
      }
      guard let text = field(directive, isBare: isBare) else {
        throw ChatTemplateError(
          .unsupported,
          "strftime_now does not know %\(directive); it knows "
            + "%Y %y %m %d %e %H %I %M %S %p %B %b %A %a %j %F %T %D %%")
      }
      out += text
    }
    return out
  }

  private func field(_ directive: Unicode.Scalar, isBare: Bool) -> String? {
    func padded(_ value: Int, _ width: Int = 2, with pad: String = "0") -> String {
      let digits = String(value)
      if isBare { return digits }
      return String(repeating: pad, count: max(0, width - digits.count)) + digits
    }
    let month = Self.months[self.month - 1]
    let weekday = Self.weekdays[self.weekday]
    return switch directive {
    case "Y": String(year)
    case "y": padded(year % 100)
    case "m": padded(self.month)
    case "d": padded(day)
    case "e": padded(day, with: " ")
    case "H": padded(hour)
    case "I": padded((hour + 11) % 12 + 1)
    case "M": padded(minute)
    case "S": padded(second)
    case "p": hour < 12 ? "AM" : "PM"
    case "B": month
    case "b", "h": String(month.prefix(3))
    case "A": weekday
    case "a": String(weekday.prefix(3))
    case "j": padded(dayOfYear, 3)
    case "F": "\(year)-\(padded(self.month))-\(padded(day))"
    case "T": "\(padded(hour)):\(padded(minute)):\(padded(second))"
    case "D": "\(padded(self.month))/\(padded(day))/\(padded(year % 100))"
    case "n": "\n"
    case "t": "\t"
    case "%": "%"
    default: nil
    }
  }
}
