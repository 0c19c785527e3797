import Ledger

/// The words that units are made of, in English and Chinese.
///
/// A month is 730 hours (2,628,000 s), a year 12 months, a week 168 hours. Letter case does not
/// matter, save for the multipliers `M`, `B` and `T`.
struct UnitTable: Sendable {
  let currency: Currency
  /// Units of the plan's currency for one unit of the key.
  let exchange: [String: Double]

  static let hoursPerMonth = 730.0

  private static let magnitudes: [(words: [String], scale: Double)] = [
    (["k", "K", "thousand", "千"], 1e3), (["万"], 1e4), (["百"], 1e2),
    (["M", "mn", "million", "millions", "百万"], 1e6), (["千万"], 1e7), (["亿"], 1e8),
    (["B", "bn", "billion", "billions", "十亿"], 1e9), (["T", "trillion", "trillions", "万亿"], 1e12),
    (["个"], 1),
  ]

  private static let shares: [(words: [String], scale: Double)] = [
    (["%", "percent"], 0.01), (["‰", "permille"], 0.001),
  ]

  private static let times: [(words: [String], hours: Double)] = [
    (["ms", "毫秒"], 1 / 3_600_000),
    (["s", "sec", "secs", "second", "seconds", "秒", "秒钟"], 1 / 3600),
    (["min", "mins", "minute", "minutes", "分钟"], 1 / 60),
    (["h", "hr", "hrs", "hour", "hours", "小时", "时", "钟头"], 1),
    (["d", "day", "days", "天", "日"], 24), (["week", "weeks", "周", "星期"], 168),
    (["month", "months", "mo", "月", "个月"], 730),
    (["quarter", "quarters", "季度", "季"], 2190),
    (["year", "years", "yr", "yrs", "年"], 8760),
  ]

  private static let counts: [(words: [String], base: Dimension.Base)] = [
    (["token", "tokens", "tok", "词元", "令牌"], .token),
    (["customer", "customers", "client", "clients", "客户", "家"], .customer),
    (["person", "persons", "people", "employee", "employees", "fte", "人", "名", "员工"], .person),
    (["seat", "seats", "席位", "席", "座席", "坐席"], .seat),
    (["conversation", "conversations", "chat", "chats", "会话", "对话"], .conversation),
    (["request", "requests", "call", "calls", "请求", "次", "调用"], .request),
    (["machine", "machines", "gpu", "gpus", "server", "servers", "台", "机器", "服务器", "卡"], .machine),
    (["user", "users", "用户"], .user),
    (["order", "orders", "订单", "单", "笔"], .order),
    (["project", "projects", "项目"], .project),
  ]

  private static let money: [(words: [String], code: String)] = [
    (["¥", "元", "人民币", "rmb", "cny", "yuan"], "CNY"),
    (["$", "us$", "usd", "dollar", "dollars", "美元", "美金"], "USD"),
    (["€", "eur", "euro", "euros", "欧元"], "EUR"), (["£", "gbp", "英镑"], "GBP"),
    (["hk$", "hkd", "港元", "港币"], "HKD"), (["jpy", "日元"], "JPY"),
  ]

  /// Signs that may stand before the figure.
  static let signs = ["US$", "HK$", "¥", "$", "€", "£"]

  private static let words: [String: UnitWord] = {
    var table: [String: UnitWord] = [:]
    for (words, scale) in magnitudes {
      for word in words { table[word] = UnitWord(.magnitude, .one, scale) }
    }
    for (words, scale) in shares {
      for word in words { table[word] = UnitWord(.share, .one, scale) }
    }
    for (words, hours) in times {
      for word in words { table[word] = UnitWord(.measure, .time, hours / hoursPerMonth) }
    }
    for (words, base) in counts {
      for word in words { table[word] = UnitWord(.measure, Dimension(base), 1) }
    }
    for (words, code) in money {
      for word in words { table[word] = UnitWord(.measure, .money, 1, currency: code) }
    }
    for currency in Currency.all where table[currency.code.lowercased()] == nil {
      table[currency.code.lowercased()] = UnitWord(.measure, .money, 1, currency: currency.code)
    }
    return table
  }()

  private static let longestHan =
    words.keys.filter { $0.first.map(isHan) ?? false }
    .map(\.count).max() ?? 1

  private static func isHan(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy { (0x4E00...0x9FFF).contains($0.value) }
  }

  /// The words that a run of letters is made of (`万元`, `Mtokens`, `人月`); nil when it is no unit.
  static func pieces(of run: String) -> [UnitWord]? {
    if let word = word(run) { return [word] }
    guard run.count <= 24 else { return nil }
    var pieces: [UnitWord] = []
    var rest = Substring(run)
    while let first = rest.first {
      if isHan(first) {
        guard
          let length = (1...min(longestHan, rest.count)).reversed().first(where: {
            words[String(rest.prefix($0))] != nil
          }), let word = words[String(rest.prefix(length))]
        else { return nil }
        pieces.append(word)
        rest = rest.dropFirst(length)
      } else {
        let latin = String(rest.prefix { !isHan($0) })
        guard let found = latinPieces(latin) else { return nil }
        pieces += found
        rest = rest.dropFirst(latin.count)
      }
    }
    return pieces
  }

  /// A word, or a one-letter multiplier with a word, as in `Mtokens`.
  private static func latinPieces(_ run: String) -> [UnitWord]? {
    if let word = word(run) { return [word] }
    guard run.count > 1, let head = words[String(run.prefix(1))], head.kind == .magnitude,
      let tail = word(String(run.dropFirst())), tail.kind == .measure,
      tail.dimension != .time
    else { return nil }
    return [head, tail]
  }

  private static func word(_ run: String) -> UnitWord? {
    if let exact = words[run] { return exact }
    guard let word = words[run.lowercased()], word.kind != .magnitude || run.count > 1 else {
      return nil
    }
    return word
  }

  static func isUnit(_ run: String) -> Bool { pieces(of: run) != nil }

  /// Value of one unit of a currency in the plan's.
  func rate(of code: String) -> Double? {
    // The yen has the yuan's sign.
    if code == currency.code || (code == "CNY" && currency.code == "JPY") { return 1 }
    guard let rate = exchange[code], rate > 0, rate.isFinite else { return nil }
    return rate
  }

  /// Known words that look like this one, best first.
  static func nearest(_ run: String) -> [String] {
    Spelling.nearest(run, among: words.keys.sorted())
  }

  /// How a dimension is written in the plan's currency, such as `¥/customer/month`.
  func text(of dimension: Dimension) -> String {
    if dimension.isOne { return "a plain number or %" }
    func word(_ base: Dimension.Base, isAbove: Bool) -> String {
      switch base {
      case .money: currency.symbol.hasSuffix(" ") ? currency.code : currency.symbol
      case .time: isAbove ? "months" : "month"
      case .token: isAbove ? "tokens" : "M tokens"
      case .person: isAbove ? "people" : "person"
      default: "\(base)" + (isAbove ? "s" : "")
      }
    }
    func factors(_ sign: Int) -> [String] {
      Dimension.Base.written.filter { dimension[$0] * sign > 0 }.flatMap { base in
        Array(repeating: word(base, isAbove: sign > 0), count: abs(dimension[base]))
      }
    }
    let above = factors(1)
    let below = factors(-1)
    if above.isEmpty { return (below == ["month"] ? "%/" : "1/") + below.joined(separator: "/") }
    return ([above.joined(separator: "·")] + below).joined(separator: "/")
  }
}
