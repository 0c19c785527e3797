/// What a text is about, so that a question finds the facts that bear on it: its words, Chinese ones
/// in pairs of characters, and concepts that join the two languages. Search terms only; nobody reads
/// them.
struct AdvisorTopics: Sendable {
  /// Words, and concepts as `#name`.
  let terms: Set<String>

  init(_ text: String) {
    let lowered = text.lowercased()
    var terms = Self.words(lowered)
    for (concept, signs) in Self.concepts where signs.contains(where: lowered.contains) {
      terms.insert("#\(concept)")
    }
    self.terms = terms
  }

  /// A shared concept counts as two shared words.
  func overlap(_ other: AdvisorTopics) -> Double {
    terms.intersection(other.terms).reduce(0) { $0 + ($1.hasPrefix("#") ? 2 : 1) }
  }

  private static func words(_ text: String) -> Set<String> {
    var terms: Set<String> = []
    var word = ""
    var before: Character?
    for character in text + " " {
      if character.isASCII, character.isLetter {
        word.append(character)
        before = nil
        continue
      }
      if word.count > 3, !common.contains(word) { terms.insert(stem(word)) }
      word = ""
      let isIdeograph = character.unicodeScalars.allSatisfy {
        (0x4E00...0x9FFF).contains($0.value)
      }
      if isIdeograph, let before { terms.insert("\(before)\(character)") }
      before = isIdeograph ? character : nil
    }
    return terms.subtracting(commonPairs)
  }

  /// Plurals only.
  private static func stem(_ word: String) -> String {
    word.hasSuffix("s") && !word.hasSuffix("ss") ? String(word.dropLast()) : word
  }

  private static let common: Set<String> = [
    "what", "which", "when", "where", "this", "that", "these", "those", "with", "from", "will",
    "would", "should", "could", "have", "does", "about", "into", "than", "then", "them", "they",
    "there", "their", "your", "ours", "more", "most", "much", "many", "some", "explain", "write",
    "draft", "section", "tell", "please", "show", "plan",
  ]
  private static let commonPairs: Set<String> = ["什么", "怎么", "我们", "这个", "请写", "为什", "说明", "解释"]

  private static let concepts: [(String, [String])] = [
    ("break_even", ["break-even", "break even", "breakeven", "profitab", "盈亏", "持平", "回本", "盈利"]),
    ("cash", ["cash", "runway", "funding", "fund", "capital", "raise", "现金", "资金", "融资", "注资"]),
    (
      "survival",
      ["ruin", "bankrupt", "surviv", "run out", "runs out", "lasts", "破产", "耗尽", "生存", "撑"]
    ),
    ("revenue", ["revenue", "sales", "income", "收入", "营收", "营业额"]),
    ("profit", ["profit", "loss", "earn", "利润", "亏损", "盈利"]),
    ("margin", ["margin", "毛利"]),
    ("price", ["price", "pricing", "charge", "fee", "价格", "定价", "收费", "单价", "价"]),
    ("customer", ["customer", "client", "user", "segment", "客户", "用户", "客群"]),
    ("churn", ["churn", "retention", "leave", "流失", "留存"]),
    ("market", ["market", "tam", "sam ", "som ", "opportunit", "市场", "机会", "规模"]),
    ("risk", ["risk", "danger", "threat", "风险", "威胁"]),
    ("team", ["team", "hire", "hiring", "salar", "people", "staff", "团队", "招聘", "工资", "薪", "人员"]),
    ("cost", ["cost", "expense", "spend", "成本", "费用", "支出"]),
    ("compute", ["machine", "gpu", "compute", "token", "server", "机器", "算力", "词元", "显卡"]),
    ("cases", ["case", "history", "others", "compar", "案例", "历史", "同行", "对比"]),
    (
      "assumption",
      [
        "assum", "driver", "weak", "sensitiv", "uncertain", "challenge", "假设", "驱动", "薄弱", "敏感",
        "不确定", "质疑",
      ]
    ),
    (
      "decision",
      ["decision", "decide", "scenario", "choose", "choice", "option", "决策", "情景", "方案", "选择"]
    ),
    (
      "actual",
      ["actual", "ledger", "books", "happened", "past", "last month", "实际", "账本", "账簿", "过去", "上月"]
    ),
    ("growth", ["growth", "grow", "增长"]),
    ("learnt", ["calibrat", "learn", "prior", "posterior", "校准", "学到", "后验"]),
    ("value", ["npv", "present value", "worth", "净现值", "价值", "现值"]),
    (
      "strategy",
      ["strategy", "vision", "mission", "position", "advantage", "战略", "愿景", "使命", "定位", "优势"]
    ),
  ]
}
