/// Formats as patterns. Each matches no more than its standard allows, and what common validators
/// accept.
enum StringFormat {
  static let patterns: [String: String] = [
    "date": "^\(date)$",
    "time": "^\(time)$",
    "date-time": "^\(date)T\(time)$",
    "duration": "^P(\\d{1,4}W|\(days)(T\(hours))?|T\(hours))$",
    "uuid": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "email": "^[A-Za-z0-9_+-]{1,30}(\\.[A-Za-z0-9_+-]{1,20}){0,3}@\(hostname)$",
    "hostname": "^\(hostname)$",
    "ipv4": "^(\(octet)\\.){3}\(octet)$",
    "ipv6": "^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$",
    "uri": "^https?://\(hostname)(:[1-9][0-9]{0,3})?(/[A-Za-z0-9._~-]{0,60}){0,8}"
      + "(\\?[A-Za-z0-9._~&=-]{0,100})?$",
  ]

  /// Years 0001 to 9999; 29 February in leap years only (RFC 3339).
  private static let date =
    "(\(year)-(\(month31)|\(month30)|02-(0[1-9]|1[0-9]|2[0-8]))"
    + "|\(leapYear)-02-29)"
  private static let year = "(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
  private static let month31 = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
  private static let month30 = "(0[469]|11)-(0[1-9]|[12][0-9]|30)"
  private static let leapYear =
    "([0-9]{2}(0[48]|[2468][048]|[13579][26])"
    + "|(0[48]|[2468][048]|[13579][26])00)"
  /// With an offset, as RFC 3339 demands.
  private static let time =
    "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?"
    + "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
  private static let days = "(\\d{1,4}Y(\\d{1,2}M(\\d{1,3}D)?)?|\\d{1,2}M(\\d{1,3}D)?|\\d{1,3}D)"
  private static let hours = "(\\d{1,3}H(\\d{1,3}M(\\d{1,3}S)?)?|\\d{1,3}M(\\d{1,3}S)?|\\d{1,3}S)"
  private static let label = "[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?"
  private static let hostname = "(\(label)\\.){1,3}[a-z]{2,10}"
  private static let octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
}
